// Repository: finds a git repository and reads what the scan needs to know of it besides objects: where the object stores are,
// which hash it uses, its refs, whether it is shallow or partial. Everything in it is data: of its configuration only the
// object format and the partial-clone marks are read, nothing in it is run or followed but `gitdir`, `commondir`
// and `alternates`, which name further folders of objects (gitrepository-layout(5)).
// Ownership: values. Thread safety: immutable after open.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/oid.h"

namespace keywake::git {

struct Ref {
  std::string name;  // "HEAD", "refs/heads/main"
  Oid target;        // an annotated tag is not peeled
};

struct Repository {
  std::filesystem::path git_dir;     // of this work tree
  std::filesystem::path common_dir;  // where refs and objects are; git_dir but in linked work trees
  std::optional<std::filesystem::path> work_tree;  // none if bare
  HashKind hash = HashKind::kSha1;
  std::vector<std::filesystem::path> object_dirs;  // its own first, then alternates
  std::vector<Ref> refs;       // HEAD first, then by name
  bool shallow = false;        // history was cut off by a shallow clone
  bool partial = false;        // objects are left at a remote on purpose
  std::vector<std::string> notes;  // what could not be read or is not supported, for the summary

  /// `path` is a work tree (a folder with .git), a bare repository, or a .git folder itself; absent if it is none of them. An error if it
  /// is one that cannot be read.
  static Result<std::optional<Repository>> open(const std::filesystem::path& path);
};

}  // namespace keywake::git
