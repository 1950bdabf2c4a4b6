// Makes an index from a pack alone, for a pack whose own index is missing or damaged. Reads entries one after another from the
// front; where one cannot be read (damage, or an object above 1 GiB), it looks for the next one that can, so all that is whole in a
// damaged or cut-off pack is found. Costs inflating everything twice; memory is the largest object and what a walk holds.
// Thread safety: pure but for `problems`.
#pragma once

#include <filesystem>
#include <string>

#include "git/oid.h"
#include "git/pack_index.h"
#include "git/problems.h"

namespace keywake::git {

struct Reindexed {
  PackIndex index;
  std::string damage;  // what part of the pack was not readable, to be put behind a count; empty if none
};

Reindexed reindex(const std::filesystem::path& pack_path, HashKind hash, Problems& problems);

}  // namespace keywake::git
