// Version 2:  \377tOc 2 | fanout 256×4 | oids n×H | crc n×4 | offsets n×4 | large offsets m×8 | pack checksum H | checksum H
// Version 1:              fanout 256×4 | (offset 4, oid H) × n                                | pack checksum H | checksum H
// All numbers are big-endian; fanout[b] counts the objects whose first byte is at most b; an offset with its top bit set is
// a position in the table of large offsets.
#include "git/pack_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "git/big_endian.h"

namespace keywake::git {
namespace {

bool checksum_holds(std::string_view bytes, HashKind hash) {
  std::size_t width = static_cast<std::size_t>(hash);
  const std::string_view content = bytes.substr(0, bytes.size() - width);
  const Oid actual = hash == HashKind::kSha1 ? Oid::from_bytes(sha1(content).data(), hash) : Oid::from_bytes(sha256(content).data(), hash);
  return actual == Oid::from_bytes(bytes.data() + content.size(), hash);
}

}  // namespace

Result<PackIndex> PackIndex::parse(MappedFile file, HashKind hash, std::uint64_t pack_size,
                                   std::string_view pack_trailer, const std::string& name) {
  auto damaged = [&](std::string_view why) { return fail(fmt::format("{}: {}", name, why)); };
  const std::size_t width = static_cast<std::size_t>(hash);
  std::string_view bytes = file.bytes();
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (bytes.size() < 1024 + 2 * width) return damaged("index is cut off");
  const bool v2 = bytes.starts_with(std::string_view("\377tOc\0\0\0\2", 8));
  if (!v2 && bytes.starts_with("\377tOc")) return damaged("index has a version that is not known");

  const std::uint8_t* fanout = data + (v2 ? 8 : 0);
  std::uint32_t count = 0;
  for (int i = 0; i < 256; ++i) {
    std::uint32_t next = be32(fanout + 4 * i);
    if (next < count) return damaged("index is out of order");
    count = next;
  }
  const std::size_t tables = v2 ? 8 + 1024 + std::size_t{count} * (width + 8)
                                : 1024 + std::size_t{count} * (width + 4);
  if (bytes.size() < tables + 2 * width) return damaged("index is cut off");
  if (!checksum_holds(bytes, hash)) return damaged("index fails its checksum");
  if (bytes.substr(bytes.size() - 2 * width, width) != pack_trailer) {
    return damaged("index belongs to another pack, or the pack is cut off");
  }

  PackIndex index;
  index.hash_ = hash;
  index.count_ = count;
  index.offsets_.resize(count);
  index.oid_stride_ = v2 ? width : width + 4;
  index.oids_ = fanout + 1024 + (v2 ? 0 : 4);
  const std::uint8_t* small = v2 ? index.oids_ + std::size_t{count} * (width + 4) : fanout + 1024;
  const std::size_t small_stride = v2 ? 4 : width + 4;
  const std::uint8_t* large = data + tables;
  const std::size_t large_count = v2 ? (bytes.size() - tables - 2 * width) / 8 : 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint64_t offset = be32(small + i * small_stride);
    if (v2 && (offset & 0x8000'0000u) != 0) {
      std::uint64_t position = offset & 0x7fff'ffffu;
      if (position >= large_count) return damaged("index points outside its table of large offsets");
      offset = be64(large + 8 * position);
    }
    if (offset < 12 || pack_size < width || offset >= pack_size - width) return damaged("index points outside the pack");
    index.offsets_[i] = offset;
  }
  index.file_ = std::move(file);
  if (!index.build_radix()) return damaged("index is out of order");
  return index;
}

PackIndex PackIndex::from_objects(std::vector<Rebuilt> objects, HashKind hash) {
  std::sort(objects.begin(), objects.end(),
            [](const Rebuilt& a, const Rebuilt& b) { return a.oid < b.oid; });
  PackIndex index;
  index.hash_ = hash;
  index.count_ = static_cast<std::uint32_t>(objects.size());
  index.oid_stride_ = static_cast<std::size_t>(hash);
  index.owned_oids_.resize(objects.size() * index.oid_stride_);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::memcpy(index.owned_oids_.data() + i * index.oid_stride_, objects[i].oid.bytes.data(),
                index.oid_stride_);
    index.offsets_.push_back(objects[i].offset);
  }
  index.oids_ = index.owned_oids_.data();
  index.build_radix();
  return index;
}

// About four objects share a bucket, so a look-up costs one cache miss in the table and one or two among the ids.
// False if the ids are not in order.
bool PackIndex::build_radix() {
  radix_bits_ = std::clamp(static_cast<int>(std::bit_width(count_ / 4)), 1, 24);
  radix_.assign((std::size_t{1} << radix_bits_) + 1, count_);
  std::size_t filled = 0;
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const std::uint32_t front = be32(raw_oid(i));
    if (front < last) return false;
    if (front == last && i > 0) {
      int order = std::memcmp(raw_oid(i - 1), raw_oid(i), static_cast<std::size_t>(hash_));
      if (order > 0) return false;
      repeats_ |= order == 0;
    }
    last = front;
    std::size_t bucket = front >> (32 - radix_bits_);
    while (filled <= bucket) radix_[filled++] = i;
  }
  return true;
}

Oid PackIndex::oid(std::uint32_t position) const { return Oid::from_bytes(raw_oid(position), hash_); }

std::uint64_t PackIndex::offset(std::uint32_t position) const { return offsets_[position]; }

std::optional<std::uint32_t> PackIndex::find(const Oid& oid) const {
  if (count_ == 0) return std::nullopt;
  const std::size_t width = static_cast<std::size_t>(hash_);
  std::size_t bucket = be32(oid.bytes.data()) >> (32 - radix_bits_);
  std::uint32_t low = radix_[bucket];
  std::uint32_t high = radix_[bucket + 1];
  const std::uint64_t front = be64(oid.bytes.data());
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const std::uint8_t* there = raw_oid(middle);
    const std::uint64_t front_there = be64(there);
    const int order = front == front_there ? std::memcmp(there, oid.bytes.data(), width) : front_there < front ? -1 : 1;
    if (order == 0) return middle;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

}  // namespace keywake::git
