// From what a CI system tells (ci/event.h) to the commits to look at in the repository that it checked out.
//
//   merge   what the head has and its target has not. If none of the bases is here that is an error, not a smaller range.
//   push    what the head has and the branch had not before. A new branch, and one that was forced away from a commit that is gone: what the
//           default branch has not. A system that does not say what the branch had: likewise; on the default branch itself, what the head has
//           and its first parent has not.
//   tag     what the default branch has not, and the tag's own message.
//   whole   the whole history.
//
// A range that a shallow clone has cut off is an error, which says what to fetch and how: half of it could be clean by chance.
// Errors: as a person should read them. Thread safety: pure but for the repository.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "ci/event.h"
#include "git/repository.h"

namespace keywake::cli {

struct CiRange {
  bool whole = false;
  std::string head;                // object ids
  std::vector<std::string> bases;  // empty: all that the head reaches
  std::string base_tree;           // of the first base: what was there before; empty: nothing
  std::string kind;                // for people: "pull or merge request"
  std::string between;             // "a1b2c3d..e4f5a6b", and a note; empty: the whole history
};

Result<CiRange> ci_range(const ci::Event& event, const git::Repository& repository);

}  // namespace keywake::cli
