// A random history as a stream for git fast-import (git-fast-import(1) defines the format). The
// model is plain: a commit is a map from path to (mode, blob), an edit changes a copy of its
// parent's map, and what is written is the difference from the first parent. Deletions are written
// before changes, so that a file may become a folder in one commit.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "git/random_text_helper.h"
#include "git/repository_generator_helper.h"

namespace keywake::git::test {
namespace {

constexpr const char* kLargeFile = "src/large.txt";

struct Entry {
  std::string mode;  // as in a tree: "100644"
  std::string link;  // of a submodule: the commit
  int blob = 0;      // mark of all others
  bool operator==(const Entry&) const = default;
};
using Tree = std::map<std::string, Entry>;

struct Commit {
  int mark = 0;
  std::shared_ptr<const Tree> tree;
};

class HistoryWriter {
 public:
  explicit HistoryWriter(const GeneratorOptions& options)
      : options_(options), random_(options.seed), text_(random_) {}
  std::string write();

 private:
  int blob(const std::string& bytes);
  Entry file(const std::string& bytes) { return {"100644", "", blob(bytes)}; }
  Entry file_of_some_kind();
  void place(Tree& tree, const std::string& path, Entry entry);
  void edit(Tree& tree);
  Tree merged(const std::vector<Commit>& parents);
  Commit commit(const std::vector<Commit>& parents, Tree tree);
  std::string identity(const char* role);
  void data(const std::string& bytes);
  void body(std::vector<Commit>& heads);
  void side_histories(const std::vector<Commit>& heads);
  void refs(const std::vector<Commit>& heads);
  void ref(const std::string& name, int mark);
  void tag(const std::string& name, const std::string& of);
  const Commit& any(const std::vector<Commit>& commits) {
    return commits[random_.below(commits.size())];
  }

  GeneratorOptions options_;
  Random random_;
  RandomText text_;
  std::string stream_;
  int marks_ = 0;
  std::map<std::string, int> blobs_;       // by content
  std::vector<std::string> contents_;      // of text blobs; index by blob_index_
  std::map<int, std::size_t> blob_index_;  // mark → index into contents_
  std::vector<Commit> commits_;
  std::int64_t clock_ = 1'500'000'000;
};

int HistoryWriter::blob(const std::string& bytes) {
  auto [found, is_new] = blobs_.try_emplace(bytes, marks_ + 1);
  if (is_new) {
    stream_ += "blob\nmark :" + std::to_string(++marks_) + '\n';
    data(bytes);
    blob_index_[marks_] = contents_.size();
    contents_.push_back(bytes);
  }
  return found->second;
}

Entry HistoryWriter::file_of_some_kind() {
  switch (random_.below(12)) {
    case 0:
      return {"120000", "", blob("../" + text_.token())};
    case 1: {
      std::string oid;
      while (oid.size() < (options_.sha256 ? 64U : 40U))
        oid += "0123456789abcdef"[random_.below(16)];
      return {"160000", oid, 0};
    }
    case 2:
      return {"100755", "", blob("#!/bin/sh\n" + text_.text(5))};
    case 3:
      return file("");
    default:
      return file(text_.text(
          1 + static_cast<int>(random_.below(static_cast<std::size_t>(options_.lines) * 2))));
  }
}

/// Sets a path; what stands in its way (a file that must become a folder, a folder that must become
/// a file) goes.
void HistoryWriter::place(Tree& tree, const std::string& path, Entry entry) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    tree.erase(path.substr(0, slash));
  }
  std::string inside = path + '/';
  for (auto below = tree.lower_bound(inside);
       below != tree.end() && below->first.starts_with(inside);) {
    below = tree.erase(below);
  }
  tree[path] = std::move(entry);
}

