// Ranges. "A..B" is what B reaches and A does not; "A...B" is what one of them reaches and not
// both. Marks are handed from commits to their parents, latest commits first: whoever ends up
// marked from the wrong side is out. A mark that comes late (dates may run backwards) is handed on
// again, so order is a matter of speed only. The one thing that depends on dates is when to stop
// before the roots: when all that is queued is out, and has been for a while (kSlop*).
//
//   r1 ── r2 ── r3 ── a         a..b: start with a = hidden, b = wanted; r3 receives both and is
//   out, and so are
//                └─── c ── b    r2 and r1; c and b remain.
#include "git/commit_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <queue>

#include "base/text.h"

namespace keywake::git {
namespace {

enum Mark : std::uint8_t { kWanted = 1, kLeft = 2, kRight = 4, kHidden = 8, kQueued = 16 };
constexpr std::uint8_t kHandedOn = kWanted | kLeft | kRight | kHidden;

bool is_out(std::uint8_t marks) {
  return (marks & kHidden) != 0 || ((marks & kLeft) != 0 && (marks & kRight) != 0);
}

constexpr std::size_t kSlopCommits = 2000;
constexpr std::int64_t kSlopSeconds = 7 * 24 * 3600;

struct Dated {
  std::int64_t date;
  Oid commit;
  bool operator<(const Dated& other) const {  // the queue's top: latest, then smallest oid
    return date != other.date ? date < other.date : other.commit < commit;
  }
};

}  // namespace

void CommitGraph::report(const Oid& object, ReadOutcome outcome) const {
  bool expected = outcome == ReadOutcome::kMissing && (repository_.shallow || repository_.partial);
  problems_.add("object " + object.hex(repository_.hash), std::string(reason(outcome)),
                !expected && outcome != ReadOutcome::kTooLarge);
}

const CommitLinks* CommitGraph::links(const Oid& commit) {
  auto [found, is_new] = links_.try_emplace(commit);
  if (is_new) {
    ObjectDatabase::Object object;
    ReadOutcome outcome = database_.read(commit, object);
    if (outcome == ReadOutcome::kDone && object.type == ObjectType::kCommit) {
      found->second = parse_commit_links(object.bytes, repository_.hash);
    }
    if (!found->second) {
      report(commit, outcome == ReadOutcome::kDone ? ReadOutcome::kDamaged : outcome);
    }
  }
  return found->second ? &*found->second : nullptr;
}

const std::vector<Tip>& CommitGraph::tips() {
  if (!tips_) {
    tips_.emplace();
    for (const Ref& ref : repository_.refs) {
      if (auto commit = database_.peel_to_commit(ref.target)) tips_->push_back({ref.name, *commit});
    }
  }
  return *tips_;
}

const std::vector<Oid>& CommitGraph::all_commits() {
  if (!all_commits_) {
    all_commits_.emplace();
    for (const Oid& oid : database_.all_objects(problems_)) {
      if (database_.type(oid) == ObjectType::kCommit) all_commits_->push_back(oid);
    }
  }
  return *all_commits_;
}

Result<void> CommitGraph::add_range(std::string_view range, std::vector<Start>& starts) {
  auto resolve = [&](std::string_view name) {
    return resolve_revision(repository_, database_, name.empty() ? "HEAD" : name);
  };
  std::size_t dots = range.find("..");
  if (dots == std::string_view::npos) {
    bool alone = range.ends_with("^!");
    auto commit = resolve(alone ? range.substr(0, range.size() - 2) : range);
    if (!commit) return std::unexpected(commit.error());
    starts.push_back({*commit, kWanted});
    const CommitLinks* own = alone ? links(*commit) : nullptr;
    if (own != nullptr) {
      for (const Oid& parent : own->parents) starts.push_back({parent, kHidden});
    }
    return {};
  }
  bool symmetric = range.substr(dots).starts_with("...");
  std::string_view left = range.substr(0, dots);
  std::string_view right = range.substr(dots + (symmetric ? 3 : 2));
  if (left.empty() && right.empty()) {
    return fail(fmt::format("range '{}' names no revision; write A..B", printable(range)));
  }
  auto from = resolve(left);
  if (!from) return std::unexpected(from.error());
  auto to = resolve(right);
  if (!to) return std::unexpected(to.error());
  starts.push_back({*from, static_cast<std::uint8_t>(symmetric ? kWanted | kLeft : kHidden)});
  starts.push_back({*to, static_cast<std::uint8_t>(symmetric ? kWanted | kRight : kWanted)});
  return {};
}

Result<std::vector<CommitGraph::Start>> CommitGraph::starts(const Selection& selection) {
  std::vector<Start> result;
  if (selection.pushed) {
    for (const Oid& commit : selection.wanted) result.push_back({commit, kWanted});
    for (const Oid& commit : selection.known) result.push_back({commit, kHidden});
    return result;
  }
  if (!selection.range.empty()) {
    if (auto added = add_range(selection.range, result); !added)
      return std::unexpected(added.error());
  }
  for (const std::string& branch : selection.branches) {
    auto commit = resolve_revision(repository_, database_, branch);
    if (!commit) return std::unexpected(commit.error());
    result.push_back({*commit, kWanted});
  }
  if (selection.range.empty() && selection.branches.empty()) {
    for (const Tip& tip : tips()) result.push_back({tip.commit, kWanted});
  }
  return result;
}

std::vector<Oid> CommitGraph::walk(const std::vector<Start>& starts) {
  std::unordered_map<Oid, std::uint8_t> marks;
  std::priority_queue<Dated> queue;
  std::size_t queued_in = 0;  // of the queue, those that are not out
  std::int64_t earliest = std::numeric_limits<std::int64_t>::max();
  auto mark = [&](const Oid& commit, std::uint8_t added) {
    std::uint8_t& mine = marks[commit];
    std::uint8_t before = mine;
    mine |= added;
    if (mine == before) return;
    bool was_counted = (before & kQueued) != 0 && !is_out(before);
    if ((before & kQueued) == 0) {
      const CommitLinks* own = links(commit);
      if (own == nullptr) return;
      queue.push({own->committer_date, commit});
      mine |= kQueued;
    }
    bool is_counted = !is_out(mine);
    if (is_counted && !was_counted) ++queued_in;
    if (!is_counted && was_counted) --queued_in;
  };
  for (const Start& start : starts) mark(start.commit, start.marks);

  std::size_t since_all_out = 0;
  while (!queue.empty()) {
    const Dated top = queue.top();
    if (queued_in == 0 && ++since_all_out > kSlopCommits && top.date + kSlopSeconds < earliest)
      break;
    queue.pop();
    std::uint8_t& mine = marks[top.commit];
    mine &= kHandedOn;
    if (!is_out(mine)) {
      --queued_in;
      since_all_out = 0;
      earliest = std::min(earliest, top.date);
    }
    const std::uint8_t handed_on = mine;
    for (const Oid& parent : links(top.commit)->parents) mark(parent, handed_on);
  }
  std::vector<Oid> result;
  for (const auto& [commit, mine] : marks) {
    if ((mine & kWanted) != 0 && !is_out(mine) && links(commit) != nullptr)
      result.push_back(commit);
  }
  return result;
}

std::vector<Oid> CommitGraph::in_order(const std::vector<Oid>& commits) {
  std::unordered_map<Oid, std::size_t> children;  // not yet put out
  for (const Oid& commit : commits) children.emplace(commit, 0);
  for (const Oid& commit : commits) {
    for (const Oid& parent : links(commit)->parents) {
      if (auto found = children.find(parent); found != children.end()) ++found->second;
    }
  }
  std::priority_queue<Dated> ready;
  for (const auto& [commit, count] : children) {
    if (count == 0) ready.push({links(commit)->committer_date, commit});
  }
  std::vector<Oid> result;
  result.reserve(commits.size());
  while (!ready.empty()) {
    Oid commit = ready.top().commit;
    ready.pop();
    result.push_back(commit);
    for (const Oid& parent : links(commit)->parents) {
      auto found = children.find(parent);
      if (found != children.end() && --found->second == 0) {
        ready.push({links(parent)->committer_date, parent});
      }
    }
  }
  return result;
}

Result<std::vector<Oid>> CommitGraph::select(const Selection& selection) {
  std::vector<Oid> commits;
  if (selection.all_objects) {
    commits = all_commits();
    std::erase_if(commits, [&](const Oid& commit) { return links(commit) == nullptr; });
  } else {
    auto from = starts(selection);
    if (!from) return std::unexpected(from.error());
    commits = walk(*from);
  }
  if (selection.since) {
    std::erase_if(commits, [&](const Oid& commit) {
      return links(commit)->committer_date < *selection.since;
    });
  }
  return in_order(commits);
}

std::unordered_set<Oid> CommitGraph::reachable(const std::vector<Oid>& commits) {
  std::unordered_set<Oid> wanted(commits.begin(), commits.end());
  std::unordered_set<Oid> found;
  std::unordered_set<Oid> seen;
  std::priority_queue<Dated> queue;
  auto visit = [&](const Oid& commit) {
    const CommitLinks* own = seen.insert(commit).second ? links(commit) : nullptr;
    if (own == nullptr) return;
    queue.push({own->committer_date, commit});
    if (wanted.contains(commit)) found.insert(commit);
  };
  for (const Tip& tip : tips()) visit(tip.commit);
  while (!queue.empty() &&
         found.size() < wanted.size()) {  // latest first: recent commits are found soon
    Oid commit = queue.top().commit;
    queue.pop();
    for (const Oid& parent : links(commit)->parents) visit(parent);
  }
  return found;
}

}  // namespace keywake::git
