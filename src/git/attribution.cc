// From lists to appearances.
//
// tree_lists.h gives every tree a short list: its folders, and its blobs with findings. Most of those folders lead nowhere, and most
// changes to a file with findings leave its findings as they are. So trees are boiled down once more, bottom up, to *nodes*:
//
//     node = { name → values found in the blob | node of the folder }     folders that lead to nothing left out
//
// Equal nodes are one node (hash consing). Two commits whose root trees have the same node are the same as far as findings go, which is
// one comparison of two numbers; for nearly all commits of a history that is all that happens. The few others are compared
// with their parents name by name, going down only where nodes differ.
//
// Nodes are few, paths need not be: twenty folders inside one another, each naming the next one ten times, make 10^20 paths ("git bomb").
// So each node is counted before it is entered, and one that leads to findings by too many paths is taken as empty. Findings that are left
// without an appearance by that are given as those of blobs in no commit.
#include "git/attribution.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "git/interning.h"

namespace keywake::git {
namespace {

using NodeId = std::uint32_t;
constexpr NodeId kEmptyNode = 0;
constexpr int kMaxTreeDepth = 2048;  // as git itself refuses deeper trees
constexpr std::uint64_t kMaxPlacesInTree = std::uint64_t{1} << 19;  // a path and a value
constexpr std::uint64_t kMaxPlaces = std::uint64_t{1} << 21;        // introductions and removals of all history

struct Edge {
  std::uint32_t name : 31;
  std::uint32_t folder : 1;
  std::uint32_t to;  // a node, or a set of values
  [[nodiscard]] std::uint64_t key() const { return std::uint64_t{name} << 1 | folder; }
  bool operator==(const Edge&) const = default;
};

struct Place {
  std::uint32_t path = 0;
  std::uint32_t value = 0;
  auto operator<=>(const Place&) const = default;
};

class Attributor {
 public:
  Attributor(const ObjectStore& store, const CommitTable& commits, const TreeLists& lists,
             const std::vector<FoundBlob>& found, Problems& problems)
      : store_(store), commits_(commits), lists_(lists), found_(found), problems_(problems) {}

  std::vector<Appearance> run(const std::vector<ObjectId>& tips);
  [[nodiscard]] const std::vector<bool>& reachable() const { return reachable_; }

 private:
  NodeId node_of(ObjectId tree, int depth);
  NodeId node_with(std::vector<Edge> edges, ObjectId tree);
  void compare(std::uint32_t commit, NodeId node, std::vector<NodeId> parents, std::uint32_t path);
  void compare_removed(std::uint32_t commit, NodeId node, const std::vector<NodeId>& parents, std::uint32_t path);
  void compare_commits();
  void read_tips(const std::vector<ObjectId>& tips);
  void flatten(NodeId node, std::uint32_t path, std::uint32_t commit);
  void too_many_places();
  void mark_reachable(const std::vector<ObjectId>& tips);
  [[nodiscard]] Oid blob_at(std::uint32_t commit, std::uint32_t path) const;
  [[nodiscard]] ObjectId child_along(ObjectId tree, const Edge& way) const;
  [[nodiscard]] std::string path_text(std::uint32_t path) const;
  [[nodiscard]] const Edge* edge(NodeId node, std::uint32_t name, bool folder) const;
  [[nodiscard]] Oid removal_after(const Place& place, std::uint32_t commit) const;
  void add_orphans(std::vector<Appearance>& out) const;

  const ObjectStore& store_;
  const CommitTable& commits_;
  const TreeLists& lists_;
  const std::vector<FoundBlob>& found_;
  Problems& problems_;

