#include "git/libgit2.h"

#include <fmt/format.h>
#include <git2.h>
#include <git2/odb_backend.h>
#include <git2/sys/odb_backend.h>

#include <algorithm>
#include <utility>

#include "base/mapped_file.h"
#include "base/text.h"

namespace keywake::git {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxConfig = 1 * limits::kMiB;
constexpr int kMaxTagDepth = 32;  // tags of tags of …

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
using RepositoryHandle = std::unique_ptr<git_repository, Freer<git_repository_free>>;
using ObjectHandle = std::unique_ptr<git_object, Freer<git_object_free>>;
using OdbHandle = std::unique_ptr<git_odb, Freer<git_odb_free>>;

struct FreeBackend {
  void operator()(git_odb_backend* backend) const noexcept { backend->free(backend); }
};
using BackendHandle = std::unique_ptr<git_odb_backend, FreeBackend>;

std::string last_message() {
  const git_error* error = git_error_last();
  return error != nullptr && error->message != nullptr ? printable(error->message)
                                                       : "no reason given";
}

// What libgit2 would read outside the repository is emptied, what it would refuse for reasons that
// do not concern a reader (the folder's owner, extensions that change nothing for a reader) is let
// through.
std::string set_up() {
  if (git_libgit2_init() < 0) return last_message();
  bool set = true;
  for (int level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                    GIT_CONFIG_LEVEL_GLOBAL}) {
    set = set && git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "") == 0;
  }
  set = set && git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0) == 0;
  const char* extensions[] = {"partialclone", "worktreeconfig", "preciousobjects",
                              "relativeworktrees"};
  set = set && git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, std::size(extensions)) == 0;
  set = set && git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0) == 0;  // callers keep what they need
  return set ? std::string() : last_message();
}

Result<void> ready() {
  static const std::string failure = set_up();
  if (!failure.empty()) return fail("libgit2 cannot be set up: " + failure);
  return {};
}

git_oid raw(const Oid& oid) {
  git_oid result;
  git_oid_fromraw(&result, oid.bytes.data());
  return result;
}

Oid from_raw(const git_oid& oid) {
  return Oid::from_bytes(oid.id, HashKind::kSha1);
}

bool is_regular(const fs::path& path) {
  std::error_code ec;
  return fs::is_regular_file(path, ec);
}

