#include "base/dotted_keys.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace keywake {

bool has_endless_key(std::string_view text) {
  constexpr std::size_t kMaxDots = 64;
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {  // past the string; one line, or between three quotes
      const bool three = text.substr(at).starts_with(std::string(3, c));
      std::size_t end = at + (three ? 3 : 1);
      while (end < text.size() && !(three ? text.substr(end, 3) == std::string(3, c) : text[end] == c || text[end] == '\n')) end += c == '"' && text[end] == '\\' ? 2 : 1;
      at = end + (three ? 3 : 1);
    } else if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else {
      if (c == '.' && ++dots > kMaxDots) return true;
      if (c == '=' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}' || c == '\n') dots = 0;
      ++at;
    }
  }
  return false;
}

}  // namespace keywake
