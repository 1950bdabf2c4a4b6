// A tree is a run of entries "mode SP name NUL oid". One commit changes a few of them, and its delta says which: the rest
// lies in copied spans. To parse only what is new, one must know where entries begin, since an oid may contain any byte. So a tree's
// annotation keeps the starts of all its entries: reading a child from its front, whenever an entry begins at a byte that was copied from
// the beginning of an entry of the base, all entries to the end of that copied span are the base's own, moved by a
// constant; elsewhere one entry is parsed by hand and the reading goes on behind it.
#include "git/tree_lists.h"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace keywake::git {
namespace {

constexpr std::size_t kMaxMissingNamed = 10'000;
constexpr std::size_t kMaxName = 4096;  // no file system takes longer ones; paths of them would fill memory
constexpr unsigned kTypeBits = 0170000;

// Octal digits; absent for what is none, or too long.
std::optional<unsigned> parse_mode(std::string_view text) {
  if (text.empty() || text.size() > 7) return std::nullopt;
  unsigned mode = 0;
  for (char digit : text) {
    if (digit < '0' || digit > '7') return std::nullopt;
    mode = mode * 8 + static_cast<unsigned>(digit - '0');
  }
  return mode;
}

struct PlacedItem {
  std::uint32_t start = 0;  // of its entry in the tree
  TreeItem item;
};

using Starts = std::vector<std::uint32_t>;  // of all entries; one past the last entry at the end

// What is noted of a tree that others are built on.
struct TreeNote : Annotation {
  std::shared_ptr<const Starts> starts;  // shared with the base if they are the same: most commits add no file
  std::vector<PlacedItem> items;
  ListId list = kNoList;
};

// The tree that is being read; used again for the next.
struct Reading {
  Starts starts;
  std::vector<PlacedItem> items;
};

// Names by number. Few distinct ones are ever asked for, by all workers: sharded.
class NameTable {
 public:
  std::uint32_t intern(std::string_view name) {
    std::size_t shard = std::hash<std::string_view>()(name) % kShards;
    std::lock_guard lock(shards_[shard].mutex);
    auto& map = shards_[shard].map;
    auto next = static_cast<std::uint32_t>(map.size() * kShards + shard);
    return map.try_emplace(std::string(name), next).first->second;
  }
  std::vector<std::string> take() {
    std::vector<std::string> names;
    for (Shard& shard : shards_) {
      for (auto& [name, number] : shard.map) {
        if (names.size() <= number) names.resize(number + 1);
        names[number] = name;
      }
    }
    return names;
  }

 private:
  static constexpr std::size_t kShards = 64;
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, std::uint32_t> map;
  };
  std::array<Shard, kShards> shards_;
};

}  // namespace

class TreeVisitor : public Visitor {
 public:
  TreeVisitor(const ObjectStore& store, const std::vector<bool>& wanted, unsigned threads, TreeLists& lists)
      : store_(store), wanted_(wanted), lists_(lists), readings_(threads), missing_(threads),
        cache_(threads, std::vector<Cached>(kCacheSize)) {}

  bool wants(ObjectType type) const override { return type == ObjectType::kTree; }

  std::unique_ptr<Annotation> whole(unsigned worker, ObjectId id, ObjectType,
                                    std::string_view bytes) override {
    Reading& tree = readings_[worker];
    tree.starts.clear();
    tree.items.clear();
    std::size_t at = 0;
    while (at < bytes.size()) at = parse_entry(worker, bytes, at, tree);
    tree.starts.push_back(static_cast<std::uint32_t>(at));
    return keep(worker, id, tree, nullptr);
  }

  std::unique_ptr<Annotation> delta(unsigned worker, ObjectId id, ObjectType type, std::string_view bytes,
                                    const CopyMap& map, const Annotation* base_annotation) override {
    if (base_annotation == nullptr) return whole(worker, id, type, bytes);
    const auto& base = static_cast<const TreeNote&>(*base_annotation);
    Reading& tree = readings_[worker];
    tree.starts.clear();
    tree.items.clear();
    std::size_t at = 0;
    std::size_t entry = 0;  // of the base: the one that is expected here
    auto span = map.spans.begin();
    while (at < bytes.size()) {
      while (span != map.spans.end() && span->target + span->length <= at) ++span;
      if (span != map.spans.end() && span->target <= at) {
        std::size_t next = inherit(base, *span, at, entry, tree);
        if (next > at) {
          at = next;
          continue;
        }
      }
      at = parse_entry(worker, bytes, at, tree);
      ++entry;  // most that are new stand in place of an old one
    }
    tree.starts.push_back(static_cast<std::uint32_t>(at));
    return keep(worker, id, tree, &base);
  }

