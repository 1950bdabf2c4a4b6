// hooks/pre-commit, in a real repository, and what --staged makes of an index.
#include <algorithm>
#include <cstdlib>

#include "catch.h"
#include "cli/keywake_helper.h"

using namespace keywake::testing;
namespace fs = std::filesystem;

namespace {

// A repository with one commit and the hook in place; keywake is found on the PATH.
struct Hooked {
  TemporaryFolder folder;
  fs::path root = folder.path();
  std::string path = "PATH=" + std::string(KEYWAKE_BINARY_DIR) + ":" + std::getenv("PATH");
  Hooked() {
    run_git(root, {"init", "-q"});
    write_file(root / "a.txt", "hello\n");
    run_git(root, {"add", "."});
    run_git(root, {"commit", "-qm", "first"});
    fs::create_directories(root / ".git/hooks");
    fs::copy_file(std::string(KEYWAKE_SOURCE_DIR) + "/hooks/pre-commit",
                  root / ".git/hooks/pre-commit");
  }
  Ran commit(Arguments arguments, const std::string& search = "") {
    arguments.insert(arguments.begin(),
                     {"env", search.empty() ? path : search, "git", "commit", "-qm", "next"});
    return run_command(root, arguments);
  }
};

// By the hook, for a credential (git itself turns any refusal of a hook into 1).
bool refused(const Ran& ran) {
  return ran.status == 1 && contains(ran.err, "take the credentials above out");
}

}  // namespace

TEST_CASE("The hook refuses a commit that brings in a credential") {
  Hooked repository;
  const std::string leak = "token = " + github_token(3) + "\n";

  SECTION("a clean change passes") {
    write_file(repository.root / "a.txt", "hello again\n");
    CHECK(repository.commit({"-a"}).status == 0);
  }
  SECTION("a staged leak does not, and is shown") {
    write_file(repository.root / "b.txt", leak);
    run_git(repository.root, {"add", "."});
    Ran ran = repository.commit({});
    CHECK(refused(ran));
    CHECK(contains(ran.out + ran.err, "b.txt"));
    CHECK(contains(ran.err, "--no-verify"));
  }
  SECTION("nor does one that commit -a stages, in an index file of its own") {
    write_file(repository.root / "a.txt", leak);
    CHECK(refused(repository.commit({"-a"})));
  }
  SECTION("nor one of a commit of named files only") {
    write_file(repository.root / "a.txt", leak);
    CHECK(refused(repository.commit({"a.txt"})));
  }
  SECTION("a leak in the work tree that is not staged is left alone") {
    write_file(repository.root / "a.txt", leak);
    write_file(repository.root / "b.txt", "clean\n");
    run_git(repository.root, {"add", "b.txt"});
    CHECK(repository.commit({}).status == 0);
  }
  SECTION("what is staged counts, not what stands in the work tree") {
    write_file(repository.root / "a.txt", leak);
    run_git(repository.root, {"add", "a.txt"});
    write_file(repository.root / "a.txt", "clean\n");
    CHECK(refused(repository.commit({})));
  }
  SECTION("nothing to scan is clean: a commit that only removes, or is empty") {
    run_git(repository.root, {"rm", "-q", "a.txt"});
    CHECK(repository.commit({}).status == 0);
    CHECK(repository.commit({"--allow-empty"}).status == 0);
  }
  SECTION("without keywake it refuses and says so") {
    write_file(repository.root / "a.txt", "hello again\n");
    fs::create_directories(repository.root / "bin");
    for (const char* tool : {"git", "sh"})
      fs::create_symlink("/usr/bin/" + std::string(tool), repository.root / "bin" / tool);
    Ran ran = repository.commit({"-a"}, "PATH=" + (repository.root / "bin").string());
    CHECK(ran.status == 1);
    CHECK(contains(ran.err, "keywake is not on the PATH"));
  }
}

TEST_CASE("A leak that was committed before is not what is staged") {
  Hooked repository;
  write_file(repository.root / "old.txt", "token = " + github_token(4) + "\n");
  run_git(repository.root, {"add", "."});
  run_git(repository.root, {"commit", "-qm", "leak", "--no-verify"});
  CHECK(run_keywake({"scan", "--staged"}, {.folder = repository.root}).status == 0);
  CHECK(run_keywake({"scan"}, {.folder = repository.root}).status == 1);
}

TEST_CASE("Ranges, branches and dates narrow the history") {
  Hooked repository;
  auto commit_leak = [&](const char* file, unsigned number) {
    write_file(repository.root / file, "token = " + github_token(number) + "\n");
    run_git(repository.root, {"add", "."});
    run_git(repository.root, {"commit", "-qm", file, "--no-verify"});
    run_git(repository.root, {"tag", file});
  };
  run_git(repository.root, {"tag", "start"});
  commit_leak("one", 11);
  commit_leak("two", 12);
  run_git(repository.root, {"checkout", "-q", "-b", "side", "start"});
  commit_leak("three", 13);

  struct Row {
    Arguments flags;
    std::vector<unsigned> found;
  };
  const Row kRows[] = {
      {{}, {11, 12, 13}},
      {{"--range", "start..two"}, {11, 12}},
      {{"--range", "one..two"}, {12}},
      {{"--range", "two..three"}, {13}},
      {{"--branch", "two"}, {11, 12}},
      {{"--branch", "side"}, {13}},
      {{"--branch", "side", "--branch", "one"}, {11, 13}},
      {{"--since", "2020-01-01"}, {11, 12, 13}},
      {{"--no-history"}, {13}},
  };
  for (const Row& row : kRows) {
    std::string line;
    for (const std::string& flag : row.flags) line += " " + flag;
    INFO("keywake scan" << line);
    Arguments words{"scan", "-f", "jsonl", "--show-secrets"};
    words.insert(words.end(), row.flags.begin(), row.flags.end());
    Ran ran = run_keywake(words, {.folder = repository.root});
    INFO(ran.err);
    CHECK(ran.status == 1);
    for (unsigned number : {11U, 12U, 13U}) {
      INFO("token " << number);
      bool expected = std::find(row.found.begin(), row.found.end(), number) != row.found.end();
      CHECK(contains(ran.out, github_token(number)) == expected);
    }
  }
  CHECK(run_keywake({"scan", "--range", "start..no-such-branch"}, {.folder = repository.root})
            .status == 2);
  CHECK(run_keywake({"scan", "--branch", "no-such-branch"}, {.folder = repository.root}).status ==
        2);
  CHECK(run_keywake({"scan", "--since", "yesterday-ish"}, {.folder = repository.root}).status == 2);
}
