// .pre-commit-hooks.yaml in the pre-commit framework itself, as PyPI has it (scripts/fetch-pre-commit).
#include "catch.h"
#include "cli/hooked_helper.h"

using namespace keywake::testing;

TEST_CASE("The pre-commit framework runs our hooks at commit, message and push") {
  const std::string source = KEYWAKE_SOURCE_DIR;
  Ran fetched = run_command(source, {source + "/scripts/fetch-pre-commit"});
  INFO(fetched.err);
  REQUIRE(fetched.status == 0);

  WorkTree hooks;  // the repository that users name
  hooks.commit_unseen(".pre-commit-hooks.yaml", read_text(source + "/.pre-commit-hooks.yaml"));
  WorkTree tree;
  TemporaryFolder home;
  const Arguments environment{"PYTHONPATH=" + source + "/build/pre-commit", "HOME=" + home.path().string(), "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory",
                              "GIT_CONFIG_VALUE_0=*", path_with_keywake()};
  tree.commit_unseen(".pre-commit-config.yaml", "repos:\n  - repo: " + hooks.root.string() + "\n    rev: " + hooks.id("HEAD") +
                                                    "\n    hooks: [{id: keywake}, {id: keywake-message}, {id: keywake-push}]\n");
  Ran installed = run_command(tree.root, {"/usr/bin/python3", "-m", "pre_commit", "install", "--hook-type", "pre-commit", "--hook-type", "commit-msg", "--hook-type", "pre-push"}, {},
                              environment);
  INFO(installed.err);
  REQUIRE(installed.status == 0);
  auto git = [&](Arguments words) { return tree.git(std::move(words), environment); };

  tree.stage("b.txt", "clean\n");
  Ran clean = git({"commit", "-q", "-m", "clean"});
  INFO(clean.out << clean.err);
  CHECK(clean.status == 0);
  tree.stage("c.txt", leak(1));
  Ran stopped = git({"commit", "-q", "-m", "leak"});
  CHECK(stopped.status == 1);
  CHECK(contains(stopped.out + stopped.err, "c.txt:1:9"));
  run_git(tree.root, {"reset", "-q", "--hard"});
  Ran message = git({"commit", "-q", "--allow-empty", "-m", github_token(2)});
  CHECK(message.status == 1);
  CHECK(contains(message.out + message.err, "message:1:1"));

  Server server(Arguments{});
  run_git(tree.root, {"remote", "add", "origin", server.root.string()});
  Ran first = git({"push", "-q", "origin", "main"});
  INFO(first.out << first.err);
  CHECK(first.status == 0);
  tree.commit_unseen("d.txt", leak(3));
  Ran pushed = git({"push", "-q", "origin", "main"});
  CHECK(pushed.status == 1);
  CHECK(contains(pushed.out + pushed.err, "d.txt:1:9"));
}
