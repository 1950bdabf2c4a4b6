// The string pool of Android's resource files: ResStringPool_header in frameworks/base/libs/androidfw/include/androidfw/ResourceTypes.h.
// Ownership: refers to the bytes. Thread safety: constant once opened.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/rendering.h"
#include "base/result.h"

namespace keywake::artifacts {

/// Types of chunks; each begins with its type, the size of its header and its own size.
enum Chunk : std::uint16_t {
  kPoolChunk = 0x0001,
  kTableChunk = 0x0002,
  kXmlChunk = 0x0003,
  kStartNamespace = 0x0100,
  kEndNamespace = 0x0101,
  kStartElement = 0x0102,
  kEndElement = 0x0103,
  kCharacterData = 0x0104,
  kResourceMap = 0x0180,
  kPackageChunk = 0x0200,
  kTypeChunk = 0x0201,
};

/// Type of a Res_value that is an index into a pool.
inline constexpr unsigned kStringValue = 0x03;

struct ChunkView {
  std::uint16_t type = 0;
  std::uint16_t header_size = 0;
  std::string_view bytes;  // of the whole chunk
};

/// The chunk at the front, and what follows it; of type 0 if there is none.
ChunkView take_chunk(std::string_view& bytes);

class AndroidStrings {
 public:
  AndroidStrings() = default;
  static Result<AndroidStrings> open(std::string_view chunk);

  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// As it lies, in UTF-8 or UTF-16; empty if there is none of that number.
  [[nodiscard]] std::string_view raw(std::uint32_t index) const;
  [[nodiscard]] std::string text(std::uint32_t index) const;

 private:
  std::string_view chunk_;
  std::uint32_t header_size_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t strings_ = 0;
  bool utf8_ = false;
};

}  // namespace keywake::artifacts
