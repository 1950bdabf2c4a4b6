#include "git/single_pack.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "base/text.h"
#include "git/big_endian.h"
#include "git/delta.h"

namespace keywake::git {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kFanout = 1024;
constexpr std::size_t kMaxKnown = 16 << 20;      // bytes
constexpr std::size_t kMaxKnownObject = 1 << 20;
constexpr std::size_t kLinksKept = 8;  // of a chain each eighth object is remembered, so that a neighbour of one that was read takes seven deltas at most
constexpr std::size_t kMaxChain = 10'000;  // deltas on deltas; git makes 50, and 4,095 at most

bool is_delta(ObjectType type) { return type == ObjectType::kOfsDelta || type == ObjectType::kRefDelta; }

}  // namespace

Result<SinglePack> SinglePack::open(const fs::path& index, HashKind hash) {
  const fs::path file = fs::path(index).replace_extension(".pack");
  auto pack = Pack::open(file, hash);
  if (!pack) return std::unexpected(pack.error());
  auto mapped = MappedFile::open(index);
  if (!mapped) return std::unexpected(mapped.error());
  SinglePack out(*std::move(pack), *std::move(mapped));
  auto damaged = [&](std::string_view why) { return fail(fmt::format("{}: {}", printable(index.filename().native()), why)); };
  const std::size_t width = static_cast<std::size_t>(hash);
  const std::string_view bytes = out.index_.bytes();
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const bool v2 = bytes.starts_with(std::string_view("\377tOc\0\0\0\2", 8));
  if (!v2 && bytes.starts_with("\377tOc")) return damaged("index has a version that is not known");
  if (bytes.size() < kFanout + 8 + 2 * width) return damaged("index is cut off");
  out.hash_ = hash;
  out.fanout_ = data + (v2 ? 8 : 0);
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < 256; ++i) {
    out.count_ = be32(out.fanout_ + 4 * i);
    if (out.count_ < before) return damaged("index is out of order");
    before = out.count_;
  }
  const std::size_t count = out.count_;
  const std::size_t tables = v2 ? 8 + kFanout + count * (width + 8) : kFanout + count * (width + 4);
  if (bytes.size() < tables + 2 * width) return damaged("index is cut off");
  if (bytes.substr(bytes.size() - 2 * width, width) != out.pack_.trailer()) return damaged("index belongs to another pack, or the pack is cut off");
  out.stride_ = v2 ? width : width + 4;
  out.oids_ = out.fanout_ + kFanout + (v2 ? 0 : 4);
  out.offset_stride_ = v2 ? 4 : width + 4;
  out.offsets_ = v2 ? out.oids_ + count * (width + 4) : out.fanout_ + kFanout;
  out.large_ = data + tables;
  out.large_count_ = v2 ? (bytes.size() - tables - 2 * width) / 8 : 0;
  return out;
}