void HistoryWriter::edit(Tree& tree) {
  if (tree.empty()) return place(tree, text_.new_path(), file_of_some_kind());
  auto some = std::next(tree.begin(), static_cast<std::ptrdiff_t>(random_.below(tree.size())));
  std::size_t kind = random_.below(16);
  if (auto large = tree.find(kLargeFile); large != tree.end() && random_.one_in(4)) {
    some = large;  // one file with very many versions: long delta chains
    kind = 15;
  }
  const auto [path, entry] = *some;
  switch (kind) {
    case 0:
      place(tree, text_.new_path(), file_of_some_kind());
      break;
    case 1:
      tree.erase(some);
      break;
    case 2:  // rename, one in two with a change
    case 3: {
      tree.erase(some);
      Entry moved = entry;
      if (auto known = blob_index_.find(entry.blob);
          known != blob_index_.end() && random_.one_in(2)) {
        std::string bytes = contents_[known->second];
        text_.edit_text(bytes);
        moved.blob = blob(bytes);
      }
      place(tree, text_.new_path(), moved);
      break;
    }
    case 4:
      place(tree, text_.new_path(), entry);
      break;  // copy
    case 5:
      if (entry.mode != "160000") some->second.mode = entry.mode == "100644" ? "100755" : "100644";
      break;
    case 6: {  // what some earlier commit had there, or anything of it
      const Tree& earlier = commits_.empty() ? tree : *any(commits_).tree;
      if (earlier.empty()) break;
      auto old = earlier.find(path);
      if (old == earlier.end() || random_.one_in(2)) {
        old =
            std::next(earlier.begin(), static_cast<std::ptrdiff_t>(random_.below(earlier.size())));
      }
      place(tree, std::string(old->first), Entry(old->second));
      break;
    }
    case 7:
      if (random_.one_in(30)) tree.clear();
      break;
    default:
      if (auto known = blob_index_.find(entry.blob); known != blob_index_.end()) {
        std::string bytes = contents_[known->second];
        if (path == kLargeFile && !random_.one_in(4)) {  // mostly grows, as change logs do
          bytes.insert(random_.one_in(2) ? 0 : bytes.size(), text_.line());
        } else {
          text_.edit_text(bytes);
        }
        some->second.blob = blob(bytes);
      }
  }
}

/// For each path any one parent's version, or none; an evil merge has edits of its own on top.
Tree HistoryWriter::merged(const std::vector<Commit>& parents) {
  Tree tree = *parents[0].tree;
  for (std::size_t i = 1; i < parents.size(); ++i) {
    for (const auto& [path, entry] : *parents[i].tree) {
      auto ours = tree.find(path);
      if (ours == tree.end() ? !random_.one_in(4) : random_.one_in(2)) place(tree, path, entry);
    }
  }
  if (random_.one_in(3)) edit(tree);
  if (random_.one_in(3) && !tree.empty()) {
    tree.erase(std::next(tree.begin(), static_cast<std::ptrdiff_t>(random_.below(tree.size()))));
  }
  return tree;
}

void HistoryWriter::data(const std::string& bytes) {
  stream_ += "data " + std::to_string(bytes.size()) + '\n' + bytes + '\n';
}

