// Appearances from the changes of commits (definitions: appearance.h). A path that no commit
// changes holds what an earlier one put there, so the changes alone say everything about
// introductions and removals; tips are asked path by path.
#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "git/plain_history.h"

namespace keywake::git {
namespace {

using Values = std::vector<std::uint32_t>;
using Place = std::pair<std::string, std::uint32_t>;  // path, value

struct Removal {
  std::int64_t date = 0;
  Oid commit;
  auto operator<=>(const Removal&) const = default;
};

bool has(const Values& values, std::uint32_t value) {
  return std::binary_search(values.begin(), values.end(), value);
}

class Collector {
 public:
  Collector(CommitGraph& graph, TreeReader& trees, const PlainHistory::ValuesOfBlob& values_of)
      : graph_(graph), trees_(trees), values_of_(values_of) {}

  void change(const PlainHistory::Change& change);
  void find_tips();
  void find_removals_in(const std::vector<Oid>& commits);
  std::vector<Appearance> finish(bool unattached);
  [[nodiscard]] bool any_gone() const {
    return std::any_of(found_.begin(), found_.end(), [](const Appearance& a) { return !a.at_tip; });
  }

 private:
  const Values& values_of(const Oid& blob) const {
    static const Values kNone;
    return blob.is_null() ? kNone : values_of_(blob);
  }
  void removals(const Oid& commit, std::string_view path, const Values& now,
                const std::vector<const Values*>& before);
  void add_unattached();

  CommitGraph& graph_;
  TreeReader& trees_;
  const PlainHistory::ValuesOfBlob& values_of_;
  std::vector<Appearance> found_;
  std::map<Place, std::vector<Removal>> removals_;
  std::unordered_set<Oid> attached_;  // blobs with values that a commit has
};

void Collector::removals(const Oid& commit, std::string_view path, const Values& now,
                         const std::vector<const Values*>& before) {
  if (before.empty()) return;
  for (std::uint32_t value : *before[0]) {
    bool all_had =
        std::all_of(before.begin(), before.end(), [&](const Values* v) { return has(*v, value); });
    if (all_had && !has(now, value)) {
      removals_[{std::string(path), value}].push_back(
          {graph_.links(commit)->committer_date, commit});
    }
  }
}

void Collector::change(const PlainHistory::Change& change) {
  const Values& now = values_of(change.blob);
  std::vector<const Values*> before;
  for (const Oid& blob : change.parent_blobs) before.push_back(&values_of(blob));
  if (!now.empty()) attached_.insert(change.blob);
  for (std::uint32_t value : now) {
    bool had =
        std::any_of(before.begin(), before.end(), [&](const Values* v) { return has(*v, value); });
    if (had) continue;
    found_.push_back({.value = value,
                      .path = std::string(change.path),
                      .blob = change.blob,
                      .commit = change.commit});
  }
  removals(change.commit, change.path, now, before);
}

void Collector::find_tips() {
  std::vector<Oid> trees;  // of tips, in their order, once each
  std::unordered_set<Oid> seen;
  for (const Tip& tip : graph_.tips()) {
    const CommitLinks* links = graph_.links(tip.commit);
    if (links != nullptr && seen.insert(links->tree).second) trees.push_back(links->tree);
  }
  std::unordered_map<std::string, std::vector<Oid>> blobs_at;  // by tree, in the order of `trees`
  for (Appearance& appearance : found_) {
    auto [at, is_new] = blobs_at.try_emplace(appearance.path);
    if (is_new) {
      for (const Oid& tree : trees) at->second.push_back(trees_.file_at(tree, appearance.path));
    }
    for (const Oid& blob : at->second) {
      if (!has(values_of(blob), appearance.value)) continue;
      appearance.at_tip = true;
      appearance.tip_blob = blob;
      break;
    }
  }
}

void Collector::find_removals_in(const std::vector<Oid>& commits) {
  std::unordered_set<std::string> paths;
  for (const Appearance& appearance : found_) {
    if (!appearance.at_tip) paths.insert(appearance.path);
  }
  for (const Oid& commit : commits) {
    const CommitLinks* links = graph_.links(commit);
    if (links == nullptr) continue;
    for (const std::string& path : paths) {
      std::vector<const Values*> before;
      for (const Oid& parent : links->parents) {
        const CommitLinks* theirs = graph_.links(parent);
        before.push_back(
            &values_of(theirs != nullptr ? trees_.file_at(theirs->tree, path) : Oid{}));
      }
      removals(commit, path, values_of(trees_.file_at(links->tree, path)), before);
    }
  }
}

void Collector::add_unattached() {
  for (const Oid& oid : graph_.database().all_objects(graph_.problems())) {
    if (attached_.contains(oid) || graph_.database().type(oid) != ObjectType::kBlob) continue;
    for (std::uint32_t value : values_of(oid)) {
      found_.push_back(
          {.value = value, .path = "blob:" + oid.hex(graph_.repository().hash), .blob = oid});
    }
  }
}

std::vector<Appearance> Collector::finish(bool unattached) {
  for (auto& [place, list] : removals_) std::sort(list.begin(), list.end());
  std::vector<Oid> commits;
  for (const Appearance& appearance : found_) commits.push_back(appearance.commit);
  const std::unordered_set<Oid> reachable = graph_.reachable(commits);
  for (Appearance& appearance : found_) {
    appearance.reachable = reachable.contains(appearance.commit);
    auto list = removals_.find({appearance.path, appearance.value});
    if (appearance.at_tip || list == removals_.end()) continue;
    std::int64_t introduced = graph_.links(appearance.commit)->committer_date;
    auto first = std::find_if(list->second.begin(), list->second.end(),
                              [&](const Removal& removal) { return removal.date >= introduced; });
    if (first != list->second.end()) appearance.removed_in = first->commit;
  }
  if (unattached) add_unattached();
  std::sort(found_.begin(), found_.end());
  return std::move(found_);
}

}  // namespace

std::vector<Appearance> PlainHistory::appearances(const std::vector<Oid>& commits,
                                                  const ValuesOfBlob& values_of, bool unattached,
                                                  bool removed_elsewhere) {
  Collector collector(graph_, trees_, values_of);
  changed_blobs(commits, [&](const Change& change) { collector.change(change); });
  collector.find_tips();
  if (!unattached && removed_elsewhere &&
      collector.any_gone()) {  // what these commits brought, another may have taken away
    std::vector<Oid> others = graph_.all_commits();
    const std::unordered_set<Oid> selected(commits.begin(), commits.end());
    std::erase_if(others, [&](const Oid& commit) { return selected.contains(commit); });
    collector.find_removals_in(others);
  }
  return collector.finish(unattached);
}

}  // namespace keywake::git
