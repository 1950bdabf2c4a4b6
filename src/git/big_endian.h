// Numbers as packs and their indexes have them. Thread safety: pure functions.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace keywake::git {

inline std::uint32_t be32(const void* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return std::byteswap(value);
}

inline std::uint64_t be64(const void* at) {
  std::uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return std::byteswap(value);
}

}  // namespace keywake::git
