#include <fmt/format.h>

#include "git/git2_internal.h"

namespace keywake::git {

Git2::Git2() : Library(KEYWAKE_LIBGIT2) {}

Result<const Git2*> load_git2() {
  if (const Git2* git2 = Library::loaded<Git2>()) return git2;
  return fail(fmt::format("{} cannot be loaded; install the libgit2 that keywake was built with", KEYWAKE_LIBGIT2));
}

const Git2& git2() { return *Library::loaded<Git2>(); }

}  // namespace keywake::git
