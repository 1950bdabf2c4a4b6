#include "base/base64.h"

#include <algorithm>

namespace keywake {
namespace {

std::string encoded(std::string_view bytes, std::string_view alphabet, bool padded) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0);
    for (std::size_t j = 0; j <= count; ++j) out += alphabet[group >> (18 - 6 * j) & 63];
    if (padded) out.append(3 - count, '=');
  }
  return out;
}

}  // namespace

std::string base64_encode(std::string_view bytes) { return encoded(bytes, kBase64, true); }
std::string base64url_encode(std::string_view bytes) { return encoded(bytes, kBase64Url, false); }

std::optional<std::string> decode_base64(std::string_view text) {
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  if (text.empty() || text.size() % 4 == 1) return std::nullopt;
  if (padding > 0 && (text.size() + padding) % 4 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (char c : text) {
    std::uint8_t value = base64_value(c);
    if (value == kNoBase64) return std::nullopt;
    bits = bits << 6 | value;
    have += 6;
    if (have >= 8) {
      have -= 8;
      out += static_cast<char>(bits >> have & 0xff);
    }
  }
  return out;
}

}  // namespace keywake
