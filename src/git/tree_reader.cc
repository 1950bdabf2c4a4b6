// A tree is a row of "<mode in octal> <name>\0<oid>" (git-hash-object(1), gitformat of trees). git
// orders folders as if their names ended in "/"; here all are in order of their bare names, so that
// the trees of two commits can be compared side by side also where a file became a folder.
#include "git/tree_reader.h"

#include <algorithm>
#include <tuple>

namespace keywake::git {
namespace {

constexpr std::size_t kMaxKept = 64 * limits::kMiB;
constexpr unsigned kTypeBits = 0170000;

/// False if the bytes break off; what stands before is kept.
bool parse(Tree& tree, HashKind hash) {
  std::string_view rest = tree.bytes;
  const auto width = static_cast<std::size_t>(hash);
  while (!rest.empty()) {
    std::size_t space = rest.find(' ');
    std::size_t nul = rest.find('\0');
    if (space == std::string_view::npos || nul == std::string_view::npos || space > nul ||
        space == 0 || space > 7 || rest.size() - nul - 1 < width) {
      return false;
    }
    unsigned mode = 0;
    for (char digit : rest.substr(0, space)) {
      if (digit < '0' || digit > '7') return false;
      mode = mode * 8 + static_cast<unsigned>(digit - '0');
    }
    Tree::Kind kind = (mode & kTypeBits) == 0040000   ? Tree::Kind::kFolder
                      : (mode & kTypeBits) == 0160000 ? Tree::Kind::kSubmodule
                                                      : Tree::Kind::kFile;
    tree.entries.push_back({rest.substr(space + 1, nul - space - 1),
                            Oid::from_bytes(rest.data() + nul + 1, hash), kind, mode});
    rest.remove_prefix(nul + 1 + width);
  }
  return true;
}

}  // namespace

Oid Tree::find(std::string_view name, Kind kind) const {
  auto found = std::lower_bound(
      entries.begin(), entries.end(), std::tie(name, kind),
      [](const Entry& entry, auto key) { return std::tie(entry.name, entry.kind) < key; });
  return found != entries.end() && found->name == name && found->kind == kind ? found->oid : Oid{};
}

std::shared_ptr<const Tree> TreeReader::load(const Oid& oid) {
  ObjectDatabase::Object object;
  ReadOutcome outcome = graph_.database().read(oid, object);
  if (outcome == ReadOutcome::kDone && object.type != ObjectType::kTree)
    outcome = ReadOutcome::kDamaged;
  if (outcome != ReadOutcome::kDone) {
    graph_.report(oid, outcome);
    return nullptr;
  }
  auto tree = std::make_shared<Tree>();
  tree->bytes = std::move(object.bytes);
  if (!parse(*tree, graph_.repository().hash)) graph_.report(oid, ReadOutcome::kDamaged);
  auto key = [](const Tree::Entry& entry) { return std::tie(entry.name, entry.kind); };
  auto before = [](const Tree::Entry& a,
                   const Tree::Entry& b) {  // equal ones as they stand in the tree
    int order = a.name.compare(b.name);
    if (order != 0) return order < 0;
    return a.kind != b.kind ? a.kind < b.kind : a.name.data() < b.name.data();
  };
  if (!std::is_sorted(tree->entries.begin(), tree->entries.end(), before)) {
    std::sort(tree->entries.begin(), tree->entries.end(), before);
  }
  auto last = std::unique(tree->entries.begin(), tree->entries.end(),
                          [&](const auto& a, const auto& b) { return key(a) == key(b); });
  tree->entries.erase(last, tree->entries.end());
  return tree;
}

std::shared_ptr<const Tree> TreeReader::read(const Oid& oid) {
  if (oid.is_null()) return nullptr;
  if (auto found = by_oid_.find(oid); found != by_oid_.end()) {
    kept_.splice(kept_.begin(), kept_, found->second);
    return found->second->tree;
  }
  std::shared_ptr<const Tree> tree = load(oid);
  std::size_t size = sizeof(Kept) + 128;
  if (tree) size += tree->bytes.size() + tree->entries.size() * sizeof(Tree::Entry);
  kept_.push_front({oid, tree, size});
  by_oid_[oid] = kept_.begin();
  bytes_ += size;
  while (bytes_ > kMaxKept && kept_.size() > 1) {
    bytes_ -= kept_.back().size;
    by_oid_.erase(kept_.back().oid);
    kept_.pop_back();
  }
  return tree;
}

Oid TreeReader::file_at(const Oid& root, std::string_view path) {
  Oid folder = root;
  for (;;) {
    std::shared_ptr<const Tree> tree = read(folder);
    if (!tree) return {};
    std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return tree->find(path, Tree::Kind::kFile);
    folder = tree->find(path.substr(0, slash), Tree::Kind::kFolder);
    path.remove_prefix(slash + 1);
  }
}

}  // namespace keywake::git
