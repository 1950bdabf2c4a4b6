// Oid: an object id, SHA-1 (20 bytes) or SHA-256 (32 bytes). Thread safety: a value.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace keywake::git {

enum class HashKind : std::uint8_t { kSha1 = 20, kSha256 = 32 };  // the value is the width in bytes

struct Oid {
  std::array<std::uint8_t, 32> bytes{};  // a SHA-1 fills the first 20, the rest is zero

  static Oid from_bytes(const void* raw, HashKind kind) {
    Oid oid;
    if (kind == HashKind::kSha1) {  // a copy of a width not known beforehand takes ten times as long
      std::memcpy(oid.bytes.data(), raw, 20);
    } else {
      std::memcpy(oid.bytes.data(), raw, 32);
    }
    return oid;
  }
  /// 40 or 64 hexadecimal digits.
  static std::optional<Oid> from_hex(std::string_view text) {
    if (text.size() != 40 && text.size() != 64) return std::nullopt;
    Oid oid;
    for (std::size_t i = 0; i < text.size(); i += 2) {
      int high = hex_digit(text[i]);
      int low = hex_digit(text[i + 1]);
      if (high < 0 || low < 0) return std::nullopt;
      oid.bytes[i / 2] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return oid;
  }
  [[nodiscard]] std::string hex(HashKind kind = HashKind::kSha1) const {
    return to_hex({reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(kind)});
  }
  [[nodiscard]] bool is_null() const { return *this == Oid{}; }
  auto operator<=>(const Oid&) const = default;
  bool operator==(const Oid& other) const {  // in four words, where the default would call memcmp
    std::array<std::uint64_t, 4> a;
    std::array<std::uint64_t, 4> b;
    std::memcpy(a.data(), bytes.data(), sizeof a);
    std::memcpy(b.data(), other.bytes.data(), sizeof b);
    return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3])) == 0;
  }
};

}  // namespace keywake::git

template <>
struct std::hash<keywake::git::Oid> {
  std::size_t operator()(const keywake::git::Oid& oid) const noexcept {
    std::size_t value;  // an oid is a digest: any of its bytes are as good as a hash of it
    std::memcpy(&value, oid.bytes.data(), sizeof value);
    return value;
  }
};
