#include "scan/people.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <queue>
#include <unordered_set>

#include "git/commit_object.h"
#include "git/object_database.h"
#include "git/tree_reader.h"
#include "model/attribution.h"

namespace keywake::scan {
namespace {

constexpr std::size_t kMaxCommits = 50'000;
constexpr std::size_t kMaxPaths = 200;
constexpr std::chrono::seconds kMaxTime{5};
constexpr std::size_t kMaxFile = 3 * 1024 * 1024;  // GitHub's own limit for CODEOWNERS

class Reader {
 public:
  Reader(const git::Repository& repository, const git::ObjectDatabase& database, git::Problems& problems)
      : database_(database), graph_(repository, database, problems), trees_(graph_) {}

  void read(const std::map<std::string, std::int64_t>& since, std::int64_t now, model::People& out) {
    const auto head = graph_.tips().empty() ? nullptr : graph_.links(graph_.tips()[0].commit);
    if (head == nullptr) return;
    for (std::string_view path : model::kCodeOwnersFiles) {
      if (out.code_owners.empty()) out.code_owners = file(head->tree, path);
    }
    out.mailmap = file(head->tree, ".mailmap");
    std::int64_t until = now - model::kActive;
    for (const auto& [path, date] : since) {
      if (paths_.size() == kMaxPaths) break;
      paths_.push_back({path, date});
      until = std::min(until, date);
    }
    walk(graph_.tips()[0].commit, until, out);
    std::stable_sort(out.touches.begin(), out.touches.end(), [](const model::Touch& a, const model::Touch& b) { return std::tie(a.path, b.date) < std::tie(b.path, a.date); });
  }

 private:
  struct Path {
    std::string path;
    std::int64_t since = 0;
  };

  std::string file(const git::Oid& tree, std::string_view path) {
    const git::Oid blob = trees_.file_at(tree, path);
    git::ObjectDatabase::Object object;
    if (blob == git::Oid{} || database_.read(blob, object) != git::ReadOutcome::kDone || object.bytes.size() > kMaxFile) return "";
    return std::move(object.bytes);
  }

  // The latest committed first, as git log has it.
  void walk(const git::Oid& head, std::int64_t until, model::People& out) {
    const auto deadline = std::chrono::steady_clock::now() + kMaxTime;
    std::priority_queue<std::pair<std::int64_t, git::Oid>> waiting;
    std::unordered_set<git::Oid> seen{head};
    waiting.emplace(graph_.links(head)->committer_date, head);
    for (std::size_t i = 0; !waiting.empty() && i < kMaxCommits && std::chrono::steady_clock::now() < deadline; ++i) {
      const auto [date, commit] = waiting.top();
      waiting.pop();
      out.known_since = date;
      if (date < until) break;
      const git::CommitLinks* links = graph_.links(commit);
      for (const git::Oid& parent : links->parents) {
        const git::CommitLinks* known = seen.insert(parent).second ? graph_.links(parent) : nullptr;
        if (known != nullptr) waiting.emplace(known->committer_date, parent);
      }
      visit(commit, *links, out);
    }
    if (waiting.empty()) out.known_since = 0;  // all of it was seen
  }

  void visit(const git::Oid& commit, const git::CommitLinks& links, model::People& out) {
    if (database_.read(commit, object_) != git::ReadOutcome::kDone) return;
    const git::CommitInfo info = git::parse_commit_info(object_.bytes);
    std::int64_t& last = out.last_commit[info.email];
    last = std::max(last, info.date);
    for (const Path& path : paths_) {
      if (links.committer_date <= path.since || !changed(links, path.path)) continue;
      const bool known = std::any_of(out.touches.begin(), out.touches.end(), [&](const model::Touch& each) { return each.path == path.path && each.email == info.email; });
      if (!known) out.touches.push_back({path.path, info.author, info.email, info.date});
    }
  }

  // It is another file, or none, than in each of the parents.
  bool changed(const git::CommitLinks& links, std::string_view path) {
    for (const git::Oid& parent : links.parents) {
      const git::CommitLinks* known = graph_.links(parent);
      if (known == nullptr || same(links.tree, known->tree, path)) return false;
    }
    return trees_.file_at(links.tree, path) != git::Oid{} || !links.parents.empty();
  }

  // Down both trees together, no farther than they differ.
  bool same(const git::Oid& a, const git::Oid& b, std::string_view path) {
    if (a == b) return true;
    const auto mine = trees_.read(a);
    const auto theirs = trees_.read(b);
    if (mine == nullptr || theirs == nullptr) return mine == theirs;
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    const auto kind = slash == std::string_view::npos ? git::Tree::Kind::kFile : git::Tree::Kind::kFolder;
    const git::Oid left = mine->find(name, kind);
    const git::Oid right = theirs->find(name, kind);
    if (left == right || slash == std::string_view::npos) return left == right;
    return same(left, right, path.substr(slash + 1));
  }

  const git::ObjectDatabase& database_;
  git::CommitGraph graph_;
  git::TreeReader trees_;
  git::ObjectDatabase::Object object_;
  std::vector<Path> paths_;
};

}  // namespace

model::People read_people(const git::Repository& repository, const std::string& target, const std::map<std::string, std::int64_t>& since, std::int64_t now) {
  model::People out;
  out.target = target;
  git::Problems ignored;  // what the history's own walk reports already
  const auto database = git::ObjectDatabase::open(repository, ignored, limits::kDefaultMaxFileSize, git::ObjectDatabase::Packs::kOwn);
  if (database) Reader(repository, *database, ignored).read(since, now, out);
  return out;
}

}  // namespace keywake::scan
