#include "git/object_store.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "git/reindex.h"

namespace keywake::git {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> packs_in(const fs::path& object_dir) {
  std::vector<fs::path> packs;
  std::error_code ec;
  for (fs::directory_iterator it(object_dir / "pack", ec), end; !ec && it != end; it.increment(ec)) {
    if (it->path().extension() == ".pack") packs.push_back(it->path());
  }
  std::sort(packs.begin(), packs.end());
  return packs;
}

// The index beside a pack, or one made anew from the pack when there is none that holds.
PackIndex index_of(const Pack& pack, const fs::path& pack_path, HashKind hash, Problems& problems) {
  fs::path index_path = pack_path;
  index_path.replace_extension(".idx");
  std::string why;
  if (auto file = MappedFile::open(index_path)) {
    auto index = PackIndex::parse(std::move(*file), hash, pack.bytes().size(), pack.trailer(),
                                  printable(index_path.filename().native()));
    if (index) return std::move(*index);
    why = index.error().message;
  } else {
    why = "no index beside it";
  }
  Reindexed made = reindex(pack_path, hash, problems);
  problems.add(pack.name(), fmt::format("{}: indexed anew from the pack itself ({} of {} objects)",
                                        why, made.index.size(), pack.declared_count()),
               made.index.size() < pack.declared_count());
  return std::move(made.index);
}

struct Placed {
  std::uint64_t offset;
  std::uint32_t position;
};

// Radix sort, eleven bits a pass from the lowest: three or four passes over a pack, where comparisons would take twenty.
void sort_by_offset(std::vector<Placed>& placed, std::uint64_t limit) {
  constexpr int kBits = 11;
  constexpr std::size_t kBuckets = std::size_t{1} << kBits;
  std::vector<Placed> other(placed.size());
  for (int shift = 0; (limit >> shift) != 0; shift += kBits) {
    std::array<std::size_t, kBuckets> next{};
    for (const Placed& item : placed) ++next[(item.offset >> shift) & (kBuckets - 1)];
    std::size_t begin = 0;
    for (std::size_t& count : next) begin += std::exchange(count, begin);
    for (const Placed& item : placed) other[next[(item.offset >> shift) & (kBuckets - 1)]++] = item;
    placed.swap(other);
  }
}

}  // namespace

ObjectStore ObjectStore::open(const Repository& repository, Problems& problems) {
  ObjectStore store;
  store.hash_ = repository.hash;
  store.object_dirs_ = repository.object_dirs;
  for (const fs::path& dir : store.object_dirs_) {
    for (const fs::path& path : packs_in(dir)) {
      auto pack = Pack::open(path, store.hash_);
      if (!pack) {
        problems.add(printable(path.filename().native()), pack.error().message);
        continue;
      }
      PackIndex index = index_of(*pack, path, store.hash_, problems);
      store.add_pack(std::move(*pack), std::move(index));
    }
  }
  for (std::uint32_t i = 0; i < store.object_dirs_.size(); ++i) {
    store.list_loose(store.object_dirs_[i], i);
  }
  std::sort(store.loose_.begin(), store.loose_.end(),
            [](const Loose& a, const Loose& b) { return a.oid < b.oid; });
  auto same = [](const Loose& a, const Loose& b) { return a.oid == b.oid; };
  store.loose_.erase(std::unique(store.loose_.begin(), store.loose_.end(), same),
                     store.loose_.end());
  store.read_headers();
  store.link();
  store.mark_duplicates();
  return store;
}

ObjectStore ObjectStore::of_pack(Pack pack, std::vector<std::uint64_t> offsets) {
  ObjectStore store;
  store.hash_ = pack.hash();
  store.first_loose_ = static_cast<ObjectId>(offsets.size());
  store.packs_.push_back({std::move(pack), {}, std::move(offsets), {}, {}, 0});
  store.read_headers();
  store.link();
  return store;
}

void ObjectStore::add_pack(Pack pack, PackIndex index) {
  PackEntry entry{std::move(pack), std::move(index), {}, {}, {}, first_loose_};
  const std::uint32_t count = entry.index.size();
  std::vector<Placed> placed(count);
  for (std::uint32_t i = 0; i < count; ++i) placed[i] = {entry.index.offset(i), i};
  sort_by_offset(placed, entry.pack.bytes().size());
  entry.positions.resize(count);
  entry.offsets.resize(count);
  entry.order.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    entry.positions[i] = placed[i].position;
    entry.offsets[i] = placed[i].offset;
    entry.order[placed[i].position] = i;
  }
  first_loose_ += count;
  packs_.push_back(std::move(entry));
}

void ObjectStore::list_loose(const fs::path& dir, std::uint32_t dir_number) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (int byte = 0; byte < 256; ++byte) {
    std::string prefix{kDigits[byte >> 4], kDigits[byte & 15]};
    std::error_code ec;
    for (fs::directory_iterator it(dir / prefix, ec), end; !ec && it != end; it.increment(ec)) {
      if (auto oid = Oid::from_hex(prefix + it->path().filename().native())) {
        loose_.push_back({*oid, dir_number});
      }
    }
  }
}

