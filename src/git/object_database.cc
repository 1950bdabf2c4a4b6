#include "git/object_database.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "base/mapped_file.h"
#include "base/text.h"
#include "git/inflate.h"
#include "git/object_store.h"

namespace keywake::git {
namespace fs = std::filesystem;
namespace {

constexpr int kMaxTagDepth = 32;        // tags of tags of …
constexpr std::size_t kMaxHeader = 64;  // "commit 4294967295\0" with room

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

std::string_view name_of(ObjectType type) {
  switch (type) {
    case ObjectType::kCommit:
      return "commit";
    case ObjectType::kTree:
      return "tree";
    case ObjectType::kBlob:
      return "blob";
    case ObjectType::kTag:
      return "tag";
    default:
      return "";
  }
}

ObjectType type_named(std::string_view name) {
  for (ObjectType type :
       {ObjectType::kCommit, ObjectType::kTree, ObjectType::kBlob, ObjectType::kTag}) {
    if (name == name_of(type)) return type;
  }
  return ObjectType::kNone;
}

}  // namespace

std::string_view reason(ReadOutcome outcome) {
  switch (outcome) {
    case ReadOutcome::kDone:
      return "read";
    case ReadOutcome::kMissing:
      return "missing";
    case ReadOutcome::kDamaged:
      return "damaged";
    case ReadOutcome::kTooLarge:
      return "larger than --max-file-size";
  }
  return "";
}

struct ObjectDatabase::Stores {
  Repository repository;
  std::uint64_t max_object = 0;
  HashKind hash = HashKind::kSha1;
  Problems* problems = nullptr;  // until the packs are open
  std::unique_ptr<EVP_MD_CTX, FreeDigest> digest{EVP_MD_CTX_new()};
  Inflater inflater;
  std::string buffer;
  std::vector<PackBackend> packs;
  // SHA-256 only:
  std::optional<ObjectStore> store;
  std::optional<ObjectReader> reader;