  NameTable& names() { return names_; }
  std::vector<Oid> take_missing() {
    std::unordered_set<Oid> all;
    for (auto& set : missing_) all.merge(set);
    std::vector<Oid> sorted(all.begin(), all.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

 private:
  // Takes over the base's entries from the one that begins where `at` was copied from. Returns where reading goes on: `at` itself if
  // that is not the beginning of an entry of the base, or none of its entries ends within the span. `entry`: a guess which one it is, to
  // spare the search; then the one behind the last taken over.
  std::size_t inherit(const TreeNote& base, const CopySpan& span, std::size_t at, std::size_t& entry, Reading& tree) {
    const Starts& starts = *base.starts;
    const std::uint32_t source = span.source + static_cast<std::uint32_t>(at - span.target);
    const std::uint32_t source_end = span.source + span.length;
    auto first = starts.begin() + static_cast<std::ptrdiff_t>(entry);
    if (entry >= starts.size() || *first != source) first = std::lower_bound(starts.begin(), starts.end(), source);
    if (first == starts.end() || *first != source) return at;
    entry = static_cast<std::size_t>(first - starts.begin());
    // Nearly always an entry of which only the id is new.
    if (first + 1 == starts.end() || *(first + 1) > source_end) return at;
    // Begins where the last whole entry ends.
    auto last = starts.back() <= source_end ? starts.end() - 1 : std::upper_bound(first, starts.end(), source_end) - 1;
    const std::uint32_t shift = static_cast<std::uint32_t>(at) - source;  // modulo 2^32
    const std::size_t old_size = tree.starts.size();
    tree.starts.resize(old_size + static_cast<std::size_t>(last - first));
    std::transform(first, last, tree.starts.begin() + static_cast<std::ptrdiff_t>(old_size),
                   [shift](std::uint32_t start) { return start + shift; });
    auto item = std::lower_bound(base.items.begin(), base.items.end(), source,
                                 [](const PlacedItem& a, std::uint32_t b) { return a.start < b; });
    for (; item != base.items.end() && item->start < *last; ++item) {
      tree.items.push_back({item->start + shift, item->item});
    }
    entry = static_cast<std::size_t>(last - starts.begin());
    return *last + shift;
  }

  // Returns where the next entry begins. A tree that makes no sense ends here.
  std::size_t parse_entry(unsigned worker, std::string_view bytes, std::size_t at, Reading& tree) {
    const std::size_t width = static_cast<std::size_t>(store_.hash());
    std::size_t space = bytes.find(' ', at);
    std::size_t nul = space == std::string_view::npos ? space : bytes.find('\0', space);
    if (nul == std::string_view::npos || bytes.size() - nul - 1 < width) return bytes.size();
    auto mode = parse_mode(bytes.substr(at, space - at));
    if (!mode) return bytes.size();
    tree.starts.push_back(static_cast<std::uint32_t>(at));
    const std::size_t end = nul + 1 + width;
    if ((*mode & kTypeBits) == 0160000) return end;  // a submodule's commit lives elsewhere
    Oid oid = Oid::from_bytes(bytes.data() + nul + 1, store_.hash());
    auto child = find(worker, oid);
    if (!child) {
      if (missing_[worker].size() < kMaxMissingNamed) missing_[worker].insert(oid);
      return end;
    }
    bool folder = (*mode & kTypeBits) == 0040000;
    if ((folder || wanted_[*child]) && nul - space <= kMaxName) {
      std::uint32_t name = names_.intern(bytes.substr(space + 1, nul - space - 1));
      tree.items.push_back({static_cast<std::uint32_t>(at), {name, folder, *child}});
    }
    return end;
  }

  // The same files stand in version after version of a folder: a small direct-mapped cache answers most look-ups without going to
  // the index, whose pages are cold.
  std::optional<ObjectId> find(unsigned worker, const Oid& oid) {
    if (oid.is_null()) return std::nullopt;  // what an empty slot holds; some broken trees name it
    Cached& slot = cache_[worker][std::hash<Oid>()(oid) % kCacheSize];
    if (slot.oid == oid) return slot.id;
    auto id = store_.find(oid);
    if (id) slot = {oid, *id};
    return id;
  }

  std::unique_ptr<Annotation> keep(unsigned worker, ObjectId id, const Reading& tree, const TreeNote* base) {
    auto same_item = [](const PlacedItem& a, const PlacedItem& b) { return a.item == b.item; };
    ListId& list = lists_.list_of_[id];
    if (tree.items.empty()) {
      list = kNoList;
    } else if (base != nullptr && std::equal(tree.items.begin(), tree.items.end(), base->items.begin(),
                                             base->items.end(), same_item)) {
      list = base->list;
    } else {
      TreeLists::Worker& own = lists_.workers_[worker];
      list = static_cast<ListId>(own.lists.size() * lists_.workers_.size() + worker);
      std::size_t begin = own.items.size();
      for (const PlacedItem& placed : tree.items) own.items.push_back(placed.item);
      own.lists.push_back({begin, own.items.size()});
    }
    if (store_.first_child(id) == kNoObject) return nullptr;  // nobody will ask
    auto note = std::make_unique<TreeNote>();
    note->starts = base != nullptr && tree.starts == *base->starts ? base->starts : std::make_shared<const Starts>(tree.starts);
    note->items = tree.items;
    note->list = list;
    return note;
  }

  const ObjectStore& store_;
  const std::vector<bool>& wanted_;
  TreeLists& lists_;
  NameTable names_;
  std::vector<Reading> readings_;  // one per worker
  std::vector<std::unordered_set<Oid>> missing_;
  struct Cached {
    Oid oid;
    ObjectId id = kNoObject;
  };
  static constexpr std::size_t kCacheSize = 1 << 15;
  std::vector<std::vector<Cached>> cache_;
};

TreeLists TreeLists::read(const ObjectStore& store, const std::vector<bool>& wanted,
                          const WalkOptions& options, Problems& problems) {
  TreeLists lists;
  lists.list_of_.assign(store.size(), kNoList);
  lists.workers_.resize(std::max(1u, options.threads));
  TreeVisitor visitor(store, wanted, static_cast<unsigned>(lists.workers_.size()), lists);
  walk(store, visitor, options, problems);
  lists.names_ = visitor.names().take();
  for (const Worker& worker : lists.workers_) lists.longest_ = std::max(lists.longest_, worker.lists.size());
  lists.missing_ = visitor.take_missing();
  return lists;
}

std::span<const TreeItem> TreeLists::items(ListId list) const {
  if (list == kNoList) return {};
  const Worker& worker = workers_[list % workers_.size()];
  const Range& range = worker.lists[list / workers_.size()];
  return {worker.items.data() + range.begin, worker.items.data() + range.end};
}

}  // namespace keywake::git