// Types and bases, from the entry headers alone. An entry's own type stands until link() puts its root's in its place.
void ObjectStore::read_headers() {
  const std::size_t total = std::size_t{first_loose_} + loose_.size();
  type_.assign(total, ObjectType::kNone);
  base_.assign(total, kNoObject);
  for (const PackEntry& entry : packs_) {
    tbb::parallel_for(
        tbb::blocked_range<std::uint32_t>(0, static_cast<std::uint32_t>(entry.offsets.size()), 4096),
        [&](const tbb::blocked_range<std::uint32_t>& range) {
          for (std::uint32_t i = range.begin(); i < range.end(); ++i) {
            auto header = entry.pack.header(entry.offsets[i]);
            if (!header) continue;
            type_[entry.first + i] = header->type;
            if (header->type == ObjectType::kOfsDelta) {
              auto it = std::lower_bound(entry.offsets.begin(), entry.offsets.begin() + i,
                                         header->base_offset);
              bool found = it != entry.offsets.begin() + i && *it == header->base_offset;
              if (found) {
                base_[entry.first + i] =
                    entry.first + static_cast<ObjectId>(it - entry.offsets.begin());
              }
            } else if (header->type == ObjectType::kRefDelta) {
              // Same pack first, as git does; a pack that was not completed may lean on another.
              if (auto position = entry.index.find(header->base_oid)) {
                base_[entry.first + i] = entry.first + entry.order[*position];
              } else {
                base_[entry.first + i] = find(header->base_oid).value_or(kNoObject);
              }
            }
          }
        });
  }
}

// Breadth first from the roots, which visits each object that has a sound chain exactly once; whatever is not reached
// has a missing base or stands in a loop and keeps type kNone. The reverse of that order adds up weights.
void ObjectStore::link() {
  const std::uint32_t total = size();
  first_child_.assign(total, kNoObject);
  next_sibling_.assign(total, kNoObject);
  std::vector<ObjectId> order;
  order.reserve(total);
  for (ObjectId id = total; id-- > 0;) {
    if (base_[id] == kNoObject) continue;
    next_sibling_[id] = first_child_[base_[id]];
    first_child_[base_[id]] = id;
  }
  for (ObjectId id = 0; id < total; ++id) {
    if (base_[id] == kNoObject) order.push_back(id);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (ObjectId child = first_child_[order[i]]; child != kNoObject; child = next_sibling_[child]) {
      order.push_back(child);
    }
  }
  std::vector<bool> reached(total, false);
  std::vector<std::uint32_t> weight(total, 1);
  for (ObjectId id : order) {
    reached[id] = true;
    bool delta = type_[id] == ObjectType::kOfsDelta || type_[id] == ObjectType::kRefDelta;
    if (base_[id] != kNoObject) {
      type_[id] = type_[base_[id]];
    } else if (delta) {
      type_[id] = ObjectType::kNone;
    }
  }
  for (ObjectId id = 0; id < total; ++id) {
    if (!reached[id]) type_[id] = ObjectType::kNone;
  }
  for (std::size_t i = order.size(); i-- > 0;) {
    if (base_[order[i]] != kNoObject) weight[base_[order[i]]] += weight[order[i]];
  }
  // Lightest first: when the heaviest comes last, its base can be let go before it is entered, and no more than
  // log2(n) bases are ever alive on the way down (walk.cc).
  std::vector<ObjectId> children;
  for (ObjectId id = 0; id < total; ++id) {
    if (first_child_[id] == kNoObject || next_sibling_[first_child_[id]] == kNoObject) continue;
    children.clear();
    for (ObjectId c = first_child_[id]; c != kNoObject; c = next_sibling_[c]) children.push_back(c);
    std::sort(children.begin(), children.end(), [&](ObjectId a, ObjectId b) {
      return std::pair(weight[a], a) < std::pair(weight[b], b);
    });
    first_child_[id] = children.front();
    for (std::size_t i = 0; i < children.size(); ++i) {
      next_sibling_[children[i]] = i + 1 < children.size() ? children[i + 1] : kNoObject;
    }
  }
}

void ObjectStore::mark_duplicates() {
  if (packs_.size() + (loose_.empty() ? 0 : 1) < 2) return;
  duplicate_.assign(size(), false);
  for (ObjectId id = packs_.empty() ? 0 : static_cast<ObjectId>(packs_[0].offsets.size()); id < size(); ++id) {
    if (find(oid(id)) != id) duplicate_[id] = true;
  }
}

const ObjectStore::PackEntry& ObjectStore::pack_of(ObjectId id) const {
  std::size_t i = packs_.size() - 1;
  while (packs_[i].first > id) --i;
  return packs_[i];
}

std::optional<ObjectId> ObjectStore::find(const Oid& oid) const {
  for (const PackEntry& entry : packs_) {
    if (auto position = entry.index.find(oid)) return entry.first + entry.order[*position];
  }
  auto it = std::lower_bound(loose_.begin(), loose_.end(), oid,
                             [](const Loose& a, const Oid& b) { return a.oid < b; });
  if (it == loose_.end() || it->oid != oid) return std::nullopt;
  return first_loose_ + static_cast<ObjectId>(it - loose_.begin());
}

Oid ObjectStore::oid(ObjectId id) const {
  if (loose(id)) return loose_[id - first_loose_].oid;
  const PackEntry& entry = pack_of(id);
  return entry.positions.empty() ? Oid{} : entry.index.oid(entry.positions[id - entry.first]);
}

ObjectStore::Place ObjectStore::place(ObjectId id) const {
  const PackEntry& entry = pack_of(id);
  std::size_t i = id - entry.first;
  return {&entry.pack, entry.offsets[i],
          i + 1 < entry.offsets.size() ? entry.offsets[i + 1] : entry.pack.end()};
}

fs::path ObjectStore::loose_path(ObjectId id) const {
  const Loose& object = loose_[id - first_loose_];
  std::string hex = object.oid.hex(hash_);
  return object_dirs_[object.dir] / hex.substr(0, 2) / hex.substr(2);
}

std::string ObjectStore::describe(ObjectId id) const {
  if (!loose(id) && pack_of(id).positions.empty()) {
    Place where = place(id);
    return fmt::format("object at byte {} of {}", where.offset, where.pack->name());
  }
  return "object " + oid(id).hex(hash_);
}

}  // namespace keywake::git