int append_oid(const git_oid* oid, void* list) {
  static_cast<std::vector<Oid>*>(list)->push_back(from_raw(*oid));
  return 0;
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

struct ObjectDatabase::Backends {
  struct Pack {
    BackendHandle backend;
    std::string name;
  };
  struct LooseFolder {
    BackendHandle backend;
    fs::path folder;
  };
  std::vector<Pack> packs;
  std::vector<LooseFolder> loose;
  std::uint64_t max_object = 0;

  void open_pack(const fs::path& index, Problems& problems);
  void open_folder(const fs::path& folder, Problems& problems);
  ReadOutcome read(git_odb_backend* backend, const git_oid& oid, Object& object) const;
  /// Calls `use` with each backend that may hold the object until one call is true.
  template <typename Use>
  bool any(const Oid& oid, Use&& use) const;
};

void ObjectDatabase::Backends::open_pack(const fs::path& index, Problems& problems) {
  fs::path pack = fs::path(index).replace_extension(".pack");
  std::string name = printable(pack.filename().native());
  // libgit2 opens what has the name, and would wait for ever on a FIFO.
  if (!is_regular(index) || !is_regular(pack)) {
    problems.add(name, "not a regular file, or without its pack");
    return;
  }
  git_odb_backend* opened = nullptr;
  if (git_odb_backend_one_pack(&opened, index.c_str()) != 0) {
    problems.add(name, "not readable by libgit2: " + last_message());
    return;
  }
  BackendHandle backend(opened);
  // The index is not looked at before the first question. One for an id that no object has tells
  // whether it is sound.
  git_oid nothing = raw(Oid{});
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (backend->read_header(&size, &type, backend.get(), &nothing) != GIT_ENOTFOUND) {
    problems.add(name, "its index is not readable by libgit2: " + last_message());
    return;
  }
  packs.push_back({std::move(backend), std::move(name)});
}

void ObjectDatabase::Backends::open_folder(const fs::path& folder, Problems& problems) {
  std::vector<fs::path> indexes;
  std::error_code ec;
  for (fs::directory_iterator it(folder / "pack", ec), end; !ec && it != end; it.increment(ec)) {
    if (it->path().extension() == ".idx") indexes.push_back(it->path());
  }
  std::sort(indexes.begin(), indexes.end());
  for (const fs::path& index : indexes) open_pack(index, problems);

  git_odb_backend* opened = nullptr;
  if (git_odb_backend_loose(&opened, folder.c_str(), -1, 0, 0, 0) != 0) {
    problems.add(printable(folder.native()),
                 "loose objects not readable by libgit2: " + last_message());
    return;
  }
  loose.push_back({BackendHandle(opened), folder});
}

template <typename Use>
bool ObjectDatabase::Backends::any(const Oid& oid, Use&& use) const {
  for (const Pack& pack : packs) {
    if (use(pack.backend.get())) return true;
  }
  const std::string hex = oid.hex();
  for (const LooseFolder& folder : loose) {
    // As with packs: only what is a regular file is opened.
    if (is_regular(folder.folder / hex.substr(0, 2) / hex.substr(2)) && use(folder.backend.get()))
      return true;
  }
  return false;
}

ReadOutcome ObjectDatabase::Backends::read(git_odb_backend* backend, const git_oid& oid,
                                           Object& object) const {
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  int error = backend->read_header(&size, &type, backend, &oid);
  if (error == GIT_ENOTFOUND) return ReadOutcome::kMissing;
  if (error != 0) return ReadOutcome::kDamaged;
  if (size > max_object) return ReadOutcome::kTooLarge;

  void* bytes = nullptr;
  error = backend->read(&bytes, &size, &type, backend, &oid);
  if (error != 0) return error == GIT_ENOTFOUND ? ReadOutcome::kMissing : ReadOutcome::kDamaged;
  object.bytes.assign(static_cast<const char*>(bytes), size);
  git_odb_backend_data_free(backend, bytes);
  git_oid actual;
  if (type < GIT_OBJECT_COMMIT || type > GIT_OBJECT_TAG ||
      git_odb_hash(&actual, object.bytes.data(), object.bytes.size(), type) != 0 ||
      !git_oid_equal(&actual, &oid)) {
    return ReadOutcome::kDamaged;
  }
  object.type = static_cast<ObjectType>(type);  // git's own numbers, as in a pack
  return ReadOutcome::kDone;
}

ObjectDatabase::ObjectDatabase(std::unique_ptr<Backends> backends)
    : backends_(std::move(backends)) {}
ObjectDatabase::ObjectDatabase(ObjectDatabase&&) noexcept = default;
ObjectDatabase& ObjectDatabase::operator=(ObjectDatabase&&) noexcept = default;
ObjectDatabase::~ObjectDatabase() = default;

Result<ObjectDatabase> ObjectDatabase::open(const Repository& repository, Problems& problems,
                                            std::uint64_t max_object) {
  if (repository.hash != HashKind::kSha1) {
    return fail(fmt::format(
        "{}: a SHA-256 repository, which the installed libgit2 ({}) cannot read; "
        "scan its whole history instead, without --exhaustive, --staged, --range, --since "
        "or --branch",
        printable(repository.git_dir.native()), LIBGIT2_VERSION));
  }
  if (auto set = ready(); !set) return std::unexpected(set.error());
  auto backends = std::make_unique<Backends>();
  backends->max_object = max_object;
  for (const fs::path& folder : repository.object_dirs) backends->open_folder(folder, problems);
  return ObjectDatabase(std::move(backends));
}

ReadOutcome ObjectDatabase::read(const Oid& oid, Object& object) const {
  const git_oid wanted = raw(oid);
  ReadOutcome worst = ReadOutcome::kMissing;
  bool done = backends_->any(oid, [&](git_odb_backend* backend) {
    ReadOutcome outcome = backends_->read(backend, wanted, object);
    if (outcome != ReadOutcome::kMissing) worst = outcome;
    return outcome == ReadOutcome::kDone;  // damaged here, it may be sound elsewhere
  });
  return done ? ReadOutcome::kDone : worst;
}

ObjectType ObjectDatabase::type(const Oid& oid) const {
  const git_oid wanted = raw(oid);
  git_object_t type = GIT_OBJECT_INVALID;
  bool found = backends_->any(oid, [&](git_odb_backend* backend) {
    std::size_t size = 0;
    return backend->read_header(&size, &type, backend, &wanted) == 0;
  });
  bool known = found && type >= GIT_OBJECT_COMMIT && type <= GIT_OBJECT_TAG;
  return known ? static_cast<ObjectType>(type) : ObjectType::kNone;
}

std::vector<Oid> ObjectDatabase::all_objects(Problems& problems) const {
  std::vector<Oid> oids;
  for (const Backends::Pack& pack : backends_->packs) {
    if (pack.backend->foreach (pack.backend.get(), append_oid, &oids) != 0) {
      problems.add(pack.name, "its objects cannot be listed by libgit2: " + last_message());
    }
  }
  for (const Backends::LooseFolder& loose : backends_->loose) {
    std::error_code ec;
    for (fs::directory_iterator it(loose.folder, ec), end; !ec && it != end; it.increment(ec)) {
      std::string prefix = it->path().filename().native();
      std::error_code inner;
      if (prefix.size() != 2 || !from_hex(prefix) || !it->is_directory(inner)) continue;
      for (fs::directory_iterator file(it->path(), inner), none; !inner && file != none;
           file.increment(inner)) {
        if (auto oid = Oid::from_hex(prefix + file->path().filename().native()))
          oids.push_back(*oid);
      }
    }
  }
  std::sort(oids.begin(), oids.end());
  oids.erase(std::unique(oids.begin(), oids.end()), oids.end());
  return oids;
}

std::optional<Oid> peel_to_commit(const ObjectDatabase& database, Oid oid) {
  ObjectDatabase::Object object;
  for (int depth = 0; depth < kMaxTagDepth; ++depth) {
    ObjectType type = database.type(oid);
    if (type == ObjectType::kCommit) return oid;
    if (type != ObjectType::kTag || database.read(oid, object) != ReadOutcome::kDone)
      return std::nullopt;
    // A tag begins "object <hex>\n" (git-mktag(1)).
    std::string_view text = object.bytes;
    if (!text.starts_with("object ") || text.find('\n') != 47) return std::nullopt;
    auto target = Oid::from_hex(text.substr(7, 40));
    if (!target) return std::nullopt;
    oid = *target;
  }
  return std::nullopt;
}

namespace {

/// Ids in full, HEAD, and names as git completes them (gitrevisions(7), "<refname>").
std::optional<Oid> known_name(const Repository& repository, std::string_view name) {
  if (name == "@") name = "HEAD";
  static constexpr std::string_view kPlaces[] = {
      "{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD"};
  if (auto oid = Oid::from_hex(name)) return oid;
  for (std::string_view place : kPlaces) {
    const std::string full = fmt::format(fmt::runtime(place), name);
    for (const Ref& ref : repository.refs) {
      if (ref.name == full) return ref.target;
    }
  }
  return std::nullopt;
}

/// A configuration that pulls in other files could make libgit2 read anything, and wait for ever on
/// a FIFO.
Result<void> refuse_includes(const Repository& repository) {
  for (const fs::path& file :
       {repository.common_dir / "config", repository.git_dir / "config.worktree"}) {
    std::error_code ec;
    if (!fs::exists(fs::symlink_status(file, ec))) continue;
    auto text = read_file(file, kMaxConfig);
    if (!text) return std::unexpected(text.error());
    std::string lower = *text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    for (std::size_t at = lower.find("include"); at != std::string::npos;
         at = lower.find("include", at + 1)) {
      std::size_t before = lower.find_last_not_of(" \t\r\n", at == 0 ? 0 : at - 1);
      if (before != std::string::npos && lower[before] == '[') {
        return fail(fmt::format(
            "{} includes other files, which are not read; name revisions by ref or by full id",
            printable(file.native())));
      }
    }
  }
  return {};
}

Result<Oid> ask_libgit2(const Repository& repository, const std::string& expression) {
  if (auto safe = refuse_includes(repository); !safe) return std::unexpected(safe.error());
  git_repository* opened = nullptr;
  if (git_repository_open_ext(&opened, repository.git_dir.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH,
                              nullptr) != 0) {
    return fail(fmt::format("{}: libgit2 cannot open it: {}",
                            printable(repository.git_dir.native()), last_message()));
  }
  RepositoryHandle handle(opened);
  git_object* found = nullptr;
  int error = git_revparse_single(&found, handle.get(), expression.c_str());
  ObjectHandle object(found);
  if (error == GIT_EAMBIGUOUS)
    return fail(fmt::format("revision '{}' is ambiguous", printable(expression)));
  if (error != 0) {
    return fail(fmt::format("revision '{}' is not known in {}: {}", printable(expression),
                            printable(repository.git_dir.native()), last_message()));
  }
  return from_raw(*git_object_id(object.get()));
}

}  // namespace

Result<Oid> resolve_revision(const Repository& repository, const ObjectDatabase& database,
                             std::string_view expression) {
  std::optional<Oid> named = known_name(repository, expression);
  if (!named) {
    std::string spelled(expression);  // "@~2" is "HEAD~2", but "@{1}" is not "HEAD{1}"
    if (spelled.starts_with("@~") || spelled.starts_with("@^")) spelled.replace(0, 1, "HEAD");
    if (expression.empty() || expression.find('\0') != std::string_view::npos) {
      return fail("an empty revision; name a branch, a tag or a commit");
    }
    auto asked = ask_libgit2(repository, spelled);
    if (!asked) return std::unexpected(asked.error());
    named = *asked;
  }
  if (auto commit = peel_to_commit(database, *named)) return *commit;
  return fail(fmt::format("revision '{}' is not a commit that is in {}", printable(expression),
                          printable(repository.git_dir.native())));
}

}  // namespace keywake::git
