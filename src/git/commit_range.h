// The commits that one commit brings beside another, for gates in CI, where clones are often shallow: whether all of them are here is part of
// the answer.
// Errors: the repository's own store cannot be read. Thread safety: pure but for the repository it reads.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/oid.h"
#include "git/repository.h"

namespace keywake::git {

struct CommitRange {
  std::size_t commits = 0;       // reachable from the head and from no base
  std::vector<Oid> cut_off;      // of these, those with a parent that is not here
};

Result<CommitRange> commit_range(const Repository& repository, const Oid& head, const std::vector<Oid>& bases);

/// As resolve_revision() (object_database.h), of a commit that must be here; a branch is looked for among the remote's and then the own.
Result<Oid> find_commit(const Repository& repository, const std::string& revision);

/// What a commit says of itself.
struct CommitTree {
  Oid tree;
  std::vector<Oid> parents;
};
Result<CommitTree> commit_tree(const Repository& repository, const Oid& commit);

}  // namespace keywake::git
