// Digests (OpenSSL), random bytes and hexadecimal. Thread safety: all functions but random_bytes() are pure; that too may be called at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywake {

/// Of both texts, one behind the other.
std::array<std::uint8_t, 20> sha1(std::string_view bytes, std::string_view more = {});
std::array<std::uint8_t, 32> sha256(std::string_view bytes, std::string_view more = {});

/// The digest, or with a key the HMAC (RFC 2104), in bytes. `algorithm`: "md5", "sha1", "sha256", "sha384", "sha512"; empty for any other.
std::string digest(std::string_view algorithm, std::string_view bytes);
std::string hmac(std::string_view algorithm, std::string_view key, std::string_view bytes);

/// 32 bytes by scrypt (RFC 7914) with N = 2^15, r = 8, p = 1: 32 MiB and some 60 ms each. Empty if there is no memory for it.
std::string slow_digest(std::string_view salt, std::string_view bytes);

/// From the system's generator of random numbers (getrandom(2)). Empty if it has none.
std::string random_bytes(std::size_t count);

/// CRC-32 as in zlib, PNG and the checksummed tokens of GitHub and npm (polynomial 0xEDB88320, reflected).
std::uint32_t crc32(std::string_view bytes);

/// 0 to 15, or -1 for what is no hexadecimal digit.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string to_hex(std::string_view bytes);
/// Absent when the text is not an even number of hexadecimal digits.
std::optional<std::string> from_hex(std::string_view text);

template <std::size_t N>
std::string to_hex(const std::array<std::uint8_t, N>& bytes) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), N));
}

}  // namespace keywake
