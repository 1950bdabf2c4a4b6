// PackIndex: the .idx beside a pack: object ids in order, and where each object begins. Versions 1 and 2, SHA-1 and SHA-256
// (gitformat-pack(5), "Pack index"). Everything in it is checked before it is believed: an index that is cut off, out of order, points outside
// the pack or fails its checksum is an error, and the pack is then indexed anew (reindex.h).
// Ownership: views the mapped index (or owns rebuilt tables). Thread safety: immutable after open.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "base/result.h"
#include "git/oid.h"

namespace keywake::git {

class PackIndex {
 public:
  /// `pack_size` bounds the offsets, `pack_trailer` is the checksum at the pack's end that the index repeats.
  static Result<PackIndex> parse(MappedFile file, HashKind hash, std::uint64_t pack_size,
                                 std::string_view pack_trailer, const std::string& name);

  struct Rebuilt {
    Oid oid;
    std::uint64_t offset;
  };
  static PackIndex from_objects(std::vector<Rebuilt> objects, HashKind hash);

  [[nodiscard]] std::uint32_t size() const { return count_; }
  [[nodiscard]] Oid oid(std::uint32_t position) const;
  [[nodiscard]] std::uint64_t offset(std::uint32_t position) const;
  /// Some object stands in it twice (git allows it).
  [[nodiscard]] bool repeats() const { return repeats_; }
  /// Position of an object id. Tens of nanoseconds: a radix table over the first bits, then a short search.
  [[nodiscard]] std::optional<std::uint32_t> find(const Oid& oid) const;

 private:
  bool build_radix();
  [[nodiscard]] const std::uint8_t* raw_oid(std::uint32_t position) const {
    return oids_ + std::size_t{position} * oid_stride_;
  }

  MappedFile file_;
  HashKind hash_ = HashKind::kSha1;
  std::uint32_t count_ = 0;
  const std::uint8_t* oids_ = nullptr;
  std::size_t oid_stride_ = 0;
  std::vector<std::uint8_t> owned_oids_;
  std::vector<std::uint64_t> offsets_;
  std::vector<std::uint32_t> radix_;  // radix_[b] = first position whose leading bits are >= b
  int radix_bits_ = 0;
  bool repeats_ = false;
};

}  // namespace keywake::git
