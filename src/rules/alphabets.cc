#include "rules/alphabets.h"

#include <algorithm>

namespace keywake::rules {

std::string base62_number(std::uint32_t value, std::size_t width) {
  std::string out;
  for (; value > 0; value /= 62) out += kBase62[value % 62];
  if (out.size() < width) out.append(width - out.size(), '0');
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace keywake::rules
