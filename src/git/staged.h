// What is staged: the files of the index that HEAD does not have at their path. Costs the index
// file and those trees of HEAD in which something is staged; no file of the work tree is looked at.
// Ownership: values. Thread safety: a pure function of its arguments (one ObjectDatabase per
// thread).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/index_file.h"
#include "git/object_database.h"

namespace keywake::git {

struct StagedChange {
  std::string path;
  Oid blob;       // read it by ObjectDatabase::read
  Oid head_blob;  // at the same path in HEAD; null if there is none, or it is no file there
  std::uint32_t mode = 0;  // 0100644, 0100755, 0120000
};

struct StagedChanges {
  std::vector<StagedChange>
      changes;  // by path; what is deleted, or only has another mode, is not among them
  std::vector<std::string> notes;  // what is left out, and why
};

Result<StagedChanges> staged_changes(const Repository& repository, const IndexFile& index,
                                     const ObjectDatabase& database, Problems& problems);

}  // namespace keywake::git
