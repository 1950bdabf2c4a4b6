#include "git/libgit2.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "git/git2_internal.h"

namespace keywake::git {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxConfig = 1 * limits::kMiB;

struct Free {
  void operator()(git_repository* repository) const noexcept { git2().repository_free(repository); }
  void operator()(git_object* object) const noexcept { git2().object_free(object); }
};
using RepositoryHandle = std::unique_ptr<git_repository, Free>;
using ObjectHandle = std::unique_ptr<git_object, Free>;

std::string last_message() {
  const git_error* error = git2().error_last();
  return error != nullptr && error->message != nullptr ? printable(error->message)
                                                       : "no reason given";
}

// What libgit2 would read outside the repository is emptied, what it would refuse for reasons that
// do not concern a reader (the folder's owner, extensions that change nothing for a reader) is let
// through.
std::string set_up() {
  if (auto loaded = load_git2(); !loaded) return loaded.error().message;
  if (git2().libgit2_init() < 0) return last_message();
  bool set = true;
  for (int level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                    GIT_CONFIG_LEVEL_GLOBAL}) {
    set = set && git2().libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "") == 0;
  }
  set = set && git2().libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0) == 0;
  const char* extensions[] = {"partialclone", "worktreeconfig", "preciousobjects",
                              "relativeworktrees"};
  set = set && git2().libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, std::size(extensions)) == 0;
  set = set && git2().libgit2_opts(GIT_OPT_ENABLE_CACHING, 0) == 0;  // callers keep what they need
  return set ? std::string() : last_message();
}

Result<void> ready() {
  static const std::string failure = set_up();
  if (!failure.empty()) return fail("libgit2 cannot be set up: " + failure);
  return {};
}

git_oid raw(const Oid& oid) {
  git_oid result;
  git2().oid_fromraw(&result, oid.bytes.data());
  return result;
}

Oid from_raw(const git_oid& oid) {
  return Oid::from_bytes(oid.id, HashKind::kSha1);
}

bool is_regular(const fs::path& path) {
  std::error_code ec;
  return fs::is_regular_file(path, ec);
}

/// git's own numbers, as in a pack.
ObjectType type_of(git_object_t type) {
  return type >= GIT_OBJECT_COMMIT && type <= GIT_OBJECT_TAG ? static_cast<ObjectType>(type)
                                                             : ObjectType::kNone;
}

int append_oid(const git_oid* oid, void* list) {
  static_cast<std::vector<Oid>*>(list)->push_back(from_raw(*oid));
  return 0;
}

}  // namespace

void PackBackend::Free::operator()(git_odb_backend* backend) const noexcept {
  backend->free(backend);
}

Result<PackBackend> PackBackend::open(const fs::path& index) {
  fs::path pack = fs::path(index).replace_extension(".pack");
  PackBackend result;
  result.name_ = printable(pack.filename().native());
  // libgit2 opens what has the name, and would wait for ever on a FIFO.
  if (!is_regular(index) || !is_regular(pack)) {
    return fail("not a regular file, or an index without its pack");
  }
  if (auto set = ready(); !set) return std::unexpected(set.error());
  git_odb_backend* opened = nullptr;
  if (git2().odb_backend_one_pack(&opened, index.c_str()) != 0) {
    return fail("not readable by libgit2: " + last_message());
  }
  result.backend_.reset(opened);
  // The index is not looked at before the first question. One for an id that no object has tells
  // whether it is sound.
  git_oid nothing = raw(Oid{});
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (opened->read_header(&size, &type, opened, &nothing) != GIT_ENOTFOUND) {
    return fail("its index is not readable by libgit2: " + last_message());
  }
  return result;
}

ReadOutcome PackBackend::read(const Oid& oid, std::uint64_t limit, ObjectType& type,
                              std::string& bytes) const {
  const git_oid wanted = raw(oid);
  std::size_t size = 0;
  git_object_t raw_type = GIT_OBJECT_INVALID;
  int error = backend_->read_header(&size, &raw_type, backend_.get(), &wanted);
  if (error == GIT_ENOTFOUND) return ReadOutcome::kMissing;
  if (error != 0) return ReadOutcome::kDamaged;
  if (size > limit) return ReadOutcome::kTooLarge;

  void* data = nullptr;
  error = backend_->read(&data, &size, &raw_type, backend_.get(), &wanted);
  if (error != 0) return ReadOutcome::kDamaged;
  bytes.assign(static_cast<const char*>(data), size);
  git2().odb_backend_data_free(backend_.get(), data);
  type = type_of(raw_type);
  return type == ObjectType::kNone ? ReadOutcome::kDamaged : ReadOutcome::kDone;
}

ObjectType PackBackend::type(const Oid& oid) const {
  const git_oid wanted = raw(oid);
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  int error = backend_->read_header(&size, &type, backend_.get(), &wanted);
  return error == 0 ? type_of(type) : ObjectType::kNone;
}

Result<void> PackBackend::list(std::vector<Oid>& oids) const {
  if (backend_->foreach (backend_.get(), append_oid, &oids) != 0) {
    return fail("its objects cannot be listed by libgit2: " + last_message());
  }
  return {};
}

namespace {

/// A configuration that pulls in other files could make libgit2 read anything, and wait for ever on
/// a FIFO.
Result<void> refuse_includes(const Repository& repository) {
  for (const fs::path& file :
       {repository.common_dir / "config", repository.git_dir / "config.worktree"}) {
    std::error_code ec;
    if (!fs::exists(fs::symlink_status(file, ec))) continue;
    auto text = read_file(file, kMaxConfig);
    if (!text) return std::unexpected(text.error());
    std::transform(text->begin(), text->end(), text->begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    for (std::size_t at = text->find("include"); at != std::string::npos;
         at = text->find("include", at + 1)) {
      std::size_t before = at == 0 ? std::string::npos : text->find_last_not_of(" \t\r\n", at - 1);
      if (before != std::string::npos && (*text)[before] == '[') {
        return fail(fmt::format(
            "{} includes other files, which are not read; name revisions by a ref or a full id",
            printable(file.native())));
      }
    }
  }
  return {};
}

}  // namespace

Result<Oid> parse_revision(const Repository& repository, const std::string& expression) {
  if (auto set = ready(); !set) return std::unexpected(set.error());
  if (auto safe = refuse_includes(repository); !safe) return std::unexpected(safe.error());
  const std::string where = printable(repository.git_dir.native());
  git_repository* opened = nullptr;
  if (git2().repository_open_ext(&opened, repository.git_dir.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH,
                              nullptr) != 0) {
    return fail(fmt::format("{}: libgit2 cannot open it: {}", where, last_message()));
  }
  RepositoryHandle handle(opened);
  git_object* found = nullptr;
  int error = git2().revparse_single(&found, handle.get(), expression.c_str());
  ObjectHandle object(found);
  if (error == GIT_EAMBIGUOUS) {
    return fail(
        fmt::format("revision '{}' is ambiguous; give more of its id", printable(expression)));
  }
  if (error != 0) {
    return fail(fmt::format("revision '{}' is not known in {}: {}", printable(expression), where,
                            last_message()));
  }
  return from_raw(*git2().object_id(object.get()));
}

}  // namespace keywake::git
