#include "attribution/code_owners.h"

#include "base/ascii.h"
#include "base/text.h"

namespace keywake::attribution {
namespace {

// The words of a line; a space after a backslash belongs to its word.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      ++i;
    } else if (is_space(line[i])) {
      inside = false;
      continue;
    } else if (line[i] == '#' && !inside) {
      break;
    }
    if (!inside) words.emplace_back();
    inside = true;
    words.back() += line[i];
  }
  return words;
}

}  // namespace

CodeOwners::CodeOwners(std::string_view text) {
  std::vector<std::string> section;  // whose owners hold for its lines that name none (GitLab)
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    if (words[0].starts_with('[') || words[0].starts_with("^[")) {
      const std::size_t close = line.rfind(']');
      section = words_of(close == std::string_view::npos ? "" : line.substr(close + 1));
      continue;
    }
    std::string glob = std::move(words[0]);
    words.erase(words.begin());
    const bool rooted = glob.find('/') + 1 < glob.size() && glob.find('/') != std::string::npos;
    if (glob.starts_with('/')) glob.erase(0, 1);
    if (glob.ends_with('/')) glob.pop_back();
    if (rooted && glob.find('/') == std::string::npos) glob += "/**";  // "/docs/": there and not at other depths
    lines_.push_back({std::move(glob), words.empty() ? section : std::move(words)});
  }
}

std::vector<std::string> CodeOwners::of(std::string_view path) const {
  for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
    const bool there = line->glob.ends_with("/**") && path == std::string_view(line->glob).substr(0, line->glob.size() - 3);
    if (there || glob_match(line->glob, path)) return line->owners;
  }
  return {};
}

}  // namespace keywake::attribution
