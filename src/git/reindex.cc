// Two steps. First, entries are found: each is a header and a zlib stream, and where the stream ends is known only by inflating it.
// Second, ids are computed: an id is the digest of "type size\0content", so each object is built; deltas whose base is named by id (REF_DELTA)
// can be attached only once that base's id is known, so rounds follow one another until a round finds nothing new.
#include "git/reindex.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <thread>
#include <unordered_map>

#include "git/object_store.h"
#include "git/walk.h"

namespace keywake::git {
namespace {

constexpr std::uint64_t kMaxObject = limits::kGiB;  // larger ones cannot be scanned anyway

std::string_view type_name(ObjectType type) {
  switch (type) {
    case ObjectType::kCommit: return "commit";
    case ObjectType::kTree: return "tree";
    case ObjectType::kTag: return "tag";
    default: return "blob";
  }
}

std::vector<std::uint64_t> find_entries(const Pack& pack, Problems& problems) {
  std::vector<std::uint64_t> offsets;
  Inflater inflater;
  std::string buffer;
  std::uint64_t at = 12;
  while (at < pack.end() && offsets.size() < pack.declared_count()) {
    auto header = pack.header(at);
    std::optional<std::size_t> taken;
    if (header && header->size <= kMaxObject) {
      buffer.resize(header->size);
      std::uint64_t stream = at + header->length;
      taken = inflater.inflate(pack.bytes().substr(stream, pack.end() - stream), buffer.data(), buffer.size());
    }
    if (!taken) break;
    offsets.push_back(at);
    at += header->length + *taken;
  }
  if (offsets.size() < pack.declared_count()) {
    problems.add(pack.name(), fmt::format("cut off or damaged at byte {}: {} of {} objects stand before it",
                                          at, offsets.size(), pack.declared_count()));
  }
  return offsets;
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
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, hash_ == HashKind::kSha1 ? EVP_sha1() : EVP_sha256(), nullptr);
    std::string head = fmt::format("{} {}", type_name(type), bytes.size());
    EVP_DigestUpdate(context, head.c_str(), head.size() + 1);
    EVP_DigestUpdate(context, bytes.data(), bytes.size());
    std::uint8_t digest[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(context, digest, nullptr);
    EVP_MD_CTX_free(context);
    ids_[id] = Oid::from_bytes(digest, hash_);  // each object is computed by one worker: no two write one place
  }

  std::vector<Oid> ids_;
  HashKind hash_;
};

}  // namespace

Reindexed reindex(const std::filesystem::path& pack_path, HashKind hash, Problems& problems) {
  auto pack = Pack::open(pack_path, hash);
  if (!pack) return {};
  std::vector<std::uint64_t> offsets = find_entries(*pack, problems);
  ObjectStore store = ObjectStore::of_pack(std::move(*pack), offsets);
  IdVisitor visitor(store.size(), hash);
  WalkOptions options;
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  options.max_object = kMaxObject;
  walk(store, visitor, options, problems);

  std::vector<ObjectId> waiting;  // REF deltas whose base is not yet known
  for (ObjectId id = 0; id < store.size(); ++id) {
    auto header = store.place(id).pack->header(offsets[id]);
    if (header && header->type == ObjectType::kRefDelta) waiting.push_back(id);
  }
  std::unordered_map<Oid, ObjectId> known;
  while (!waiting.empty()) {
    known.clear();
    for (ObjectId id = 0; id < store.size(); ++id) {
      if (!visitor.id(id).is_null()) known.emplace(visitor.id(id), id);
    }
    std::vector<ObjectId> attached;
    std::vector<ObjectId> still;
    for (ObjectId id : waiting) {
      auto it = known.find(store.place(id).pack->header(offsets[id])->base_oid);
      if (it == known.end()) {
        still.push_back(id);
      } else {
        store.set_base(id, it->second);
        attached.push_back(id);
      }
    }
    if (attached.empty()) break;
    store.link();
    walk_from(store, attached, visitor, options, problems);
    waiting = std::move(still);
  }

  std::vector<PackIndex::Rebuilt> objects;
  for (ObjectId id = 0; id < store.size(); ++id) {
    if (!visitor.id(id).is_null()) objects.push_back({visitor.id(id), offsets[id]});
  }
  return {PackIndex::from_objects(std::move(objects), hash)};
}

}  // namespace keywake::git
