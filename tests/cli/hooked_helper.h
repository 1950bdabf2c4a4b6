// Repositories with keywake's hooks in them, made by `keywake hook install` itself.
#pragma once

#include <filesystem>
#include <string>

#include "cli/keywake_helper.h"

namespace keywake::testing {

/// A work tree with one commit (a.txt), on branch main.
class WorkTree {
  TemporaryFolder folder_;

 public:
  WorkTree();
  /// `keywake hook install NAME...` there.
  Ran install(const Arguments& names = {});
  /// Any git command there, whatever its exit status. keywake is on the PATH.
  Ran git(Arguments arguments, const Arguments& environment = {});
  /// Writes and stages a file.
  void stage(const std::string& path, std::string_view bytes);
  /// Stages and commits a file past all hooks.
  void commit_unseen(const std::string& path, std::string_view bytes);
  [[nodiscard]] std::string id(const std::string& revision);

  std::filesystem::path root;
};

/// A bare repository with `keywake hook install NAMES...`.
class Server {
  TemporaryFolder folder_;

 public:
  explicit Server(const Arguments& names = {"pre-receive"});
  std::filesystem::path root;  // …/server.git
};

/// PATH with the built keywake first.
std::string path_with_keywake();

/// "token = ghp_…\n"
std::string leak(unsigned number);

}  // namespace keywake::testing
