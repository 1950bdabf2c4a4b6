// Comparing a commit's tree with those of all its parents at once. Both things that matter
// (introduced: no parent has it; removed: all parents have it) can only be where the commit differs
// from every parent, so a folder that equals any one parent's is skipped with all that is in it. A
// merge therefore costs about what its evil part is.
#include "git/plain_history.h"

#include <algorithm>
#include <string>

namespace keywake::git {
namespace {

constexpr std::size_t kMaxDepth = 1024;            // of folders
constexpr std::uint64_t kMaxEntries = 20'000'000;  // of one commit: the same small trees nested in
                                                   // each other can unfold to any number of paths

/// One commit's comparison.
class TreeComparison {
 public:
  TreeComparison(TreeReader& trees, const Oid& commit, std::size_t parents,
                 const PlainHistory::ChangeCallback& callback)
      : trees_(trees), callback_(callback), commit_(commit), parents_(parents) {}

  /// Empty if all was compared, else what was too much.
  std::string run(const Oid& tree, const std::vector<Oid>& parent_trees) {
    folder(tree, parent_trees, 0);
    return too_much_;
  }

 private:
  using TreePointer = std::shared_ptr<const Tree>;

  void folder(const Oid& tree, const std::vector<Oid>& parent_trees, std::size_t depth);
  void name(std::string_view name, const TreePointer& mine, const std::vector<TreePointer>& theirs,
            std::size_t depth);

  TreeReader& trees_;
  const PlainHistory::ChangeCallback& callback_;
  Oid commit_;
  std::size_t parents_;
  std::string path_;
  std::uint64_t entries_ = 0;
  std::string too_much_;
};

void TreeComparison::folder(const Oid& tree, const std::vector<Oid>& parent_trees,
                            std::size_t depth) {
  if (std::find(parent_trees.begin(), parent_trees.end(), tree) != parent_trees.end()) return;
  if (depth > kMaxDepth) too_much_ = "folders nested too deep";
  if (!too_much_.empty()) return;
  TreePointer mine = trees_.read(tree);
  std::vector<TreePointer> theirs;
  for (const Oid& oid : parent_trees) theirs.push_back(trees_.read(oid));

  // Names that the commit has, and those that the first parent has: what is in all parents is in
  // that one.
  static const std::vector<Tree::Entry> kNone;
  const auto& ours = mine ? mine->entries : kNone;
  const auto& before = !theirs.empty() && theirs[0] ? theirs[0]->entries : kNone;
  auto a = ours.begin();
  auto b = before.begin();
  while (a != ours.end() || b != before.end()) {
    bool from_ours = b == before.end() || (a != ours.end() && a->name <= b->name);
    const std::string_view next = from_ours ? a->name : b->name;
    const auto mine_of_name = a;
    const auto theirs_of_name = b;
    while (a != ours.end() && a->name == next) ++a;
    while (b != before.end() && b->name == next) ++b;
    if (++entries_ > kMaxEntries) too_much_ = "too many paths";
    if (!too_much_.empty()) return;
    // By far the most: the same as in the first parent.
    bool same = a - mine_of_name == 1 && b - theirs_of_name == 1 &&
                mine_of_name->oid == theirs_of_name->oid &&
                mine_of_name->kind == theirs_of_name->kind;
    if (same) continue;
    name(next, mine, theirs, depth);
  }
}

void TreeComparison::name(std::string_view name, const TreePointer& mine,
                          const std::vector<TreePointer>& theirs, std::size_t depth) {
  std::size_t length = path_.size();
  path_ += name;
  std::vector<Oid> before(parents_);
  auto look_up = [&](Tree::Kind kind) {
    for (std::size_t i = 0; i < parents_; ++i)
      before[i] = theirs[i] ? theirs[i]->find(name, kind) : Oid{};
    return mine ? mine->find(name, kind) : Oid{};
  };
  Oid blob = look_up(Tree::Kind::kFile);
  bool differs = std::find(before.begin(), before.end(), blob) == before.end();
  if (differs && !(parents_ == 0 && blob.is_null())) {
    callback_({.commit = commit_, .path = path_, .blob = blob, .parent_blobs = before});
  }
  Oid tree = look_up(Tree::Kind::kFolder);
  if (!(parents_ == 0 && tree.is_null())) {
    path_ += '/';
    folder(tree, before, depth + 1);
  }
  path_.resize(length);
}

}  // namespace

std::optional<CommitInfo> PlainHistory::commit_info(const Oid& commit) const {
  ObjectDatabase::Object object;
  if (graph_.database().read(commit, object) != ReadOutcome::kDone ||
      object.type != ObjectType::kCommit) {
    return std::nullopt;
  }
  return parse_commit_info(object.bytes);
}

void PlainHistory::for_each_object(const ObjectVisitor& visitor) const {
  ObjectDatabase::Object object;
  for (const Oid& oid : graph_.database().all_objects(graph_.problems())) {
    if (graph_.database().type(oid) == ObjectType::kTree) continue;
    ReadOutcome outcome = graph_.database().read(oid, object);
    if (outcome != ReadOutcome::kDone) {
      graph_.report(oid, outcome);
    } else {
      visitor(oid, object.type, object.bytes);
    }
  }
}

void PlainHistory::changed_blobs(const std::vector<Oid>& commits, const ChangeCallback& callback) {
  for (const Oid& commit : commits) {
    const CommitLinks* links = graph_.links(commit);
    if (links == nullptr) continue;
    std::vector<Oid> parent_trees;
    for (const Oid& parent : links->parents) {
      const CommitLinks* before = graph_.links(parent);
      parent_trees.push_back(before != nullptr ? before->tree : Oid{});
    }
    TreeComparison comparison(trees_, commit, parent_trees.size(), callback);
    if (std::string too_much = comparison.run(links->tree, parent_trees); !too_much.empty()) {
      graph_.problems().add("commit " + commit.hex(graph_.repository().hash),
                            too_much + ": the rest of it was left out");
    }
  }
}

}  // namespace keywake::git
