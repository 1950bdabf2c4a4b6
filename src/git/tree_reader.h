// TreeReader: tree objects, parsed, the recently used ones kept.
// Ownership: what it returns is shared, so it outlives being dropped from the cache. Thread safety:
// one per thread.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "git/commit_graph.h"

namespace keywake::git {

struct Tree {
  enum class Kind : std::uint8_t {
    kFile,
    kFolder,
    kSubmodule
  };  // kFile: executable or symbolic link as well
  struct Entry {
    std::string_view name;  // into `bytes`
    Oid oid;
    Kind kind = Kind::kFile;
    std::uint32_t mode = 0;
  };
  std::string bytes;
  std::vector<Entry> entries;  // by name, then kind; of several with one name and kind (no git
                               // writes such) the first

  /// Null if there is none of that kind.
  [[nodiscard]] Oid find(std::string_view name, Kind kind) const;
};

class TreeReader {
 public:
  explicit TreeReader(CommitGraph& graph) : graph_(graph) {}

  /// Null for the null oid, and for one that is missing or damaged, which is reported.
  std::shared_ptr<const Tree> read(const Oid& oid);

  /// The file at this path in a root tree; null if there is none.
  Oid file_at(const Oid& root, std::string_view path);

 private:
  struct Kept {
    Oid oid;
    std::shared_ptr<const Tree> tree;
    std::size_t size = 0;
  };
  std::shared_ptr<const Tree> load(const Oid& oid);

  CommitGraph& graph_;
  std::list<Kept> kept_;  // latest use first
  std::unordered_map<Oid, std::list<Kept>::iterator> by_oid_;
  std::size_t bytes_ = 0;
};

}  // namespace keywake::git
