// CommitGraph: commits and their parents, read one by one as they are asked for and kept. Selects
// commits as git log does. Neither grafts, replacements nor a commit-graph file are believed:
// parents are what the commit objects say. A parent that is missing ends its line of history there
// and is a problem, but for shallow and partial clones, where it is expected. Ownership: refers to
// repository, database and problems, which must outlive it. Thread safety: one per thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "git/commit_object.h"
#include "git/object_database.h"

namespace keywake::git {

/// Which commits. Nothing set: all that HEAD and the refs reach.
struct Selection {
  bool all_objects = false;  // every commit that the object store holds; `range` and `branches` are
                             // then not looked at
  std::string range;         // "A..B", "A...B", "A..", "..B", "B", "B^!", as in gitrevisions(7)
  std::vector<std::string> branches;  // and what these reach; any revision will do
  std::optional<std::int64_t> since;  // of these, those with a committer date from then on
  bool pushed = false;                // what `wanted` reach and `known` do not; the rest is not looked at
  std::vector<Oid> wanted, known;     // commits
};

struct Tip {
  std::string name;  // "HEAD", "refs/heads/main"
  Oid commit;
};

class CommitGraph {
 public:
  CommitGraph(const Repository& repository, const ObjectDatabase& database, Problems& problems)
      : repository_(repository), database_(database), problems_(problems) {}

  /// Null if the commit is missing or damaged, which is reported once. Valid as long as the graph.
  const CommitLinks* links(const Oid& commit);

  /// HEAD first, then all refs by name, tags peeled; refs to what is no commit are left out.
  const std::vector<Tip>& tips();

  /// Children before parents, and among those that are not ordered by that the later committer date
  /// first.
  Result<std::vector<Oid>> select(const Selection& selection);

  /// Which of `commits` any ref or HEAD reaches.
  std::unordered_set<Oid> reachable(const std::vector<Oid>& commits);

  /// Every commit in the object store, by oid.
  const std::vector<Oid>& all_commits();

  [[nodiscard]] const Repository& repository() const { return repository_; }
  [[nodiscard]] const ObjectDatabase& database() const { return database_; }
  [[nodiscard]] Problems& problems() const { return problems_; }
  void report(const Oid& object, ReadOutcome outcome) const;

 private:
  struct Start {
    Oid commit;
    std::uint8_t marks;
  };
  Result<std::vector<Start>> starts(const Selection& selection);
  Result<void> add_range(std::string_view range, std::vector<Start>& starts);
  std::vector<Oid> walk(const std::vector<Start>& starts);
  std::vector<Oid> in_order(const std::vector<Oid>& commits);

  const Repository& repository_;
  const ObjectDatabase& database_;
  Problems& problems_;
  std::unordered_map<Oid, std::optional<CommitLinks>> links_;
  std::optional<std::vector<Tip>> tips_;
  std::optional<std::vector<Oid>> all_commits_;
};

}  // namespace keywake::git
