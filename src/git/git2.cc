#include "git/git2_internal.h"

#include <fmt/format.h>

#include <optional>

#include "base/library.h"

namespace keywake::git {
namespace {

std::optional<Git2> loaded() {
  Library library(KEYWAKE_LIBGIT2);
  Git2 out{};
  library.take(out.error_last, "git_error_last");
  library.take(out.libgit2_init, "git_libgit2_init");
  library.take(out.libgit2_opts, "git_libgit2_opts");
  library.take(out.object_free, "git_object_free");
  library.take(out.object_id, "git_object_id");
  library.take(out.odb_backend_data_free, "git_odb_backend_data_free");
  library.take(out.odb_backend_one_pack, "git_odb_backend_one_pack");
  library.take(out.oid_fromraw, "git_oid_fromraw");
  library.take(out.repository_free, "git_repository_free");
  library.take(out.repository_open_ext, "git_repository_open_ext");
  library.take(out.revparse_single, "git_revparse_single");
  if (!library.complete()) return std::nullopt;
  return out;
}

const std::optional<Git2>& once() {
  static const std::optional<Git2> all = loaded();
  return all;
}

}  // namespace

Result<const Git2*> load_git2() {
  if (once()) return &*once();
  return fail(fmt::format("{} cannot be loaded; install the libgit2 that keywake was built with", KEYWAKE_LIBGIT2));
}

const Git2& git2() { return *once(); }

}  // namespace keywake::git
