// A commit object as bytes, read without libgit2: tree, parents and committer date for walks, and
// what a report says of a commit. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "git/appearance.h"
#include "git/oid.h"

namespace keywake::git {

struct CommitLinks {
  Oid tree;
  std::vector<Oid> parents;         // in order
  std::int64_t committer_date = 0;  // seconds since 1970; 0 if not readable
};

/// Absent if the bytes do not begin with a tree and well-formed parents.
std::optional<CommitLinks> parse_commit_links(std::string_view commit, HashKind hash);

/// Text in Latin-1 or Windows-1252 (by the commit's encoding header) becomes UTF-8; in any other
/// encoding it stays as it is.
CommitInfo parse_commit_info(std::string_view commit);

}  // namespace keywake::git
