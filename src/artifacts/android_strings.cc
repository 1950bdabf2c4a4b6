#include "artifacts/android_strings.h"

#include "artifacts/reader.h"

namespace keywake::artifacts {

ChunkView take_chunk(std::string_view& bytes) {
  Reader in(bytes);
  ChunkView chunk{in.le16(), in.le16(), {}};
  const std::uint32_t size = in.le32();
  if (!in.ok() || size < 8 || chunk.header_size < 8 || chunk.header_size > size || size > bytes.size()) return {};
  chunk.bytes = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return chunk;
}

Result<AndroidStrings> AndroidStrings::open(std::string_view chunk) {
  constexpr std::uint32_t kUtf8Flag = 1U << 8;
  AndroidStrings out;
  Reader in(chunk, 2);
  out.chunk_ = chunk;
  out.header_size_ = in.le16();
  in.skip(4);
  out.count_ = in.le32();
  in.skip(4);
  out.utf8_ = (in.le32() & kUtf8Flag) != 0;
  out.strings_ = in.le32();
  if (!in.ok() || out.header_size_ > chunk.size() || out.count_ > (chunk.size() - out.header_size_) / 4 || out.strings_ > chunk.size()) return fail("its string pool is cut short");
  return out;
}

std::string_view AndroidStrings::raw(std::uint32_t index) const {
  if (index >= count_) return {};
  Reader in(chunk_, std::uint64_t{strings_} + Reader(chunk_, header_size_ + std::uint64_t{4} * index).le32());
  if (!utf8_) {
    std::uint64_t length = in.le16();
    if ((length & 0x8000) != 0) length = (length & 0x7fff) << 16 | in.le16();
    return in.take(2 * length);
  }
  if ((in.u8() & 0x80) != 0) in.skip(1);  // its length in UTF-16
  std::uint64_t length = in.u8();
  if ((length & 0x80) != 0) length = (length & 0x7f) << 8 | in.u8();
  return in.take(length);
}

std::string AndroidStrings::text(std::uint32_t index) const {
  return utf8_ ? from_modified_utf8(raw(index)) : from_utf16le(raw(index));
}

}  // namespace keywake::artifacts
