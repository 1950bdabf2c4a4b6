// Two steps. First, entries are found: each is a header and a zlib stream, and where the stream ends is known only by inflating it. Behind
// damage every byte is tried as the beginning of an entry; a false one would have to fit size and checksum by chance.
// Second, ids are computed: an id is the digest of "type size\0content", so each object is built; deltas whose base is named by id (REF_DELTA)
// can be attached only once that base's id is known, so rounds follow one another until a round finds nothing new.
#include "git/reindex.h"

#include <fmt/format.h>

#include <bit>
#include <memory>
#include <thread>
#include <unordered_map>

#include "git/object_id.h"
#include "git/object_store.h"
#include "git/walk.h"

namespace keywake::git {
namespace {

constexpr std::uint64_t kMaxObject = limits::kGiB;  // room for a whole one is needed
constexpr int kMaxRounds = 4096;  // git's own longest delta chain is 4095

class EntryFinder {
 public:
  explicit EntryFinder(const Pack& pack) : pack_(pack) {}
  void run();
  [[nodiscard]] const std::vector<std::uint64_t>& offsets() const { return offsets_; }
  [[nodiscard]] std::string damage() const;

 private:
  std::optional<std::uint64_t> end_of_entry(std::uint64_t at);

  const Pack& pack_;
  Inflater inflater_;
  std::unique_ptr<char[]> buffer_;  // grows, is never cleared
  std::size_t capacity_ = 0;
  std::vector<std::uint64_t> offsets_;
  std::size_t gaps_ = 0;
  std::uint64_t first_gap_ = 0;
};

// Absent if no whole entry stands here: header, zlib header, and a stream of the size it claims that fits its checksum. Nearly all
// wrong places fail before anything is inflated.
std::optional<std::uint64_t> EntryFinder::end_of_entry(std::uint64_t at) {
  auto header = pack_.header(at);
  if (!header || header->size > kMaxObject) return std::nullopt;
  const std::uint64_t begin = at + header->length;
  std::string_view stream = pack_.bytes().substr(begin, pack_.end() - begin);
  if (stream.size() < 2 || !Inflater::could_hold(stream.size(), header->size)) return std::nullopt;
  const unsigned first = static_cast<std::uint8_t>(stream[0]);
  const unsigned zlib_header = first << 8 | static_cast<std::uint8_t>(stream[1]);
  if ((first & 15) != 8 || zlib_header % 31 != 0) return std::nullopt;  // RFC 1950, 2.2
  if (capacity_ < header->size || !buffer_) {
    capacity_ = std::bit_ceil(std::max<std::size_t>(header->size, 4096));
    buffer_.reset(new char[capacity_]);
  }
  auto taken = inflater_.inflate(stream, buffer_.get(), header->size);
  return taken ? std::optional(begin + *taken) : std::nullopt;
}

// The count that the pack declares is not asked: it may be what is damaged.
void EntryFinder::run() {
  for (std::uint64_t at = 12; at < pack_.end();) {
    auto next = end_of_entry(at);
    if (!next) {
      if (gaps_++ == 0) first_gap_ = at;
      while (!next && ++at < pack_.end()) next = end_of_entry(at);
      if (!next) return;
    }
    offsets_.push_back(at);
    at = *next;
  }
}

std::string EntryFinder::damage() const {
  if (gaps_ == 0) return {};
  std::string more = gaps_ > 1 ? fmt::format(" and in {} more places", gaps_ - 1) : "";
  return fmt::format("; unreadable at byte {}{}", first_gap_, more);
}

class IdVisitor : public Visitor {
 public:
  IdVisitor(std::uint32_t count, HashKind hash) : ids_(count), hash_(hash) {}
  bool wants(ObjectType type) const override { return type != ObjectType::kNone; }
  std::unique_ptr<Annotation> whole(unsigned, ObjectId id, ObjectType type, std::string_view bytes) override {
    compute(id, type, bytes);
    return nullptr;
  }
  std::unique_ptr<Annotation> delta(unsigned, ObjectId id, ObjectType type, std::string_view bytes,
                                    const CopyMap&, const Annotation*) override {
    compute(id, type, bytes);
    return nullptr;
  }
  [[nodiscard]] const Oid& id(ObjectId object) const { return ids_[object]; }

 private:
  void compute(ObjectId id, ObjectType type, std::string_view bytes) {
    ids_[id] = object_id(type, bytes, hash_);  // each object is computed by one worker: no two write one place
  }

  std::vector<Oid> ids_;
  HashKind hash_;
};

// Rounds: each gives the deltas that waited for an id found in the round before their base, and builds them and theirs.
void attach_by_id(ObjectStore& store, const std::vector<std::uint64_t>& offsets, IdVisitor& visitor,
                  const WalkOptions& options, Problems& problems) {
  std::unordered_multimap<Oid, ObjectId> waiting;
  for (ObjectId id = 0; id < store.size(); ++id) {
    auto header = store.place(id).pack->header(offsets[id]);
    if (header && header->type == ObjectType::kRefDelta) waiting.emplace(header->base_oid, id);
  }
  std::vector<bool> asked(store.size(), false);
  for (int round = 0; round < kMaxRounds && !waiting.empty(); ++round) {
    std::vector<ObjectId> attached;
    for (ObjectId id = 0; id < store.size(); ++id) {
      if (asked[id] || visitor.id(id).is_null()) continue;
      asked[id] = true;
      auto [begin, end] = waiting.equal_range(visitor.id(id));
      for (auto it = begin; it != end; ++it) {
        store.set_base(it->second, id);
        attached.push_back(it->second);
      }
      waiting.erase(begin, end);
    }
    if (attached.empty()) break;
    store.link();
    walk_from(store, attached, visitor, options, problems);
  }
}

}  // namespace

Reindexed reindex(const std::filesystem::path& pack_path, HashKind hash, Problems& problems) {
  auto pack = Pack::open(pack_path, hash);
  if (!pack) return {};
  EntryFinder finder(*pack);
  finder.run();
  const std::vector<std::uint64_t> offsets = finder.offsets();
  std::string damage = finder.damage();
  ObjectStore store = ObjectStore::of_pack(std::move(*pack), offsets);
  IdVisitor visitor(store.size(), hash);
  WalkOptions options;
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  options.max_object = kMaxObject;
  walk(store, visitor, options, problems);
  attach_by_id(store, offsets, visitor, options, problems);

  std::vector<PackIndex::Rebuilt> objects;
  for (ObjectId id = 0; id < store.size(); ++id) {
    if (!visitor.id(id).is_null()) {
      objects.push_back({visitor.id(id), offsets[id]});
    } else if (!store.sound(id)) {
      problems.add(store.describe(id), "its delta base is missing, or its deltas form a loop");
    }
  }
  return {PackIndex::from_objects(std::move(objects), hash), std::move(damage)};
}

}  // namespace keywake::git