  void open_packs();
  bool hashes_to(const Oid& oid, const Object& object);
  ReadOutcome read_loose(const fs::path& folder, const Oid& oid, Object& object);
  ReadOutcome read_sha256(const Oid& oid, Object& object);
  void list_loose(const fs::path& folder, std::vector<Oid>& oids) const;
};

void ObjectDatabase::Stores::open_packs() {
  if (problems == nullptr) return;
  Problems& unusable = *std::exchange(problems, nullptr);
  if (hash != HashKind::kSha1) {
    store.emplace(ObjectStore::open(repository, unusable));
    reader.emplace(*store, max_object);
    return;
  }
  for (const fs::path& folder : repository.object_dirs) {
    std::vector<fs::path> indexes;
    std::error_code ec;
    for (fs::directory_iterator it(folder / "pack", ec), end; !ec && it != end; it.increment(ec)) {
      if (it->path().extension() == ".idx") indexes.push_back(it->path());
    }
    std::sort(indexes.begin(), indexes.end());
    for (const fs::path& index : indexes) {
      auto pack = PackBackend::open(index);
      if (pack) {
        packs.push_back(std::move(*pack));
      } else {
        unusable.add(printable(index.filename().native()), pack.error().message);
      }
    }
  }
}

/// An id is the hash of "<type> <size>\0" and the bytes.
bool ObjectDatabase::Stores::hashes_to(const Oid& oid, const Object& object) {
  const std::string header = fmt::format("{} {}", name_of(object.type), object.bytes.size());
  unsigned char actual[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const EVP_MD* kind = hash == HashKind::kSha1 ? EVP_sha1() : EVP_sha256();
  bool done = EVP_DigestInit_ex(digest.get(), kind, nullptr) == 1 &&
              EVP_DigestUpdate(digest.get(), header.c_str(), header.size() + 1) == 1 &&
              EVP_DigestUpdate(digest.get(), object.bytes.data(), object.bytes.size()) == 1 &&
              EVP_DigestFinal_ex(digest.get(), actual, &size) == 1;
  return done && Oid::from_bytes(actual, hash) == oid;
}

/// objects/ab/cdef…: one zlib stream of "<type> <size>\0" and the bytes.
ReadOutcome ObjectDatabase::Stores::read_loose(const fs::path& folder, const Oid& oid,
                                               Object& object) {
  const std::string hex = oid.hex(hash);
  const fs::path path = folder / hex.substr(0, 2) / hex.substr(2);
  std::error_code ec;
  if (!fs::exists(path, ec)) return ReadOutcome::kMissing;
  if (fs::file_size(path, ec) > max_object + limits::kMiB && !ec) return ReadOutcome::kTooLarge;
  auto packed = read_file(path, max_object + limits::kMiB);
  if (!packed) return ReadOutcome::kDamaged;
  Inflater::Outcome outcome = inflater.inflate_all(*packed, max_object + kMaxHeader, buffer);
  if (outcome == Inflater::Outcome::kTooLarge) return ReadOutcome::kTooLarge;
  if (outcome != Inflater::Outcome::kDone) return ReadOutcome::kDamaged;
  std::string_view header = std::string_view(buffer).substr(0, kMaxHeader);
  std::size_t space = header.find(' ');
  std::size_t nul = header.find('\0');
  if (nul == std::string_view::npos || space > nul) return ReadOutcome::kDamaged;
  object.type = type_named(header.substr(0, space));
  std::uint64_t size = 0;
  auto [end, error] = std::from_chars(header.data() + space + 1, header.data() + nul, size);
  bool sound = error == std::errc{} && end == header.data() + nul &&
               size == buffer.size() - nul - 1 && object.type != ObjectType::kNone;
  if (!sound) return ReadOutcome::kDamaged;
  if (size > max_object) return ReadOutcome::kTooLarge;
  object.bytes.assign(buffer, nul + 1);
  return ReadOutcome::kDone;
}

ReadOutcome ObjectDatabase::Stores::read_sha256(const Oid& oid, Object& object) {
  auto id = store->find(oid);
  if (!id) return ReadOutcome::kMissing;
  switch (reader->read(*id, object.bytes, object.type)) {
    case ObjectReader::Outcome::kDone:
      return ReadOutcome::kDone;
    case ObjectReader::Outcome::kTooLarge:
      return ReadOutcome::kTooLarge;
    case ObjectReader::Outcome::kDamaged:
      break;
  }
  return ReadOutcome::kDamaged;
}

void ObjectDatabase::Stores::list_loose(const fs::path& folder, std::vector<Oid>& oids) const {
  std::error_code ec;
  for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    std::string prefix = it->path().filename().native();
    std::error_code inner;
    if (prefix.size() != 2 || !from_hex(prefix) || !it->is_directory(inner)) continue;
    for (fs::directory_iterator file(it->path(), inner), none; !inner && file != none;
         file.increment(inner)) {
      std::string hex = prefix + file->path().filename().native();
      if (hex.size() != 2 * static_cast<std::size_t>(hash)) continue;
      if (auto oid = Oid::from_hex(hex)) oids.push_back(*oid);
    }
  }
}

ObjectDatabase::ObjectDatabase(std::unique_ptr<Stores> stores) : stores_(std::move(stores)) {}
ObjectDatabase::ObjectDatabase(ObjectDatabase&&) noexcept = default;
ObjectDatabase& ObjectDatabase::operator=(ObjectDatabase&&) noexcept = default;
ObjectDatabase::~ObjectDatabase() = default;

Result<ObjectDatabase> ObjectDatabase::open(const Repository& repository, Problems& problems,
                                            std::uint64_t max_object, Packs packs) {
  std::error_code ec;
  fs::directory_iterator readable(repository.common_dir / "objects", ec);
  if (ec) {
    return fail(fmt::format("{}: its object store cannot be read: {}", printable(repository.git_dir.native()),
                            ec.message()));
  }
  auto stores = std::make_unique<Stores>();
  stores->repository = repository;
  stores->max_object = max_object;
  stores->hash = repository.hash;
  stores->problems = &problems;
  if (packs == Packs::kNow) stores->open_packs();
  return ObjectDatabase(std::move(stores));
}

ReadOutcome ObjectDatabase::read(const Oid& oid, Object& object) const {
  ReadOutcome worst = ReadOutcome::kMissing;
  auto sound = [&](ReadOutcome outcome) {  // damaged here, it may be sound elsewhere
    if (outcome == ReadOutcome::kDone && !stores_->hashes_to(oid, object))
      outcome = ReadOutcome::kDamaged;
    if (outcome != ReadOutcome::kMissing) worst = outcome;
    return outcome == ReadOutcome::kDone;
  };
  for (const fs::path& folder : stores_->repository.object_dirs) {
    if (sound(stores_->read_loose(folder, oid, object))) return ReadOutcome::kDone;
  }
  stores_->open_packs();
  if (stores_->store) {
    sound(stores_->read_sha256(oid, object));
    return worst;
  }
  for (const PackBackend& pack : stores_->packs) {
    if (sound(pack.read(oid, stores_->max_object, object.type, object.bytes)))
      return ReadOutcome::kDone;
  }
  return worst;
}

ObjectType ObjectDatabase::type(const Oid& oid) const {
  Object object;
  for (const fs::path& folder : stores_->repository.object_dirs) {
    if (stores_->read_loose(folder, oid, object) == ReadOutcome::kDone) return object.type;
  }
  stores_->open_packs();
  if (stores_->store) {
    auto id = stores_->store->find(oid);
    return id ? stores_->store->type(*id) : ObjectType::kNone;
  }
  for (const PackBackend& pack : stores_->packs) {
    if (ObjectType type = pack.type(oid); type != ObjectType::kNone) return type;
  }
  return ObjectType::kNone;
}

std::vector<Oid> ObjectDatabase::all_objects(Problems& problems) const {
  stores_->open_packs();
  std::vector<Oid> oids;
  for (const PackBackend& pack : stores_->packs) {
    if (auto listed = pack.list(oids); !listed)
      problems.add(pack.name(), listed.error().message);
  }
  if (stores_->store) {
    for (ObjectId id = 0; id < stores_->store->size(); ++id)
      oids.push_back(stores_->store->oid(id));
  }
  for (const fs::path& folder : stores_->repository.object_dirs) stores_->list_loose(folder, oids);
  std::sort(oids.begin(), oids.end());
  oids.erase(std::unique(oids.begin(), oids.end()), oids.end());
  return oids;
}

std::optional<Oid> ObjectDatabase::peel_to_commit(Oid oid) const {
  constexpr std::string_view kStart = "object ";  // a tag begins "object <hex>\n" (git-mktag(1))
  Object object;
  for (int depth = 0; depth < kMaxTagDepth; ++depth) {
    ObjectType kind = type(oid);
    if (kind == ObjectType::kCommit) return oid;
    if (kind != ObjectType::kTag || read(oid, object) != ReadOutcome::kDone) return std::nullopt;
    std::string_view line = std::string_view(object.bytes).substr(0, object.bytes.find('\n'));
    auto target =
        line.starts_with(kStart) ? Oid::from_hex(line.substr(kStart.size())) : std::nullopt;
    if (!target) return std::nullopt;
    oid = *target;
  }
  return std::nullopt;
}

namespace {

/// Full ids, HEAD, and names as git completes them (gitrevisions(7), "<refname>").
std::optional<Oid> known_name(const Repository& repository, std::string_view name) {
  if (name == "@") name = "HEAD";
  if (name.size() == 2 * static_cast<std::size_t>(repository.hash)) {
    if (auto oid = Oid::from_hex(name)) return oid;
  }
  static constexpr std::pair<std::string_view, std::string_view> kPlaces[] = {
      {"", ""},
      {"refs/", ""},
      {"refs/tags/", ""},
      {"refs/heads/", ""},
      {"refs/remotes/", ""},
      {"refs/remotes/", "/HEAD"}};
  for (const auto& [before, after] : kPlaces) {
    const std::string full = fmt::format("{}{}{}", before, name, after);
    for (const Ref& ref : repository.refs) {
      if (ref.name == full) return ref.target;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Oid> resolve_revision(const Repository& repository, const ObjectDatabase& database,
                             std::string_view expression) {
  const std::string where = printable(repository.git_dir.native());
  std::optional<Oid> named = known_name(repository, expression);
  if (!named) {
    if (expression.empty() || expression.find('\0') != std::string_view::npos) {
      return fail("an empty revision; name a branch, a tag or a commit");
    }
    if (repository.hash != HashKind::kSha1) {
      return fail(fmt::format(
          "revision '{}': no such ref in {}; in a SHA-256 repository, which libgit2 cannot read, "
          "name revisions by a ref or a full id",
          printable(expression), where));
    }
    std::string spelled(expression);  // "@~2" is "HEAD~2", but "@{1}" is not "HEAD{1}"
    if (spelled.starts_with("@~") || spelled.starts_with("@^")) spelled.replace(0, 1, "HEAD");
    auto parsed = parse_revision(repository, spelled);
    if (!parsed) return parsed;
    named = *parsed;
  }
  if (auto commit = database.peel_to_commit(*named)) return *commit;
  return fail(
      fmt::format("revision '{}' is not a commit that is in {}", printable(expression), where));
}

}  // namespace keywake::git
