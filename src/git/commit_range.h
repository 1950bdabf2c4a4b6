// The commits that one commit brings beside another, for gates in CI, where clones are often shallow: whether all of them are here is part of
// the answer.
// Ownership: refers to the repository, which must outlive it. Thread safety: one per thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/commit_graph.h"

namespace keywake::git {

struct CommitRange {
  std::size_t commits = 0;   // reachable from the head and from no base
  std::vector<Oid> cut_off;  // of these, those with a parent that is not here
};

class CommitFinder {
 public:
  /// An error if the repository's own object store cannot be read.
  static Result<CommitFinder> open(const Repository& repository);

  /// A commit that must be here, by its id, or by the name of a branch (of origin before one of the repository's own), or by any revision.
  Result<Oid> find(const std::string& revision) const;
  /// Its tree and parents. An error if it is not here.
  Result<CommitLinks> links(const Oid& commit);
  Result<CommitRange> range(const Oid& head, const std::vector<Oid>& bases);

 private:
  struct Opened;
  explicit CommitFinder(std::shared_ptr<Opened> opened) : opened_(std::move(opened)) {}
  std::shared_ptr<Opened> opened_;
};

}  // namespace keywake::git
