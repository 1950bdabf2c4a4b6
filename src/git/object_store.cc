#include "git/object_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
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

// The index beside a pack, if it can be believed.
Result<PackIndex> read_index(const Pack& pack, fs::path path) {
  path.replace_extension(".idx");
  auto file = MappedFile::open(path);
  if (!file) return fail("no index beside it");
  std::string name = printable(path.filename().native());
  auto index = PackIndex::parse(std::move(*file), pack.hash(), pack.bytes().size(), pack.trailer(), name);
  if (index && index->size() != pack.declared_count()) {
    return fail(fmt::format("{}: index lists {} objects, the pack {}", name, index->size(),
                            pack.declared_count()));
  }
  return index;
}

PackIndex index_anew(const Pack& pack, const fs::path& path, std::string_view why, Problems& problems) {
  Reindexed made = reindex(path, pack.hash(), problems);
  problems.add(pack.name(), fmt::format("{}: indexed anew from the pack itself ({} of {} objects{})", why,
                                        made.index.size(), pack.declared_count(), made.damage),
               made.index.size() < pack.declared_count() || !made.damage.empty());
  return std::move(made.index);
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
        const std::string name = printable(path.filename().native());
        std::string reason = pack.error().message;
        if (reason.starts_with(name + ": ")) reason.erase(0, name.size() + 2);
        problems.add(name, reason);
        continue;
      }
      Result<PackIndex> index = read_index(*pack, path);
      std::vector<Placed> placed;
      if (index) {
        placed = by_offset(*index, pack->bytes().size());
        auto same = [](const Placed& a, const Placed& b) { return a.offset == b.offset; };
        if (std::adjacent_find(placed.begin(), placed.end(), same) != placed.end()) {
          index = fail("its index puts two objects in one place");
        }
      }
      if (!index) {
        index = index_anew(*pack, path, index.error().message, problems);
        placed = by_offset(*index, pack->bytes().size());
      }
      store.add_pack(std::move(*pack), std::move(*index), placed);
    }
  }
  for (std::uint32_t i = 0; i < store.object_dirs_.size(); ++i) {
    store.list_loose(store.object_dirs_[i], i);
  }
  std::stable_sort(store.loose_.begin(), store.loose_.end(),
                   [](const Loose& a, const Loose& b) { return a.oid < b.oid; });
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

// Radix sort, eleven bits a pass from the lowest: three or four passes over a pack, where comparisons would take twenty.
std::vector<ObjectStore::Placed> ObjectStore::by_offset(const PackIndex& index, std::uint64_t pack_size) {
  constexpr int kBits = 11;
  constexpr std::size_t kBuckets = std::size_t{1} << kBits;
  std::vector<Placed> placed(index.size());
  for (std::uint32_t i = 0; i < index.size(); ++i) placed[i] = {index.offset(i), i};
  std::vector<Placed> other(placed.size());
  for (int shift = 0; (pack_size >> shift) != 0; shift += kBits) {
    std::array<std::size_t, kBuckets> next{};
    for (const Placed& item : placed) ++next[(item.offset >> shift) & (kBuckets - 1)];
    std::size_t begin = 0;
    for (std::size_t& count : next) begin += std::exchange(count, begin);
    for (const Placed& item : placed) other[next[(item.offset >> shift) & (kBuckets - 1)]++] = item;
    placed.swap(other);
  }
  return placed;
}

void ObjectStore::add_pack(Pack pack, PackIndex index, const std::vector<Placed>& placed) {
  PackEntry entry{std::move(pack), std::move(index), {}, {}, {}, first_loose_};
  const std::uint32_t count = entry.index.size();
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
      std::string hex = prefix + it->path().filename().native();
      if (hex.size() != 2 * static_cast<std::size_t>(hash_)) continue;
      if (auto oid = Oid::from_hex(hex)) loose_.push_back({*oid, dir_number});
    }
  }
}

// Types and bases, from the entry headers alone. An entry's own type stands until link() puts its root's in its place.
void ObjectStore::read_headers() {
  constexpr std::size_t kBatch = 4096;
  const std::size_t total = std::size_t{first_loose_} + loose_.size();
  type_.assign(total, ObjectType::kNone);
  base_.assign(total, kNoObject);
  for (const PackEntry& entry : packs_) {
    const std::size_t count = entry.offsets.size();
    std::atomic<std::size_t> next{0};
    auto work = [&] {
      for (std::size_t begin = next.fetch_add(kBatch); begin < count; begin = next.fetch_add(kBatch)) {
        for (std::size_t i = begin; i < std::min(begin + kBatch, count); ++i) read_header(entry, i);
      }
    };
    std::vector<std::jthread> others;
    const std::size_t threads = std::min<std::size_t>(std::thread::hardware_concurrency(), count / kBatch);
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
    work();
    others.clear();  // joined
    entry.pack.release_pages();
  }
}

