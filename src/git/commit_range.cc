#include "git/commit_range.h"

#include <algorithm>
#include <initializer_list>

#include "git/commit_graph.h"

namespace keywake::git {

Result<CommitRange> commit_range(const Repository& repository, const Oid& head, const std::vector<Oid>& bases) {
  Problems problems;
  const auto database = ObjectDatabase::open(repository, problems);
  if (!database) return std::unexpected(database.error());
  CommitGraph graph(repository, *database, problems);
  Selection selection;
  selection.pushed = true;
  selection.wanted = {head};
  selection.known = bases;
  const auto commits = graph.select(selection);
  if (!commits) return std::unexpected(commits.error());
  CommitRange out{commits->size(), {}};
  for (const Oid& commit : *commits) {
    const CommitLinks* links = graph.links(commit);
    const auto missing = [&](const Oid& parent) { return database->type(parent) == ObjectType::kNone; };
    if (links != nullptr && std::any_of(links->parents.begin(), links->parents.end(), missing)) out.cut_off.push_back(commit);
  }
  return out;
}

Result<Oid> find_commit(const Repository& repository, const std::string& revision) {
  Problems problems;
  const auto database = ObjectDatabase::open(repository, problems);
  if (!database) return std::unexpected(database.error());
  if (const auto id = Oid::from_hex(revision); id && revision.size() == 2 * static_cast<std::size_t>(repository.hash)) {
    const auto commit = database->peel_to_commit(*id);
    return commit ? Result<Oid>(*commit) : fail("commit " + revision + " is not here");
  }
  for (const char* prefix : {"refs/remotes/origin/", ""}) {
    if (auto commit = resolve_revision(repository, *database, prefix + revision)) return commit;
  }
  return fail("neither a branch of origin nor any other revision here is named " + revision);
}

Result<CommitTree> commit_tree(const Repository& repository, const Oid& commit) {
  Problems problems;
  const auto database = ObjectDatabase::open(repository, problems);
  if (!database) return std::unexpected(database.error());
  ObjectDatabase::Object object;
  const ReadOutcome outcome = database->read(commit, object);
  const auto links = outcome == ReadOutcome::kDone ? parse_commit_links(object.bytes, repository.hash) : std::nullopt;
  if (!links) return fail("commit " + commit.hex(repository.hash) + " cannot be read");
  return CommitTree{links->tree, links->parents};
}

}  // namespace keywake::git