std::string HistoryWriter::identity(const char* role) {
  static constexpr const char* kPeople[] = {
      "Ada Lovelace <ada@example.org>", "Grace H. <grace@example.net>",
      "M\xc3\xbcller <m@example.com>", " <nobody@example.org>", "Bot[x] <>"};
  static constexpr const char* kZones[] = {"+0000", "+0200", "-0800", "+0530", "-0330"};
  std::int64_t date =
      clock_ - static_cast<std::int64_t>(random_.one_in(3) ? random_.below(90'000) : 0);
  return std::string(role) + ' ' + kPeople[random_.below(std::size(kPeople))] + ' ' +
         std::to_string(date) + ' ' + kZones[random_.below(std::size(kZones))] + '\n';
}

std::string quoted(const std::string& path) {
  std::string result = "\"";
  for (char c : path) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result + '"';
}

Commit HistoryWriter::commit(const std::vector<Commit>& parents, Tree tree) {
  // Half a day on, at times not at all or back: dates neither grow along history nor are they
  // distinct.
  if (!random_.one_in(5)) clock_ += static_cast<std::int64_t>(random_.below(80'000));
  if (random_.one_in(10)) clock_ -= 200'000;
  if (parents.empty()) stream_ += "reset refs/heads/building\n\n";
  bool latin1 = random_.one_in(15);
  std::string message = random_.one_in(30) ? "" : text_.words(5) + '\n';
  if (latin1) message = "caf\xe9 " + message;
  if (random_.one_in(6)) message += "\nbody " + text_.line() + text_.line();
  stream_ += "commit refs/heads/building\nmark :" + std::to_string(++marks_) + '\n';
  stream_ += identity("author") + identity("committer");
  if (latin1) stream_ += "encoding ISO-8859-1\n";
  data(message);
  for (std::size_t i = 0; i < parents.size(); ++i) {
    stream_ += (i == 0 ? "from :" : "merge :") + std::to_string(parents[i].mark) + '\n';
  }
  static const Tree kNothing;
  const Tree& before = parents.empty() ? kNothing : *parents[0].tree;
  for (const auto& [path, entry] : before) {
    if (!tree.contains(path)) stream_ += "D " + quoted(path) + '\n';
  }
  for (const auto& [path, entry] : tree) {
    if (auto old = before.find(path); old != before.end() && old->second == entry) continue;
    stream_ += "M " + entry.mode + ' ' +
               (entry.link.empty() ? ":" + std::to_string(entry.blob) : entry.link) + ' ' +
               quoted(path) + '\n';
  }
  stream_ += '\n';
  commits_.push_back({marks_, std::make_shared<const Tree>(std::move(tree))});
  return commits_.back();
}

void HistoryWriter::body(std::vector<Commit>& heads) {
  for (int i = 1; i < options_.commits; ++i) {
    std::size_t head = random_.below(heads.size());
    if (random_.one_in(8) && heads.size() > 1) {
      std::size_t count = random_.one_in(4) ? 3 + random_.below(3) : 2;
      std::vector<Commit> parents = {heads[head]};
      for (const Commit& other : heads) {
        bool known = std::any_of(parents.begin(), parents.end(),
                                 [&](auto& p) { return p.mark == other.mark; });
        if (parents.size() < count && !known) parents.push_back(other);
      }
      Tree tree = merged(parents);
      heads[head] = commit(parents, std::move(tree));
      continue;
    }
    const Commit parent = random_.one_in(12) ? any(commits_) : heads[head];
    Tree tree = *parent.tree;
    for (std::size_t edits = random_.below(8); edits > 0; --edits) edit(tree);
    Commit made = commit({parent}, std::move(tree));
    if (heads.size() < 4 && random_.one_in(12)) {
      heads.push_back(made);
    } else {
      heads[head] = made;  // what stood there may now be reachable from nothing
    }
  }
}

/// Orphans, stash, notes, and what no ref reaches.
void HistoryWriter::side_histories(const std::vector<Commit>& heads) {
  Tree other = {{"index.html", file(text_.text(10))}, {"src/orphan.txt", file(text_.text(20))}};
  Commit page = commit({}, other);
  edit(other);
  ref("refs/heads/pages", commit({page}, other).mark);

  Tree log = {
      {"CHANGELOG",
       file(text_.text(options_.lines))}};  // a file that only grows: the longest delta chain
  Commit release = commit({}, log);
  for (int i = 0; i < options_.commits / 6; ++i) {
    log["CHANGELOG"].blob = blob(text_.line() + contents_[blob_index_.at(log["CHANGELOG"].blob)]);
    release = commit({release}, log);
  }
  ref("refs/heads/changelog", release.mark);

  Commit base = any(heads);
  Tree staged = *base.tree;
  edit(staged);
  Commit index = commit({base}, staged);
  Commit untracked = commit({}, {{"untracked.env", file(text_.text(4))}});
  edit(staged);
  ref("refs/stash", commit({base, index, untracked}, staged).mark);

  Tree dropped = *any(commits_).tree;
  edit(dropped);
  Commit dangling = commit({any(commits_)}, dropped);
  edit(dropped);
  commit({dangling}, dropped);
  commit({}, {{"dangling root", file(text_.text(3))}});
  for (int i = 0; i < 4; ++i) blob("dangling " + text_.text(6));

  std::string note = std::to_string(blob("note " + text_.line()));
  stream_ += "commit refs/notes/commits\n" + identity("committer");
  data("Notes added\n");
  stream_ += "N :" + note + " :" + std::to_string(any(commits_).mark) + "\n\n";
}

void HistoryWriter::ref(const std::string& name, int mark) {
  stream_ += "reset " + name + "\nfrom :" + std::to_string(mark) + "\n\n";
}

void HistoryWriter::tag(const std::string& name, const std::string& of) {
  stream_ += "tag " + name + "\nfrom " + of + '\n' + identity("tagger");
  data("tag " + text_.line());
}

void HistoryWriter::refs(const std::vector<Commit>& heads) {
  ref("refs/heads/main", heads[0].mark);
  for (std::size_t i = 1; i < heads.size(); ++i)
    ref("refs/heads/topic/" + std::to_string(i), heads[i].mark);
  for (int i = 0; i < 2; ++i) {
    ref("refs/tags/light-" + std::to_string(i), any(commits_).mark);
    tag("annotated-" + std::to_string(i), ":" + std::to_string(any(commits_).mark));
  }
  ref("refs/pull/7/head", any(commits_).mark);
  stream_ += "reset refs/heads/building\nfrom " + std::string(options_.sha256 ? 64 : 40, '0') +
             "\n\ndone\n";
}

std::string HistoryWriter::write() {
  Tree tree;
  for (int i = 0; i < options_.files; ++i) place(tree, text_.new_path(), file_of_some_kind());
  place(tree, kLargeFile, file(text_.text(options_.lines * 12)));
  std::vector<Commit> heads = {commit({}, std::move(tree))};
  body(heads);
  side_histories(heads);
  refs(heads);
  return std::move(stream_);
}

}  // namespace

std::string history_stream(const GeneratorOptions& options) {
  return HistoryWriter(options).write();
}

}  // namespace keywake::git::test