std::optional<std::uint64_t> SinglePack::offset_of(const Oid& oid) const {
  const std::size_t width = static_cast<std::size_t>(hash_);
  const std::uint8_t first = oid.bytes[0];
  std::uint32_t low = first == 0 ? 0 : be32(fanout_ + 4 * (std::size_t{first} - 1));
  std::uint32_t high = be32(fanout_ + 4 * std::size_t{first});
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const int order = std::memcmp(oid_at(middle), oid.bytes.data(), width);
    if (order == 0) {
      const std::uint32_t offset = be32(offsets_ + middle * offset_stride_);
      if (offset_stride_ != 4 || (offset & 0x8000'0000u) == 0) return offset;
      const std::uint32_t position = offset & 0x7fff'ffffu;
      // UINT64_MAX is no entry of any pack.
      return position < large_count_ ? be64(large_ + std::size_t{8} * position) : UINT64_MAX;
    }
    (order < 0 ? low : high) = order < 0 ? middle + 1 : middle;
  }
  return std::nullopt;
}

// The header of the entry that the delta at `offset` is made from; `offset` becomes its.
std::optional<EntryHeader> SinglePack::base_of(std::uint64_t& offset, const EntryHeader& header) const {
  const auto base = header.type == ObjectType::kOfsDelta ? header.base_offset : offset_of(header.base_oid);
  if (!base) return std::nullopt;
  offset = *base;
  return pack_.header(offset);
}

ReadOutcome SinglePack::read(const Oid& oid, std::uint64_t limit, ObjectType& type, std::string& bytes) {
  auto found = offset_of(oid);
  if (!found) return ReadOutcome::kMissing;
  struct Link {
    std::uint64_t offset;
    EntryHeader header;
  };
  std::vector<Link> chain;  // from the wanted object to the whole one that it begins with
  std::uint64_t offset = *found;
  for (auto header = pack_.header(offset);; header = base_of(offset, chain.back().header)) {
    if (!header || chain.size() > kMaxChain) return ReadOutcome::kDamaged;
    if (const auto known = known_.find(offset); known != known_.end()) {
      type = known->second.type;
      bytes = known->second.bytes;
      break;
    }
    if (header->size > limit) return ReadOutcome::kTooLarge;
    chain.push_back({offset, *header});
    type = header->type;
    if (!is_delta(header->type)) break;
  }
  const bool of_deltas = chain.size() > 1 || (!chain.empty() && is_delta(chain.back().header.type));
  for (std::size_t i = chain.size(); i-- > 0;) {
    const EntryHeader& header = chain[i].header;
    const std::string_view packed = pack_.bytes().substr(chain[i].offset + header.length, pack_.end() - chain[i].offset - header.length);
    if (!Inflater::could_hold(packed.size(), header.size)) return ReadOutcome::kDamaged;
    std::string& out = is_delta(header.type) ? delta_ : bytes;
    out.resize(header.size);
    if (!inflater_->inflate(packed, out.data(), out.size())) return ReadOutcome::kDamaged;
    if (!is_delta(header.type)) {
      if (of_deltas) remember(chain[i].offset, type, bytes);
      continue;
    }
    const auto sizes = delta_sizes(delta_);
    if (!sizes || sizes->base != bytes.size()) return ReadOutcome::kDamaged;
    if (sizes->result > limit) return ReadOutcome::kTooLarge;
    result_.resize(sizes->result);
    if (!apply_delta(delta_, *sizes, bytes, result_.data(), nullptr)) return ReadOutcome::kDamaged;
    bytes.swap(result_);
    if (i == 0 || (chain.size() - i) % kLinksKept == 0) remember(chain[i].offset, type, bytes);
  }
  return bytes.size() > limit ? ReadOutcome::kTooLarge : ReadOutcome::kDone;
}

void SinglePack::remember(std::uint64_t offset, ObjectType type, const std::string& bytes) {
  if (bytes.size() > kMaxKnownObject || !known_.try_emplace(offset, Known{type, bytes}).second) return;
  remembered_.push_back(offset);
  known_bytes_ += bytes.size();
  while (known_bytes_ > kMaxKnown) {
    const auto oldest = known_.find(remembered_.front());
    known_bytes_ -= oldest->second.bytes.size();
    known_.erase(oldest);
    remembered_.pop_front();
  }
}

ObjectType SinglePack::type(const Oid& oid) const {
  auto found = offset_of(oid);
  if (!found) return ObjectType::kNone;
  std::uint64_t offset = *found;
  auto header = pack_.header(offset);
  for (std::size_t links = 0; header && is_delta(header->type) && links < kMaxChain; ++links) header = base_of(offset, *header);
  return header && !is_delta(header->type) ? header->type : ObjectType::kNone;
}

void SinglePack::list(std::vector<Oid>& oids) const {
  for (std::uint32_t i = 0; i < count_; ++i) oids.push_back(Oid::from_bytes(oid_at(i), hash_));
}

}  // namespace keywake::git
