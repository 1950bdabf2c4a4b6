#include "rules/alphabets.h"

#include <algorithm>

namespace keywake::rules {

std::string base64_encode(std::string_view bytes, std::string_view alphabet, bool padded) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0);
    }
    for (std::size_t j = 0; j <= count; ++j) out += alphabet[group >> (18 - 6 * j) & 63];
    if (padded) out.append(3 - count, '=');
  }
  return out;
}

std::string base62_number(std::uint32_t value, std::size_t width) {
  std::string out;
  for (; value > 0; value /= 62) out += kBase62[value % 62];
  if (out.size() < width) out.append(width - out.size(), '0');
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace keywake::rules
