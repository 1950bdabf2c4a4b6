// TreeLists: for every tree object the few entries that matter to attribution (its folders, and the blobs in which something was
// found), read off in one delta-aware walk over all trees. Trees whose lists are equal share one, so most versions of a folder cost four
// bytes. Objects that trees name and the store lacks are noted on the way.
// Thread safety: immutable once read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "git/object_store.h"
#include "git/problems.h"
#include "git/walk.h"

namespace keywake::git {

using ListId = std::uint32_t;
inline constexpr ListId kNoList = 0xffff'ffff;  // nothing of interest, or no such tree

struct TreeItem {
  std::uint32_t name : 31 = 0;  // TreeLists::name()
  std::uint32_t folder : 1 = 0;
  ObjectId child = kNoObject;
  bool operator==(const TreeItem&) const = default;
};

class TreeLists {
 public:
  /// `wanted[id]` says in which blobs something was found.
  static TreeLists read(const ObjectStore& store, const std::vector<bool>& wanted,
                        const WalkOptions& options, Problems& problems);

  [[nodiscard]] ListId list_of(ObjectId tree) const { return list_of_[tree]; }
  [[nodiscard]] std::span<const TreeItem> items(ListId list) const;
  [[nodiscard]] std::size_t list_count() const { return workers_.size() * longest_; }
  [[nodiscard]] const std::string& name(std::uint32_t name) const { return names_[name]; }

  /// Objects named by trees that the store lacks; submodules do not count.
  [[nodiscard]] const std::vector<Oid>& missing() const { return missing_; }

 private:
  friend class TreeVisitor;
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  struct Worker {
    std::vector<Range> lists;
    std::vector<TreeItem> items;
  };
  std::vector<ListId> list_of_;
  std::vector<Worker> workers_;  // list number i of worker w has id i * workers + w
  std::size_t longest_ = 0;
  std::vector<std::string> names_;
  std::vector<Oid> missing_;
};

}  // namespace keywake::git
