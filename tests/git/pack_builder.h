// Packs, indexes and deltas written byte by byte, sound or not, for tests and fuzzers (gitformat-pack(5)). Streams are zlib's with
// stored blocks (RFC 1950, RFC 1951), so that no library is needed and a byte of content is a byte of the pack.
// Thread safety: values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "git/oid.h"
#include "git/pack.h"

namespace keywake::git::test {

inline std::string big_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes; i-- > 0;) text += static_cast<char>(value >> (8 * i));
  return text;
}

/// Seven bits a byte, least significant first, as delta sizes are written.
inline std::string varint(std::uint64_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7) text += static_cast<char>(0x80 | (value & 0x7f));
  return text + static_cast<char>(value);
}

inline std::string stored_zlib(std::string_view bytes) {
  std::string stream("\x78\x01", 2);
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (char c : bytes) {
    a = (a + static_cast<std::uint8_t>(c)) % 65521;
    b = (b + a) % 65521;
  }
  do {
    std::string_view block = bytes.substr(0, 65535);
    bytes.remove_prefix(block.size());
    stream += bytes.empty() ? '\1' : '\0';
    for (std::size_t length : {block.size(), ~block.size()}) {
      stream += static_cast<char>(length);
      stream += static_cast<char>(length >> 8);
    }
    stream += block;
  } while (!bytes.empty());
  return stream + big_endian(b << 16 | a, 4);
}

inline std::string digest_of(std::string_view bytes, HashKind hash) {
  if (hash == HashKind::kSha1) {
    auto digest = sha1(bytes);
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
  }
  auto digest = sha256(bytes);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

inline Oid object_id(ObjectType type, std::string_view bytes, HashKind hash = HashKind::kSha1) {
  static constexpr const char* kNames[] = {"none", "commit", "tree", "blob", "tag"};
  std::string whole = kNames[static_cast<int>(type)] + (" " + std::to_string(bytes.size()));
  whole += '\0';
  whole += bytes;
  return Oid::from_bytes(digest_of(whole, hash).data(), hash);
}

/// Instructions only; delta() puts the two sizes before them.
class DeltaWriter {
 public:
  DeltaWriter& copy(std::uint32_t offset, std::uint32_t length) {
    std::uint8_t code = 0x80;
    std::string fields;
    for (int i = 0; i < 4; ++i) add_field(code, 1 << i, offset >> (8 * i), fields);
    if (length != 0x10000) {
      for (int i = 0; i < 3; ++i) add_field(code, 0x10 << i, length >> (8 * i), fields);
    }
    ops_ += static_cast<char>(code);
    ops_ += fields;
    return *this;
  }
  /// 1 to 127 bytes.
  DeltaWriter& insert(std::string_view bytes) {
    ops_ += static_cast<char>(bytes.size());
    ops_ += bytes;
    return *this;
  }
  [[nodiscard]] std::string delta(std::uint64_t base_size, std::uint64_t result_size) const {
    return varint(base_size) + varint(result_size) + ops_;
  }

 private:
  static void add_field(std::uint8_t& code, int bit, std::uint32_t value, std::string& fields) {
    if ((value & 0xff) == 0) return;
    code = static_cast<std::uint8_t>(code | bit);
    fields += static_cast<char>(value);
  }
  std::string ops_;
};

struct IndexedObject {
  Oid oid;
  std::uint64_t offset = 0;
};

class PackBuilder {
 public:
  explicit PackBuilder(HashKind hash = HashKind::kSha1) : hash_(hash) {}

  Oid add(ObjectType type, std::string_view bytes) {
    Oid oid = object_id(type, bytes, hash_);
    add_entry(type, bytes.size(), {}, stored_zlib(bytes), oid);
    return oid;
  }
  /// Deltas are taken as they come; `oid` is what the index says of them. Returns where the entry stands.
  std::uint64_t add_ofs_delta(std::uint64_t base_offset, std::string_view delta, const Oid& oid) {
    std::uint64_t distance = bytes_.size() - base_offset;
    std::string text(1, static_cast<char>(distance & 0x7f));
    while ((distance >>= 7) != 0) text.insert(text.begin(), static_cast<char>(0x80 | (--distance & 0x7f)));
    return add_entry(ObjectType::kOfsDelta, delta.size(), text, stored_zlib(delta), oid);
  }
  std::uint64_t add_ref_delta(const Oid& base, std::string_view delta, const Oid& oid) {
    std::string_view name(reinterpret_cast<const char*>(base.bytes.data()), static_cast<std::size_t>(hash_));
    return add_entry(ObjectType::kRefDelta, delta.size(), name, stored_zlib(delta), oid);
  }
  /// `size` is what the header claims of the stream.
  std::uint64_t add_entry(ObjectType type, std::uint64_t size, std::string_view base, std::string_view stream,
                          const Oid& oid) {
    const std::uint64_t offset = bytes_.size();
    auto first = static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | (size & 15));
    size >>= 4;
    bytes_ += static_cast<char>(size == 0 ? first : first | 0x80);
    if (size != 0) bytes_ += varint(size);
    bytes_ += base;
    bytes_ += stream;
    objects_.push_back({oid, offset});
    return offset;
  }

  /// The pack, and what of it an index would list.
  [[nodiscard]] std::string pack() const {
    std::string pack = bytes_;
    pack.replace(8, 4, big_endian(objects_.size(), 4));
    return pack + digest_of(pack, hash_);
  }
  [[nodiscard]] const std::vector<IndexedObject>& objects() const { return objects_; }

 private:
  HashKind hash_;
  std::string bytes_{"PACK\0\0\0\2\0\0\0\0", 12};
  std::vector<IndexedObject> objects_;
};

/// Version 1 or 2. Offsets from `large_from` on go to the table of large offsets.
inline std::string index_of(std::vector<IndexedObject> objects, std::string_view pack, int version = 2,
                            HashKind hash = HashKind::kSha1, std::uint64_t large_from = 0x8000'0000u) {
  const std::size_t width = static_cast<std::size_t>(hash);
  auto name = [&](const Oid& oid) { return std::string(reinterpret_cast<const char*>(oid.bytes.data()), width); };
  std::sort(objects.begin(), objects.end(), [](const auto& a, const auto& b) { return a.oid < b.oid; });
  std::string index = version == 2 ? std::string("\377tOc\0\0\0\2", 8) : "";
  for (unsigned byte = 0; byte < 256; ++byte) {
    auto count = std::count_if(objects.begin(), objects.end(),
                               [&](const IndexedObject& object) { return object.oid.bytes[0] <= byte; });
    index += big_endian(static_cast<std::uint64_t>(count), 4);
  }
  std::string crcs(version == 2 ? 4 * objects.size() : 0, '\0');  // not read
  std::string small;
  std::string large;
  for (const IndexedObject& object : objects) {
    if (version == 2) {
      index += name(object.oid);
      bool is_large = object.offset >= large_from;
      small += big_endian(is_large ? 0x8000'0000u | large.size() / 8 : object.offset, 4);
      if (is_large) large += big_endian(object.offset, 8);
    } else {
      index += big_endian(object.offset, 4) + name(object.oid);
    }
  }
  index += crcs + small + large;
  index += pack.substr(pack.size() - width);
  return index + digest_of(index, hash);
}

}  // namespace keywake::git::test
