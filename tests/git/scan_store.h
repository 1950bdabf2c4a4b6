// A scan of a repository's objects as the program does it, for tests of damage: which objects came, whether each was what its id says,
// what was said of the rest; then attribution of the planted tokens.
// Thread safety: scan_store() may be called from several threads.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "catch.h"
#include "git/attribution.h"
#include "git/pack_builder.h"
#include "git/repository_generator_helper.h"
#include "git/walk.h"

namespace keywake::git::test {

class SeenVisitor : public Visitor {
 public:
  explicit SeenVisitor(const ObjectStore& store, bool trees) : store_(store), trees_(trees) {}
  // As scan/history_scan.cc: all but trees; those come in another walk.
  bool wants(ObjectType type) const override { return (type == ObjectType::kTree) == trees_; }
  std::unique_ptr<Annotation> whole(unsigned, ObjectId id, ObjectType type, std::string_view bytes) override {
    Oid oid = store_.oid(id);
    std::lock_guard lock(mutex_);
    if (object_id(type, bytes, store_.hash()) != oid) wrong.insert(oid.hex(store_.hash()));
    if (store_.duplicate(id)) return nullptr;
    if (!seen.insert(oid.hex(store_.hash())).second) twice.insert(oid.hex(store_.hash()));
    if (type == ObjectType::kCommit) commits.add(id, bytes, store_);
    auto tokens = type == ObjectType::kBlob ? find_tokens(bytes) : std::vector<std::uint32_t>{};
    if (!tokens.empty()) found.push_back({id, tokens});
    return nullptr;
  }
  std::unique_ptr<Annotation> delta(unsigned worker, ObjectId id, ObjectType type, std::string_view bytes,
                                    const CopyMap&, const Annotation*) override {
    return whole(worker, id, type, bytes);
  }
  std::set<std::string> seen;
  std::set<std::string> twice;
  std::set<std::string> wrong;
  CommitTable commits;
  std::vector<FoundBlob> found;

 private:
  const ObjectStore& store_;
  bool trees_;
  std::mutex mutex_;
};

struct StoreScan {
  std::set<std::string> seen;   // ids of the objects that came
  std::set<std::string> twice;  // came more than once
  std::set<std::string> wrong;  // their content is not what their id says
  std::vector<Problem> problems;
  Attribution attribution;

  [[nodiscard]] std::string text() const {
    std::string text;
    for (const Problem& p : problems) text += p.what + ": " + p.reason + (p.failed ? "\n" : " (not a failure)\n");
    return text;
  }
  /// How many problems name it.
  [[nodiscard]] int named(std::string_view what) const {
    int count = 0;
    for (const Problem& p : problems) count += p.what.find(what) != std::string::npos ? 1 : 0;
    return count;
  }
  [[nodiscard]] int said(std::string_view reason) const {
    int count = 0;
    for (const Problem& p : problems) count += p.reason.find(reason) != std::string::npos ? 1 : 0;
    return count;
  }
};

inline StoreScan scan_store(const std::filesystem::path& path, std::uint64_t memory = limits::kDefaultMemory) {
  auto repository = Repository::open(path);
  REQUIRE(repository.has_value());
  REQUIRE(repository->has_value());
  Problems problems;
  ObjectStore store = ObjectStore::open(**repository, problems);
  WalkOptions options;
  options.threads = 2;
  options.memory = memory;
  SeenVisitor contents(store, false);
  walk(store, contents, options, problems);
  SeenVisitor trees(store, true);
  walk(store, trees, options, problems);
  StoreScan scan{std::move(contents.seen), std::move(contents.twice), std::move(contents.wrong), {}, {}};
  scan.seen.merge(trees.seen);
  scan.twice.merge(trees.twice);
  scan.wrong.merge(trees.wrong);
  scan.attribution = attribute(**repository, store, contents.commits, contents.found, options, problems);
  scan.problems = problems.take();
  return scan;
}

inline std::string slurp(const std::filesystem::path& path) {
  auto bytes = read_file(path, limits::kGiB);
  REQUIRE(bytes.has_value());
  return *bytes;
}

/// git writes what it keeps read-only.
inline void overwrite(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::remove_all(path);
  write_file(path, bytes);
}

}  // namespace keywake::git::test
