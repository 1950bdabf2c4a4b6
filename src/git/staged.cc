// Index and HEAD's tree are compared folder by folder. git notes in the index (extension TREE)
// which folders stand there exactly as in a tree; where that tree is HEAD's, nothing in the folder
// is staged and it is not read. After a commit this holds for all folders, and `git add` takes the
// note from the folders it changes.
#include "git/staged.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>

#include "base/text.h"
#include "git/tree_reader.h"

namespace keywake::git {
namespace {

constexpr int kMaxDepth = 1024;  // of folders

class Comparison {
 public:
  Comparison(const Repository& repository, const IndexFile& index, const ObjectDatabase& database,
             Problems& problems)
      : index_(index), graph_(repository, database, problems), trees_(graph_) {}

  Result<StagedChanges> run();

 private:
  using Entries = std::span<const IndexEntry>;
  using Note = IndexFile::Folder;
  using Notes = std::unordered_map<std::string_view, const Note*>;
  struct Place {
    std::size_t prefix = 0;  // bytes of the path, with the "/" after it
    const Note* note = nullptr;
    Oid head;
    int depth = 0;
  };
  void folder(Entries entries, const Place& place);
  std::size_t name(Entries entries, const Place& place, const Tree* head, const Notes& notes);
  Notes notes_in(const Note* folder) const;
  void file(const IndexEntry& entry, const Oid& head);
  void sparse_folder(const std::string& path, const Oid& staged, const Oid& head, int depth);

  const IndexFile& index_;
  CommitGraph graph_;
  TreeReader trees_;
  StagedChanges result_;
  std::size_t conflicts_ = 0;
  std::size_t intended_ = 0;
};

void Comparison::file(const IndexEntry& entry, const Oid& head) {
  if (entry.stage() != 0) {
    conflicts_ += 1;
  } else if (entry.intent_to_add()) {
    intended_ += 1;
  } else if (entry.is_file() && entry.oid() != head) {
    result_.changes.push_back({.path = std::string(entry.path),
                               .blob = entry.oid(),
                               .head_blob = head,
                               .mode = entry.mode()});
  }
}

/// A folder that a sparse index holds as one entry, with all that is in it.
void Comparison::sparse_folder(const std::string& path, const Oid& staged, const Oid& head,
                               int depth) {
  if (staged == head || depth > kMaxDepth) return;
  std::shared_ptr<const Tree> mine = trees_.read(staged);
  std::shared_ptr<const Tree> theirs = trees_.read(head);
  if (!mine) return;
  for (const Tree::Entry& entry : mine->entries) {
    std::string inner = path + std::string(entry.name);
    Oid before = theirs ? theirs->find(entry.name, entry.kind) : Oid{};
    if (entry.kind == Tree::Kind::kFolder) {
      sparse_folder(inner + '/', entry.oid, before, depth + 1);
    } else if (entry.kind == Tree::Kind::kFile && entry.oid != before) {
      result_.changes.push_back(
          {.path = inner, .blob = entry.oid, .head_blob = before, .mode = entry.mode});
    }
  }
}

Comparison::Notes Comparison::notes_in(const Note* folder) const {
  Notes notes;
  std::uint32_t child = folder != nullptr ? folder->first_child : 0;
  for (; child != 0; child = index_.folders()[child].next_sibling) {
    notes.emplace(index_.folders()[child].name, &index_.folders()[child]);
  }
  return notes;
}

/// The entries at the front that share a name in this folder; how many they are.
std::size_t Comparison::name(Entries entries, const Place& place, const Tree* head,
                             const Notes& notes) {
  std::string_view rest = entries[0].path.substr(place.prefix);
  std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos ||
      place.depth > kMaxDepth) {  // no tree is that deep: all new
    file(entries[0], head != nullptr ? head->find(rest, Tree::Kind::kFile) : Oid{});
    return 1;
  }
  std::string_view name = rest.substr(0, slash);
  Oid before = head != nullptr ? head->find(name, Tree::Kind::kFolder) : Oid{};
  if (slash + 1 == rest.size()) {
    sparse_folder(std::string(entries[0].path), entries[0].oid(), before, 0);
    return 1;
  }
  auto note = notes.find(name);
  std::string_view inside = entries[0].path.substr(0, place.prefix + slash + 1);
  auto end = std::partition_point(entries.begin(), entries.end(), [&](const IndexEntry& entry) {
    return entry.path.starts_with(inside);
  });
  auto count = static_cast<std::size_t>(end - entries.begin());
  folder(entries.first(count), {.prefix = inside.size(),
                                .note = note == notes.end() ? nullptr : note->second,
                                .head = before,
                                .depth = place.depth + 1});
  return count;
}

void Comparison::folder(Entries entries, const Place& place) {
  bool unchanged = place.note != nullptr && place.note->tree == place.head &&
                   place.note->entries == static_cast<std::int64_t>(entries.size());
  if (unchanged) return;
  std::shared_ptr<const Tree> tree = trees_.read(place.head);
  const Notes notes = notes_in(place.note);
  while (!entries.empty()) entries = entries.subspan(name(entries, place, tree.get(), notes));
}

Result<StagedChanges> Comparison::run() {
  Oid tree;  // null while HEAD is unborn
  const auto& refs = graph_.repository().refs;
  if (!refs.empty() && refs[0].name == "HEAD") {
    const CommitLinks* links = graph_.links(refs[0].target);
    if (links == nullptr) {
      return fail(fmt::format(
          "{}: HEAD's commit {} cannot be read, so what is staged is not known; run `git fsck`",
          printable(graph_.repository().git_dir.native()),
          refs[0].target.hex(graph_.repository().hash)));
    }
    tree = links->tree;
  }
  const Note* root = index_.folders().empty() ? nullptr : index_.folders().data();
  folder(index_.entries(), {.note = root, .head = tree});
  if (conflicts_ > 0) {
    result_.notes.push_back(fmt::format(
        "{} index entries are of unresolved conflicts: not staged, left out", conflicts_));
  }
  if (intended_ > 0) {
    result_.notes.push_back(
        fmt::format("{} files are only marked to be added: nothing of them is staged", intended_));
  }
  return std::move(result_);
}

}  // namespace

Result<StagedChanges> staged_changes(const Repository& repository, const IndexFile& index,
                                     const ObjectDatabase& database, Problems& problems) {
  return Comparison(repository, index, database, problems).run();
}

}  // namespace keywake::git
