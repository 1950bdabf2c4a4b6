// Who works on a repository, as its history from HEAD backwards tells: raw material of attribution/. Ownership: values.
// Thread safety: as any value.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace keywake::model {

/// The latest change that an author made to a file.
struct Touch {
  std::string path;
  std::string name;
  std::string email;
  std::int64_t date = 0;  // author's, seconds since 1970
};

struct People {
  std::string target;       // of the scan
  std::string code_owners;  // text of the file at HEAD; empty: none
  std::string mailmap;
  /// By e-mail address as commits have it: the date of the latest commit, seconds since 1970.
  std::map<std::string, std::int64_t> last_commit;
  std::int64_t known_since = 0;  // no commit older than this was looked at
  std::vector<Touch> touches;    // of files with sightings: by path, the latest first, each author once
};

}  // namespace keywake::model
