// Attribution: from blobs in which values were found to the commits and paths that brought them in, as appearance.h defines it, by reading trees
// backwards (DESIGN section 5). Costs one walk over the trees and little else, however long the history is.
// Thread safety: pure but for `problems`.
#pragma once

#include <cstdint>
#include <vector>

#include "git/appearance.h"
#include "git/commit_table.h"
#include "git/object_store.h"
#include "git/problems.h"
#include "git/repository.h"
#include "git/tree_lists.h"
#include "git/walk.h"

namespace keywake::git {

struct FoundBlob {
  ObjectId blob = kNoObject;
  std::vector<std::uint32_t> values;  // ascending, no duplicates
};

struct Attribution {
  std::vector<Appearance> appearances;  // sorted
  std::vector<bool> reachable;          // by object: commits and tags that some ref leads to
  std::vector<Oid> missing;             // objects that trees name and the store lacks
};

Attribution attribute(const Repository& repository, const ObjectStore& store, const CommitTable& commits,
                      std::vector<FoundBlob> found, const WalkOptions& options, Problems& problems);

}  // namespace keywake::git
