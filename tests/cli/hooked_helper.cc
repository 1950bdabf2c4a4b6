#include "cli/hooked_helper.h"

#include <cstdlib>
#include <stdexcept>

namespace keywake::testing {

std::string path_with_keywake() { return "PATH=" + std::string(KEYWAKE_BINARY_DIR) + ":" + std::getenv("PATH"); }

std::string leak(unsigned number) { return "token = " + github_token(number) + "\n"; }

WorkTree::WorkTree() : root(folder_.path() / "work") {
  std::filesystem::create_directories(root);
  run_git(root, {"init", "-q", "-b", "main"});
  commit_unseen("a.txt", "hello\n");
}

Ran WorkTree::install(const Arguments& names) {
  Arguments words{"hook", "install"};
  words.insert(words.end(), names.begin(), names.end());
  return run_keywake(words, {.folder = root});
}

Ran WorkTree::git(Arguments arguments, const Arguments& environment) {
  arguments.insert(arguments.begin(), "git");
  Arguments all = environment;
  all.push_back(path_with_keywake());
  return run_command(root, arguments, {}, all);
}

void WorkTree::stage(const std::string& path, std::string_view bytes) {
  write_file(root / path, bytes);
  run_git(root, {"add", "-f", "--", path});
}

void WorkTree::commit_unseen(const std::string& path, std::string_view bytes) {
  stage(path, bytes);
  run_git(root, {"commit", "-q", "--no-verify", "-m", "add " + path});
}

std::string WorkTree::id(const std::string& revision) { return git::test::chomp(run_git(root, {"rev-parse", revision})); }

Server::Server(const Arguments& names) : root(folder_.path() / "server.git") {
  run_git(folder_.path(), {"init", "-q", "--bare", "-b", "main", root.string()});
  run_git(root, {"config", "http.receivepack", "true"});
  if (names.empty()) return;
  Arguments words{"hook", "install"};
  words.insert(words.end(), names.begin(), names.end());
  const Ran ran = run_keywake(words, {.folder = root});
  if (ran.status != 0) throw std::runtime_error("hook install: " + ran.err);
}

}  // namespace keywake::testing
