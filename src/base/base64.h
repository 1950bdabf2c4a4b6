// Base64 (RFC 4648, sections 4 and 5). Thread safety: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywake {

inline constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// With padding.
std::string base64_encode(std::string_view bytes);
/// By the second alphabet, without padding, as tokens have it.
std::string base64url_encode(std::string_view bytes);
/// Either alphabet, padded or not. Absent if it is anything else, or empty.
std::optional<std::string> decode_base64(std::string_view text);

/// By character: 0 to 63, of both alphabets alike; kNoBase64 for what is no digit.
inline constexpr std::uint8_t kNoBase64 = 0xff;
inline constexpr std::array<std::uint8_t, 256> kBase64Values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoBase64);
  for (const std::string_view alphabet : {kBase64, kBase64Url}) {
    for (std::size_t i = 0; i < alphabet.size(); ++i) values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();
constexpr std::uint8_t base64_value(char c) { return kBase64Values[static_cast<unsigned char>(c)]; }

}  // namespace keywake
