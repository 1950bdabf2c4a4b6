// A table holds the pool of all values, and packages. A package holds a pool of type names, one of keys, and for each type and configuration a
// chunk of entries: a key and a value, or (complex: arrays, plurals, styles) several values.
#include "artifacts/resource_table.h"

#include <algorithm>
#include <string>
#include <vector>

#include "artifacts/android_strings.h"
#include "artifacts/reader.h"
#include "artifacts/rendering.h"

namespace keywake::artifacts {
namespace {

class ResourceTable {
 public:
  ResourceTable(std::string_view bytes, const Visit& visit) : bytes_(bytes), visit_(visit), budget_(bytes.size()), name_budget_(4 * bytes.size() + 4096), own_(bytes) {}

  Result<bool> unfold() {
    const std::uint32_t header_size = Reader(bytes_, 2).le16();
    std::string_view rest = bytes_.substr(std::min<std::size_t>(header_size, bytes_.size()));
    ChunkView chunk = take_chunk(rest);
    if (chunk.type != kPoolChunk) return fail("it does not begin with a string pool");
    auto values = AndroidStrings::open(chunk.bytes);
    if (!values) return std::unexpected(values.error());
    values_ = *values;
    names_.resize(values_.count());
    Result<void> read;
    while (!rest.empty() && read) {
      chunk = take_chunk(rest);
      if (chunk.type == 0) read = fail("a chunk is cut short");
      if (chunk.type == kPackageChunk) read = read_package(chunk);
    }
    auto shown = show_values();
    if (!read) return std::unexpected(read.error());
    if (!shown) return std::unexpected(shown.error());
    own_.finish(visit_);
    return true;
  }

 private:
  Result<void> read_package(const ChunkView& package) {
    const std::uint32_t keys_offset = Reader(package.bytes, 276).le32();
    std::string_view at_keys = keys_offset < package.bytes.size() ? package.bytes.substr(keys_offset) : std::string_view{};
    const ChunkView pool = take_chunk(at_keys);
    if (pool.type != kPoolChunk) return fail("a package has no names of resources");
    auto keys = AndroidStrings::open(pool.bytes);
    if (!keys) return std::unexpected(keys.error());
    std::string_view rest = package.bytes.substr(package.header_size);
    while (!rest.empty()) {
      const ChunkView chunk = take_chunk(rest);
      if (chunk.type == 0) return fail("a chunk of a package is cut short");
      if (chunk.type == kTypeChunk) read_entries(chunk, *keys);
    }
    return {};
  }

  void read_entries(const ChunkView& type, const AndroidStrings& keys) {
    constexpr unsigned kSparse = 1;
    constexpr unsigned kShortOffsets = 2;
    Reader in(type.bytes, 9);
    const unsigned flags = in.u8();
    in.skip(2);
    const std::uint32_t count = in.le32();
    const std::uint64_t start = in.le32();
    in.seek(type.header_size);
    for (std::uint32_t i = 0; i < count && in.ok() && budget_ > 0; ++i) {
      std::uint64_t offset = 0;
      if ((flags & kSparse) != 0) {
        in.skip(2);
        offset = std::uint64_t{4} * in.le16();
      } else if ((flags & kShortOffsets) != 0) {
        const std::uint32_t stated = in.le16();
        if (stated == 0xffff) continue;
        offset = std::uint64_t{4} * stated;
      } else {
        offset = in.le32();
        if (offset == 0xffffffff) continue;
      }
      read_entry(Reader(type.bytes, start + offset), keys);
    }
  }

  void read_entry(Reader in, const AndroidStrings& keys) {
    constexpr unsigned kComplex = 1;
    constexpr unsigned kCompact = 8;
    const std::uint64_t begin = in.at();
    const std::uint32_t size = in.le16();
    const unsigned flags = in.le16();
    std::uint32_t key = in.le32();
    --budget_;
    if ((flags & kCompact) != 0) {  // size is the key, the value is where the key was
      if (flags >> 8 == kStringValue && in.ok()) name_value(key, size, keys);
      return;
    }
    if ((flags & kComplex) == 0) {
      in.seek(begin + size);
      read_value(in, key, keys);
      return;
    }
    in.skip(4);
    for (std::uint32_t left = in.le32(); left > 0 && in.ok() && budget_ > 0; --left, --budget_) {
      in.skip(4);
      read_value(in, key, keys);
    }
  }

  void read_value(Reader& in, std::uint32_t key, const AndroidStrings& keys) {
    in.skip(3);
    const unsigned type = in.u8();
    const std::uint32_t data = in.le32();
    if (in.ok() && type == kStringValue) name_value(data, key, keys);
  }

  void name_value(std::uint32_t value, std::uint32_t key, const AndroidStrings& keys) {
    constexpr std::size_t kLongestName = 1024;
    const std::size_t size = keys.raw(key).size();
    if (value >= names_.size() || !names_[value].empty() || size > kLongestName || size > name_budget_) return;
    name_budget_ -= size;
    names_[value] = keys.text(key);
  }

  Result<void> show_values() {
    TableLines lines("strings", visit_);
    std::uint64_t budget = 2 * bytes_.size() + 4096;  // strings may be made to overlap
    for (std::uint32_t i = 0; i < values_.count(); ++i) {
      const std::string_view raw = values_.raw(i);
      if (raw.size() > budget) {
        lines.finish();
        return fail("its strings are longer than the file");
      }
      budget -= raw.size();
      lines.add(std::uint64_t{i} + 1, names_[i], values_.text(i));
      if (!raw.empty()) own_.blank(raw);
    }
    lines.finish();
    return {};
  }

  std::string_view bytes_;
  const Visit& visit_;
  AndroidStrings values_;
  std::vector<std::string> names_;  // of the resource that has a value
  std::uint64_t budget_;            // entries looked at: chunks may be made to share them
  std::uint64_t name_budget_;       // bytes of names: as many values as there are may be made to share one
  OwnBytes own_;
};

}  // namespace

bool is_resource_table(std::string_view head) {
  Reader in(head);
  return in.le16() == kTableChunk && in.le16() == 12 && in.le32() >= 12 + 28 && in.le32() <= 255 && in.le16() == kPoolChunk && in.le16() == 28 && in.ok();
}

Result<bool> unfold_resource_table(std::string_view bytes, const Visit& visit) {
  return ResourceTable(bytes, visit).unfold();
}

}  // namespace keywake::artifacts
