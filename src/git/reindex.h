// Makes an index from a pack alone, for a pack whose own index is missing or damaged. Reads entries one after another from the
// front, so from a pack that is cut off comes everything that stands before the cut.
// Thread safety: pure but for `problems`.
#pragma once

#include <filesystem>

#include "git/oid.h"
#include "git/pack_index.h"
#include "git/problems.h"

namespace keywake::git {

struct Reindexed {
  PackIndex index;
};

Reindexed reindex(const std::filesystem::path& pack_path, HashKind hash, Problems& problems);

}  // namespace keywake::git
