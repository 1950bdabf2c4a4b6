#include "matching/uncounted.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace keywake::matching {
namespace {

// So many copies stay: few enough to be cheap, and enough to turn down most of what is too short.
constexpr unsigned kMostCopies = 3;

// The end of the class that begins at `at`. In canonical text a ] within it is escaped.
std::size_t end_of_class(std::string_view text, std::size_t at) {
  while (++at < text.size() && text[at] != ']') {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

}  // namespace

std::string without_counts(std::string_view canonical) {
  std::string out;
  for (std::size_t at = 0; at < canonical.size();) {
    const std::size_t begin = at;
    const std::size_t close = canonical[at] == '{' ? canonical.find('}', at) : std::string_view::npos;
    if (close != std::string_view::npos) {
      unsigned least = 0;
      std::from_chars(canonical.data() + at + 1, canonical.data() + close, least);
      out += "{" + std::to_string(std::min(least, kMostCopies)) + ",}";
      at = close + 1;
      continue;
    }
    at = canonical[at] == '[' ? end_of_class(canonical, at) : std::min(at + (canonical[at] == '\\' ? 2 : 1), canonical.size());
    out += canonical.substr(begin, at - begin);
  }
  return out;
}

}  // namespace keywake::matching