  Interner<Edge> nodes_;
  Interner<std::uint32_t> value_sets_;
  std::vector<std::uint64_t> places_in_;          // by node
  std::uint64_t places_ = 0;                      // introductions and removals so far
  bool cut_ = false;                              // some limit was met
  std::unordered_map<ObjectId, std::uint32_t> set_of_blob_;
  std::unordered_set<ObjectId> committed_blobs_;  // that some commit's tree leads to
  std::unordered_map<ListId, NodeId> node_of_list_;
  std::vector<NodeId> root_;                      // by commit
  std::unordered_map<ObjectId, std::uint32_t> commit_of_;
  std::vector<bool> reachable_;                   // by object
  PathTable paths_;
  std::map<Place, std::vector<std::uint32_t>> introduced_;  // commits
  std::map<Place, std::vector<std::uint32_t>> removed_;
  std::map<Place, std::uint32_t> at_tip_;  // commit of the first tip that has it
};

// Called from commits' root trees only, so the blobs that it meets are those in some commit.
NodeId Attributor::node_of(ObjectId tree, int depth) {
  if (tree == kNoObject || depth > kMaxTreeDepth) return kEmptyNode;
  ListId list = lists_.list_of(tree);
  if (list == kNoList) return kEmptyNode;
  // While it is being computed it counts as empty: a damaged store might claim a tree inside itself.
  auto [known, added] = node_of_list_.try_emplace(list, kEmptyNode);
  if (!added) return known->second;
  std::vector<Edge> edges;
  for (const TreeItem& item : lists_.items(list)) {
    if (item.folder) {
      NodeId child = node_of(item.child, depth + 1);
      if (child != kEmptyNode) edges.push_back({item.name, 1, child});
    } else if (auto set = set_of_blob_.find(item.child); set != set_of_blob_.end()) {
      committed_blobs_.insert(item.child);
      edges.push_back({item.name, 0, set->second});
    }
  }
  NodeId node = node_with(std::move(edges), tree);
  node_of_list_[list] = node;
  return node;
}

NodeId Attributor::node_with(std::vector<Edge> edges, ObjectId tree) {
  std::stable_sort(edges.begin(), edges.end(),
                   [](const Edge& a, const Edge& b) { return a.key() < b.key(); });
  // No git writes a name twice; of such the first counts.
  auto last = std::unique(edges.begin(), edges.end(),
                          [](const Edge& a, const Edge& b) { return a.key() == b.key(); });
  edges.erase(last, edges.end());
  std::uint64_t places = 0;
  for (const Edge& edge : edges) {
    places += edge.folder ? places_in_[edge.to] : std::max<std::size_t>(1, value_sets_[edge.to].size());
  }
  if (places > kMaxPlacesInTree) {
    problems_.add(store_.describe(tree), "leads to findings by too many paths: those in no other place are given without path");
    cut_ = true;
    return kEmptyNode;
  }
  NodeId node = nodes_.intern(std::move(edges));
  places_in_.resize(std::max<std::size_t>(places_in_.size(), node + 1), places);
  return node;
}

const Edge* Attributor::edge(NodeId node, std::uint32_t name, bool folder) const {
  const std::vector<Edge>& edges = nodes_[node];
  Edge wanted{name, folder, 0};
  auto it = std::lower_bound(edges.begin(), edges.end(), wanted,
                             [](const Edge& a, const Edge& b) { return a.key() < b.key(); });
  return it != edges.end() && it->key() == wanted.key() ? &*it : nullptr;
}

// What `node` has and none of `parents` has at the same path.
void Attributor::compare(std::uint32_t commit, NodeId node, std::vector<NodeId> parents, std::uint32_t path) {
  for (const Edge& own : nodes_[node]) {
    std::uint32_t here = paths_.child(path, own.name);
    std::vector<std::uint32_t> theirs;
    bool same = false;
    for (NodeId parent : parents) {
      const Edge* other = edge(parent, own.name, own.folder);
      if (other == nullptr) continue;
      same |= other->to == own.to;
      theirs.push_back(other->to);
    }
    if (same) continue;
    if (own.folder) {
      compare(commit, own.to, std::move(theirs), here);
      continue;
    }
    for (std::uint32_t value : value_sets_[own.to]) {
      bool had = std::any_of(theirs.begin(), theirs.end(), [&](std::uint32_t set) {
        return std::binary_search(value_sets_[set].begin(), value_sets_[set].end(), value);
      });
      if (had) continue;
      introduced_[{here, value}].push_back(commit);
      ++places_;
    }
  }
}

// What all of `parents` have and `node` has not.
void Attributor::compare_removed(std::uint32_t commit, NodeId node, const std::vector<NodeId>& parents,
                                 std::uint32_t path) {
  for (const Edge& first : nodes_[parents.front()]) {
    std::vector<std::uint32_t> theirs{first.to};
    for (std::size_t i = 1; i < parents.size(); ++i) {
      if (const Edge* other = edge(parents[i], first.name, first.folder)) theirs.push_back(other->to);
    }
    if (theirs.size() < parents.size()) continue;
    const Edge* own = edge(node, first.name, first.folder);
    if (own != nullptr && std::find(theirs.begin(), theirs.end(), own->to) != theirs.end()) continue;
    std::uint32_t here = paths_.child(path, first.name);
    if (first.folder) {
      compare_removed(commit, own == nullptr ? kEmptyNode : own->to, theirs, here);
      continue;
    }
    for (std::uint32_t value : value_sets_[first.to]) {
      auto has = [&](std::uint32_t set) {
        return std::binary_search(value_sets_[set].begin(), value_sets_[set].end(), value);
      };
      if (std::all_of(theirs.begin(), theirs.end(), has) && (own == nullptr || !has(own->to))) {
        removed_[{here, value}].push_back(commit);
        ++places_;
      }
    }
  }
}

void Attributor::compare_commits() {
  // In the order of the store, not in that in which workers met them: should a limit be met, it is met at the same commit.
  std::vector<std::uint32_t> order(commits_.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return commits_.id(a) < commits_.id(b); });
  for (std::uint32_t commit : order) {
    if (places_ > kMaxPlaces) return too_many_places();
    std::vector<NodeId> parents;
    bool same = false;
    for (ObjectId parent : commits_.parents(commit)) {
      auto it = commit_of_.find(parent);
      NodeId node = it == commit_of_.end() ? kEmptyNode : root_[it->second];
      same |= node == root_[commit];
      parents.push_back(node);
    }
    if (same || (parents.empty() && root_[commit] == kEmptyNode)) continue;
    compare(commit, root_[commit], parents, 0);
    bool all_have = !parents.empty() &&
                    std::find(parents.begin(), parents.end(), kEmptyNode) == parents.end();
    if (all_have) compare_removed(commit, root_[commit], parents, 0);
  }
}

void Attributor::flatten(NodeId node, std::uint32_t path, std::uint32_t commit) {
  for (const Edge& own : nodes_[node]) {
    std::uint32_t here = paths_.child(path, own.name);
    if (own.folder) {
      flatten(own.to, here, commit);
    } else {
      for (std::uint32_t value : value_sets_[own.to]) at_tip_.try_emplace({here, value}, commit);
    }
  }
}

void Attributor::too_many_places() {
  problems_.add("findings", "in too many places of the history: not all of them are listed");
  cut_ = true;
}

void Attributor::read_tips(const std::vector<ObjectId>& tips) {
  std::unordered_set<NodeId> seen;
  for (ObjectId tip : tips) {
    auto it = commit_of_.find(tip);
    if (at_tip_.size() > kMaxPlaces) return too_many_places();
    if (it != commit_of_.end() && seen.insert(root_[it->second]).second) {
      flatten(root_[it->second], 0, it->second);
    }
  }
}

void Attributor::mark_reachable(const std::vector<ObjectId>& tips) {
  reachable_.assign(store_.size(), false);
  std::vector<std::uint32_t> pending;
  auto visit = [&](ObjectId id) {
    auto it = commit_of_.find(id);
    if (it == commit_of_.end() || reachable_[id]) return;
    reachable_[id] = true;
    pending.push_back(it->second);
  };
  for (ObjectId tip : tips) visit(tip);
  while (!pending.empty()) {
    std::uint32_t commit = pending.back();
    pending.pop_back();
    for (ObjectId parent : commits_.parents(commit)) visit(parent);
  }
}

ObjectId Attributor::child_along(ObjectId tree, const Edge& way) const {
  for (const TreeItem& item : lists_.items(lists_.list_of(tree))) {
    if (item.name != way.name || item.folder != way.folder) continue;
    if (item.folder) {
      auto node = node_of_list_.find(lists_.list_of(item.child));
      if (node != node_of_list_.end() && node->second == way.to) return item.child;
    } else if (auto set = set_of_blob_.find(item.child);
               set != set_of_blob_.end() && set->second == way.to) {
      return item.child;
    }
  }
  return kNoObject;
}

// Goes the way of the nodes, not by names alone: a broken tree may have a name twice.
Oid Attributor::blob_at(std::uint32_t commit, std::uint32_t path) const {
  ObjectId at = commits_.tree(commit);
  NodeId node = root_[commit];
  const std::vector<std::uint32_t> names = paths_.names(path);
  for (std::size_t i = 0; i < names.size() && at != kNoObject; ++i) {
    const Edge* way = edge(node, names[i], i + 1 < names.size());
    if (way == nullptr) return {};
    at = child_along(at, *way);
    node = way->to;
  }
  return at == kNoObject ? Oid{} : store_.oid(at);
}

std::string Attributor::path_text(std::uint32_t path) const {
  std::string text;
  for (std::uint32_t name : paths_.names(path)) {
    if (!text.empty()) text += '/';
    text += lists_.name(name);
  }
  return text;
}

// Removals are in order of date and oid.
Oid Attributor::removal_after(const Place& place, std::uint32_t commit) const {
  auto it = removed_.find(place);
  if (it == removed_.end()) return {};
  auto first = std::lower_bound(
      it->second.begin(), it->second.end(), commits_.committed(commit),
      [&](std::uint32_t removal, std::int64_t date) { return commits_.committed(removal) < date; });
  return first == it->second.end() ? Oid{} : store_.oid(commits_.id(*first));
}

void Attributor::add_orphans(std::vector<Appearance>& out) const {
  std::unordered_set<std::uint32_t> placed;
  for (const Appearance& appearance : out) placed.insert(appearance.value);
  for (const FoundBlob& blob : found_) {
    const bool committed = committed_blobs_.contains(blob.blob);
    if (committed && !cut_) continue;
    Oid oid = store_.oid(blob.blob);
    for (std::uint32_t value : blob.values) {
      if (committed && placed.contains(value)) continue;
      Appearance orphan;
      orphan.value = value;
      orphan.path = "blob:" + oid.hex(store_.hash());
      orphan.blob = oid;
      out.push_back(std::move(orphan));
    }
  }
}

std::vector<Appearance> Attributor::run(const std::vector<ObjectId>& tips) {
  nodes_.intern({});  // kEmptyNode
  places_in_.push_back(0);
  for (const FoundBlob& blob : found_) set_of_blob_[blob.blob] = value_sets_.intern(blob.values);
  commit_of_.reserve(commits_.size());
  for (std::uint32_t i = 0; i < commits_.size(); ++i) commit_of_[commits_.id(i)] = i;
  root_.reserve(commits_.size());
  for (std::uint32_t i = 0; i < commits_.size(); ++i) root_.push_back(node_of(commits_.tree(i), 0));
  compare_commits();
  read_tips(tips);
  mark_reachable(tips);
  for (auto& [place, commits] : removed_) {
    std::sort(commits.begin(), commits.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(commits_.committed(a), store_.oid(commits_.id(a))) <
             std::pair(commits_.committed(b), store_.oid(commits_.id(b)));
    });
  }