void ObjectStore::read_header(const PackEntry& entry, std::size_t i) {
  auto header = entry.pack.header(entry.offsets[i]);
  if (!header) return;
  type_[entry.first + i] = header->type;
  if (header->type == ObjectType::kOfsDelta) {
    const auto end = entry.offsets.begin() + static_cast<std::ptrdiff_t>(i);
    auto it = std::lower_bound(entry.offsets.begin(), end, header->base_offset);
    if (it != end && *it == header->base_offset) {
      base_[entry.first + i] = entry.first + static_cast<ObjectId>(it - entry.offsets.begin());
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

void ObjectStore::link() {
  std::vector<ObjectId> order = link_children();
  if (order.size() < size()) {
    cut_loops(order);
    order = link_children();
  }
  sound_.assign(size(), false);
  for (ObjectId id : order) {
    if (base_[id] != kNoObject) {
      type_[id] = type_[base_[id]];
      sound_[id] = sound_[base_[id]];
      continue;
    }
    bool delta = type_[id] == ObjectType::kOfsDelta || type_[id] == ObjectType::kRefDelta;
    if (delta) type_[id] = ObjectType::kNone;
    sound_[id] = loose(id) || type_[id] != ObjectType::kNone;
  }
  sort_children(order);
}

// Breadth first from the roots: bases stand before what is built on them. What hangs on a loop is not reached.
std::vector<ObjectId> ObjectStore::link_children() {
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
  return order;
}

// Follows bases from each object that was not reached. Whoever comes upon its own path has gone round a loop.
void ObjectStore::cut_loops(const std::vector<ObjectId>& reached) {
  std::vector<std::uint32_t> path_of(size(), 0);  // by which path an object was passed; 0: none yet
  for (ObjectId id : reached) path_of[id] = kNoObject;
  std::uint32_t path = 0;
  for (ObjectId start = 0; start < size(); ++start) {
    ++path;
    ObjectId id = start;
    for (; id != kNoObject && path_of[id] == 0; id = base_[id]) path_of[id] = path;
    if (id != kNoObject && path_of[id] == path) base_[id] = kNoObject;
  }
}

// Lightest first: when the heaviest comes last, its base can be let go before it is entered, and no more than
// log2(n) bases are ever alive on the way down (walk.cc).
void ObjectStore::sort_children(const std::vector<ObjectId>& order) {
  std::vector<std::uint32_t> weight(size(), 1);
  for (std::size_t i = order.size(); i-- > 0;) {
    if (base_[order[i]] != kNoObject) weight[base_[order[i]]] += weight[order[i]];
  }
  std::vector<ObjectId> children;
  for (ObjectId id = 0; id < size(); ++id) {
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
  auto same = [](const Loose& a, const Loose& b) { return a.oid == b.oid; };
  bool repeats = std::adjacent_find(loose_.begin(), loose_.end(), same) != loose_.end();
  for (const PackEntry& entry : packs_) repeats |= entry.index.repeats();
  if (!repeats && packs_.size() + (loose_.empty() ? 0 : 1) < 2) return;
  duplicate_.assign(size(), false);
  for (ObjectId id = repeats || packs_.empty() ? 0 : packs_[0].index.size(); id < size(); ++id) {
    const ObjectId first = find(oid(id)).value_or(id);
    if (first == id) continue;
    duplicate_[id] = true;
    const bool known = type_[id] != ObjectType::kNone && type_[first] != ObjectType::kNone;
    if (known && type_[id] != type_[first]) disputed_.push_back(first);
  }
  std::sort(disputed_.begin(), disputed_.end());
  disputed_.erase(std::unique(disputed_.begin(), disputed_.end()), disputed_.end());
}

std::vector<ObjectId> ObjectStore::copies(ObjectId id) const {
  std::vector<ObjectId> copies;
  const bool ids_unknown = packs_.size() == 1 && loose_.empty() && packs_[0].positions.empty();
  if (ids_unknown) return copies;
  const Oid wanted = oid(id);
  for (const PackEntry& entry : packs_) {
    auto position = entry.index.find(wanted);
    if (!position) continue;
    std::uint32_t first = *position;
    while (first > 0 && entry.index.oid(first - 1) == wanted) --first;
    for (; first < entry.index.size() && entry.index.oid(first) == wanted; ++first) {
      copies.push_back(entry.first + entry.order[first]);
    }
  }
  auto it = std::lower_bound(loose_.begin(), loose_.end(), wanted,
                             [](const Loose& a, const Oid& b) { return a.oid < b; });
  for (; it != loose_.end() && it->oid == wanted; ++it) {
    copies.push_back(first_loose_ + static_cast<ObjectId>(it - loose_.begin()));
  }
  std::erase(copies, id);
  return copies;
}

const ObjectStore::PackEntry& ObjectStore::pack_of(ObjectId id) const {
  auto behind = std::upper_bound(packs_.begin(), packs_.end(), id,
                                 [](ObjectId a, const PackEntry& b) { return a < b.first; });
  return *std::prev(behind);
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
