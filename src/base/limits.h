// Every length that comes from input is held against one of these before it is believed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace keywake::limits {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;
inline constexpr std::size_t kGiB = 1024 * kMiB;

/// Offsets inside one scanned blob are 32 bits wide; anything larger is scanned in pieces.
inline constexpr std::uint64_t kMaxBlob = 0xffff'0000ULL;

/// --max-file-size: a git object, file or archive member above it is left out and counted.
inline constexpr std::uint64_t kDefaultMaxFileSize = 256 * kMiB;

/// --memory: what buffers of a whole scan may hold together.
inline constexpr std::uint64_t kDefaultMemory = 512 * kMiB;

}  // namespace keywake::limits
