// History the plain way: commit by commit and object by object through libgit2, each read by
// itself. It is what --exhaustive, --range,
// --since and --branch use, and what the delta-aware walk and its attribution are held against in
// tests. Ownership: refers to repository, database and problems, which must outlive it. Thread
// safety: one per thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/appearance.h"
#include "git/commit_graph.h"
#include "git/object_database.h"
#include "git/tree_reader.h"

namespace keywake::git {

class PlainHistory {
 public:
  PlainHistory(const Repository& repository, const ObjectDatabase& database, Problems& problems)
      : graph_(repository, database, problems), trees_(graph_) {}
  PlainHistory(const PlainHistory&) = delete;
  PlainHistory& operator=(const PlainHistory&) = delete;

  [[nodiscard]] const std::vector<Tip>& tips() { return graph_.tips(); }
  /// Children before parents. An error if a revision is not known.
  Result<std::vector<Oid>> select(const Selection& selection) { return graph_.select(selection); }
  /// Which of these commits HEAD or a ref reaches.
  std::unordered_set<Oid> reachable(const std::vector<Oid>& commits) { return graph_.reachable(commits); }
  /// Absent if the commit is missing or damaged.
  [[nodiscard]] std::optional<CommitInfo> commit_info(const Oid& commit) const;

  /// Every blob, commit and tag in the object store, in full, once each; what cannot be read is
  /// reported and passed over. In one thread; to use several, divide ObjectDatabase::all_objects()
  /// among them.
  using ObjectVisitor =
      std::function<void(const Oid& oid, ObjectType type, std::string_view bytes)>;
  void for_each_object(const ObjectVisitor& visitor) const;

  /// Every path at which a commit has another file, or none, than each of its parents (a root:
  /// every path it has): what it adds, changes and removes, and what a merge makes of its own. Null
  /// where there is no file at the path; a missing parent has none.
  struct Change {
    Oid commit;
    std::string_view path;  // valid during the call, as is parent_blobs
    Oid blob;
    std::span<const Oid> parent_blobs;  // by parent
  };
  using ChangeCallback = std::function<void(const Change& change)>;
  void changed_blobs(const std::vector<Oid>& commits, const ChangeCallback& callback);

  /// Appearances as appearance.h defines them, of the values introduced by these commits, in order.
  /// `values_of` gives the values in a blob, ascending, and its results must stay where they are.
  /// With `unattached`, `commits` must be all that the store holds, and blobs that are in no
  /// commit's tree are listed too. Without `removed_elsewhere` only these commits are asked for
  /// removals: all others would cost a look at every object of the store.
  using ValuesOfBlob = std::function<const std::vector<std::uint32_t>&(const Oid& blob)>;
  std::vector<Appearance> appearances(const std::vector<Oid>& commits,
                                      const ValuesOfBlob& values_of, bool unattached,
                                      bool removed_elsewhere = true);

 private:
  CommitGraph graph_;
  TreeReader trees_;
};

}  // namespace keywake::git
