#include "git/commit_range.h"

#include <algorithm>

namespace keywake::git {

struct CommitFinder::Opened {
  const Repository& repository;
  Problems problems;
  ObjectDatabase database;
  CommitGraph graph;

  Opened(const Repository& of, ObjectDatabase opened) : repository(of), database(std::move(opened)), graph(repository, database, problems) {}
};

Result<CommitFinder> CommitFinder::open(const Repository& repository) {
  Problems ignored;  // whoever scans the repository says them
  auto database = ObjectDatabase::open(repository, ignored, limits::kDefaultMaxFileSize, ObjectDatabase::Packs::kOwn);
  if (!database) return std::unexpected(database.error());
  return CommitFinder(std::make_shared<Opened>(repository, std::move(*database)));
}

Result<Oid> CommitFinder::find(const std::string& revision) const {
  const Repository& repository = opened_->repository;
  if (const auto id = Oid::from_hex(revision); id && revision.size() == 2 * static_cast<std::size_t>(repository.hash)) {
    const auto commit = opened_->database.peel_to_commit(*id);
    return commit ? Result<Oid>(*commit) : fail("commit " + revision + " is not here");
  }
  for (const char* prefix : {"refs/remotes/origin/", ""}) {
    if (auto commit = resolve_revision(repository, opened_->database, prefix + revision)) return commit;
  }
  return fail("neither a branch of origin nor any other revision here is named " + revision);
}

Result<CommitLinks> CommitFinder::links(const Oid& commit) {
  const CommitLinks* links = opened_->graph.links(commit);
  return links != nullptr ? Result<CommitLinks>(*links) : fail("commit " + commit.hex(opened_->repository.hash) + " cannot be read");
}

Result<CommitRange> CommitFinder::range(const Oid& head, const std::vector<Oid>& bases) {
  Selection selection;
  selection.pushed = true;
  selection.wanted = {head};
  selection.known = bases;
  const auto commits = opened_->graph.select(selection);
  if (!commits) return std::unexpected(commits.error());
  CommitRange out{commits->size(), {}};
  for (const Oid& commit : *commits) {
    const CommitLinks* links = opened_->graph.links(commit);
    const auto missing = [&](const Oid& parent) { return opened_->database.type(parent) == ObjectType::kNone; };
    if (links != nullptr && std::any_of(links->parents.begin(), links->parents.end(), missing)) out.cut_off.push_back(commit);
  }
  return out;
}

}  // namespace keywake::git