  std::vector<Appearance> out;
  for (const auto& [place, commits] : introduced_) {
    auto tip = at_tip_.find(place);
    Oid tip_blob = tip == at_tip_.end() ? Oid{} : blob_at(tip->second, place.path);
    std::string path = path_text(place.path);
    for (std::uint32_t commit : commits) {
      Appearance appearance;
      appearance.value = place.value;
      appearance.path = path;
      appearance.blob = blob_at(commit, place.path);
      appearance.commit = store_.oid(commits_.id(commit));
      appearance.at_tip = tip != at_tip_.end();
      appearance.tip_blob = tip_blob;
      if (!appearance.at_tip) appearance.removed_in = removal_after(place, commit);
      appearance.reachable = reachable_[commits_.id(commit)];
      out.push_back(std::move(appearance));
    }
  }
  add_orphans(out);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Attribution attribute(const Repository& repository, const ObjectStore& store, const CommitTable& commits,
                      std::vector<FoundBlob> found, const WalkOptions& options, Problems& problems) {
  std::vector<bool> wanted(store.size(), false);
  for (const FoundBlob& blob : found) wanted[blob.blob] = true;
  TreeLists lists = TreeLists::read(store, wanted, options, problems);
  Attributor attributor(store, commits, lists, found, problems);
  Tips all_tips = tips(repository, store, problems);
  Attribution result{attributor.run(all_tips.commits), attributor.reachable(), lists.missing()};
  for (ObjectId tag : all_tips.tags) result.reachable[tag] = true;
  return result;
}

}  // namespace keywake::git
