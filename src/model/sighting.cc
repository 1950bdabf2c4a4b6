#include "model/sighting.h"

namespace keywake::model {

bool in_no_tree(const Sighting& sighting) { return sighting.path.starts_with("blob:") && is_pseudo_path(sighting.path); }

bool is_current(const Sighting& sighting) {
  if (sighting.image) return sighting.image->deleted_in == 0;
  if (!sighting.git) return true;
  const GitPlace& git = *sighting.git;
  return git.at_tip || git.staged || (git.commit.empty() && !in_no_tree(sighting));
}

bool is_pseudo_path(std::string_view path) {
  if (path == "-") return true;
  const std::size_t colon = path.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view kind = path.substr(0, colon);
  const std::string_view oid = outer_file(path.substr(colon + 1));
  return (kind == "commit" || kind == "tag" || kind == "blob") && (oid.size() == 40 || oid.size() == 64) &&
         oid.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view outer_file(std::string_view path) { return path.substr(0, path.find("!/")); }

}  // namespace keywake::model
