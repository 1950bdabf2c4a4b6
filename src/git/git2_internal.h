// libgit2, loaded when it is asked and not before: its fourteen libraries (Kerberos, SSH, TLS) take a millisecond to load. The functions have
// their own names here without `git_`. Thread safety: immutable once loaded.
#pragma once

#include <git2.h>
#include <git2/odb_backend.h>
#include <git2/sys/odb_backend.h>

#include "base/library.h"
#include "base/result.h"

namespace keywake::git {

struct Git2 : Library {
  Git2();
  decltype(&::git_error_last) error_last = take("git_error_last");
  decltype(&::git_libgit2_init) libgit2_init = take("git_libgit2_init");
  decltype(&::git_libgit2_opts) libgit2_opts = take("git_libgit2_opts");
  decltype(&::git_object_free) object_free = take("git_object_free");
  decltype(&::git_object_id) object_id = take("git_object_id");
  decltype(&::git_odb_backend_data_free) odb_backend_data_free = take("git_odb_backend_data_free");
  decltype(&::git_odb_backend_one_pack) odb_backend_one_pack = take("git_odb_backend_one_pack");
  decltype(&::git_oid_fromraw) oid_fromraw = take("git_oid_fromraw");
  decltype(&::git_repository_free) repository_free = take("git_repository_free");
  decltype(&::git_repository_open_ext) repository_open_ext = take("git_repository_open_ext");
  decltype(&::git_revparse_single) revparse_single = take("git_revparse_single");
};

/// Loaded at the first call. Fails, at each, if it is not installed.
Result<const Git2*> load_git2();
/// After load_git2() has succeeded.
const Git2& git2();

}  // namespace keywake::git
