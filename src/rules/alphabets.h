// The alphabets that credentials are written in, and the two encodings that examples need. Thread
// safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace keywake::rules {

inline constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
inline constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648, by either alphabet; padded with = or not.
std::string base64_encode(std::string_view bytes, std::string_view alphabet, bool padded);

/// The number in base62, digits before letters and capitals before small ones, filled up with 0 to
/// `width`.
std::string base62_number(std::uint32_t value, std::size_t width);

}  // namespace keywake::rules
