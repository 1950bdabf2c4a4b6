#include "git/object_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "base/mapped_file.h"
#include "base/text.h"
#include "git/inflate.h"
#include "git/object_id.h"

namespace keywake::git {
namespace fs = std::filesystem;
namespace {

constexpr int kMaxTagDepth = 32;        // tags of tags of …
constexpr std::size_t kMaxHeader = 64;  // "commit 4294967295\0" with room

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
  Inflater inflater;
  std::string buffer;
  bool by_libgit2 = false;
  std::vector<PackBackend> backends;  // if so
  std::vector<SinglePack> packs;      // else

  [[nodiscard]] bool packs_open() const { return problems == nullptr; }
  void open_packs();
  template <typename AnyPack>
  void open_pack(Result<AnyPack> pack, const fs::path& index, std::vector<AnyPack>& into, Problems& unusable);
  ReadOutcome read_loose(const fs::path& folder, const Oid& oid, Object& object);
  void list_loose(const fs::path& folder, std::vector<Oid>& oids) const;
};

void ObjectDatabase::Stores::open_packs() {
  if (packs_open()) return;
  Problems& unusable = *std::exchange(problems, nullptr);
  for (const fs::path& folder : repository.object_dirs) {
    std::vector<fs::path> indexes;
    std::error_code ec;
    for (fs::directory_iterator it(folder / "pack", ec), end; !ec && it != end; it.increment(ec)) {
      if (it->path().extension() == ".idx") indexes.push_back(it->path());
    }
    std::sort(indexes.begin(), indexes.end());
    for (const fs::path& index : indexes) {
      if (by_libgit2) {
        open_pack(PackBackend::open(index), index, backends, unusable);
      } else {
        open_pack(SinglePack::open(index, hash), index, packs, unusable);
      }
    }
  }
}

template <typename AnyPack>
void ObjectDatabase::Stores::open_pack(Result<AnyPack> pack, const fs::path& index, std::vector<AnyPack>& into, Problems& unusable) {
  if (pack) {
    into.push_back(*std::move(pack));
  } else {
    unusable.add(printable(index.filename().native()), pack.error().message);
  }
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
  stores->by_libgit2 = packs == Packs::kLibgit2 && repository.hash == HashKind::kSha1;
  if (packs == Packs::kLibgit2) stores->open_packs();
  return ObjectDatabase(std::move(stores));
}

ReadOutcome ObjectDatabase::read(const Oid& oid, Object& object) const {
  ReadOutcome worst = ReadOutcome::kMissing;
  auto sound = [&](ReadOutcome outcome) {  // damaged here, it may be sound elsewhere
    if (outcome == ReadOutcome::kDone && object_id(object.type, object.bytes, stores_->hash) != oid)
      outcome = ReadOutcome::kDamaged;
    if (outcome != ReadOutcome::kMissing) worst = outcome;
    return outcome == ReadOutcome::kDone;
  };
  auto read_from = [&](auto& packs) {
    return std::any_of(packs.begin(), packs.end(), [&](auto& pack) { return sound(pack.read(oid, stores_->max_object, object.type, object.bytes)); });
  };
  auto packed = [&] { return read_from(stores_->packs) || read_from(stores_->backends); };
  auto loose = [&] {
    const auto& folders = stores_->repository.object_dirs;
    return std::any_of(folders.begin(), folders.end(), [&](const fs::path& folder) { return sound(stores_->read_loose(folder, oid, object)); });
  };
  // To look for a file costs more than to look into an open pack, and less than to open one.
  const bool found = stores_->packs_open() ? packed() || loose() : loose() || (stores_->open_packs(), packed());
  return found ? ReadOutcome::kDone : worst;
}

ObjectType ObjectDatabase::type(const Oid& oid) const {
  auto packed = [&] {
    ObjectType out = ObjectType::kNone;
    for (auto pack = stores_->packs.begin(); out == ObjectType::kNone && pack != stores_->packs.end(); ++pack) out = pack->type(oid);
    for (auto pack = stores_->backends.begin(); out == ObjectType::kNone && pack != stores_->backends.end(); ++pack) out = pack->type(oid);
    return out;
  };
  const bool open = stores_->packs_open();
  if (const ObjectType type = open ? packed() : ObjectType::kNone; type != ObjectType::kNone) return type;
  Object object;
  for (const fs::path& folder : stores_->repository.object_dirs) {
    if (stores_->read_loose(folder, oid, object) == ReadOutcome::kDone) return object.type;
  }
  stores_->open_packs();
  return open ? ObjectType::kNone : packed();
}

std::vector<Oid> ObjectDatabase::all_objects(Problems& problems) const {
  stores_->open_packs();
  std::vector<Oid> oids;
  for (const SinglePack& pack : stores_->packs) pack.list(oids);
  for (const PackBackend& pack : stores_->backends) {
    if (auto listed = pack.list(oids); !listed)
      problems.add(pack.name(), listed.error().message);
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
