// CommitTable: trees, parents and dates of all commits, filled while a walk passes over them, and the tips that refs name.
// Thread safety: none while filling (one graph per worker, then append()); immutable afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "git/object_store.h"
#include "git/problems.h"
#include "git/repository.h"

namespace keywake::git {

/// The target of an annotated tag.
std::optional<Oid> parse_tag(std::string_view bytes);

class CommitTable {
 public:
  void add(ObjectId id, std::string_view bytes, const ObjectStore& store);
  void append(const CommitTable& other);

  [[nodiscard]] std::size_t size() const { return id_.size(); }
  [[nodiscard]] ObjectId id(std::size_t commit) const { return id_[commit]; }
  [[nodiscard]] ObjectId tree(std::size_t commit) const { return tree_[commit]; }
  [[nodiscard]] std::int64_t committed(std::size_t commit) const { return committed_[commit]; }
  /// kNoObject for a parent that is not there.
  [[nodiscard]] std::span<const ObjectId> parents(std::size_t commit) const {
    return {parents_.data() + parent_begin_[commit], parents_.data() + parent_begin_[commit + 1]};
  }

 private:
  std::vector<ObjectId> id_;
  std::vector<ObjectId> tree_;
  std::vector<std::int64_t> committed_;
  std::vector<std::size_t> parent_begin_{0};
  std::vector<ObjectId> parents_;
};

/// What refs point to, in the order of Repository::refs, each once. A ref whose object is missing is a problem.
struct Tips {
  std::vector<ObjectId> commits;  // tags peeled
  std::vector<ObjectId> tags;     // the annotated tags passed on the way
};
Tips tips(const Repository& repository, const ObjectStore& store, Problems& problems);

}  // namespace keywake::git
