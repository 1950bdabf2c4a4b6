// The alphabet of most credentials, and numbers in base62. Thread
// safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace keywake::rules {

inline constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The number in base62, digits before letters and capitals before small ones, filled up with 0 to
/// `width`.
std::string base62_number(std::uint32_t value, std::size_t width);

}  // namespace keywake::rules
