// Appearance: where in a repository's history a value (a finding, by number) came in. Two ways compute it and must agree to the
// letter: attribution.h (reads trees backwards from the packs) and plain_history.h (walks commits through libgit2).
//
// Definitions, over all commits that the object store holds, reachable or not:
//  - v is present at (c, path) if the tree of commit c has at that path a blob (file, executable or symbolic link; not a
//    submodule) in which v was found.
//  - v is introduced at (c, path) if it is present there and at (p, path) for no parent p of c. A parent that is
//    missing (shallow clone, damage) counts as not having it.
//  - v is removed at (c, path) if c has a parent, all its parents have it at that path, and c does not.
//  - Tips are the commits that HEAD and all refs (tags peeled) point to; v is at a tip if it is present at (t, path) for some tip t.
//    The tip blob is that of the first such tip: HEAD first, then refs by name.
//  - An introduction that is not at a tip was removed in the earliest removal of v at that path, by (committer date, oid), among those
//    whose committer date is not before the introducing commit's own; in none if there is none.
//  - A blob that is in no commit's tree appears once, without commit, at the path "blob:<oid>".
// Thread safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "git/oid.h"

namespace keywake::git {

struct Appearance {
  std::uint32_t value = 0;
  std::string path;
  Oid blob;          // at the introducing commit
  Oid commit;        // null: in no commit
  bool at_tip = false;
  Oid tip_blob;      // null unless at_tip
  Oid removed_in;    // null: still there, or not known
  bool reachable = false;  // the introducing commit, from any ref
  auto operator<=>(const Appearance&) const = default;
};

/// Values found in a blob, ascending, no duplicates.
struct BlobValues {
  Oid blob;
  std::vector<std::uint32_t> values;
};

struct CommitInfo {
  std::string author;
  std::string email;
  std::int64_t date = 0;   // author's, seconds since 1970
  int date_offset = 0;     // minutes east of UTC
  std::string summary;     // first line of the message
};

}  // namespace keywake::git
