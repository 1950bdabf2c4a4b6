// keywake hook install, uninstall and status, among whatever else is there.
#include "catch.h"
#include "cli/hooked_helper.h"

using namespace keywake::testing;
namespace fs = std::filesystem;

namespace {

void write_hook(const fs::path& path, const std::string& text) {
  write_file(path, "#!/bin/sh\n" + text);
  fs::permissions(path, fs::perms::owner_all);
}

Ran keywake_in(const fs::path& folder, Arguments words) { return run_keywake(std::move(words), {.folder = folder}); }

}  // namespace

TEST_CASE("Installed, a clean commit says nothing and a leak is stopped; taken out, nothing is left") {
  WorkTree tree;
  Ran installed = tree.install();
  REQUIRE(installed.status == 0);
  for (const char* hook : {"pre-commit", "commit-msg", "pre-push"}) CHECK(contains(installed.out, std::string("installed ") + hook));
  CHECK_FALSE(fs::exists(tree.root / ".git/hooks/pre-receive"));

  tree.stage("b.txt", "clean\n");
  Ran clean = tree.git({"commit", "-q", "-m", "clean"});
  CHECK(clean.status == 0);
  CHECK(clean.out + clean.err == "");

  tree.stage("c.txt", leak(1));
  CHECK(tree.git({"commit", "-q", "-m", "leak"}).status == 1);

  CHECK(contains(tree.install().out, "installed already"));
  CHECK(contains(keywake_in(tree.root, {"hook", "status"}).out, "pre-commit   keywake\n"));
  Ran gone = keywake_in(tree.root, {"hook", "uninstall"});
  CHECK(gone.status == 0);
  CHECK(fs::is_empty(tree.root / ".git/hooks") == !fs::exists(tree.root / ".git/hooks/pre-commit.sample"));
  for (const char* hook : {"pre-commit", "commit-msg", "pre-push"}) CHECK_FALSE(fs::exists(tree.root / ".git/hooks" / hook));
  CHECK(tree.git({"commit", "-q", "-m", "leak"}).status == 0);
  CHECK(contains(keywake_in(tree.root, {"hook", "uninstall"}).out, "no hook of keywake's"));
}

TEST_CASE("A hook that is there runs first, stops what it stopped before, and comes back") {
  WorkTree tree;
  const fs::path hook = tree.root / ".git/hooks/pre-commit";
  write_hook(hook, "echo theirs ran >&2\n[ ! -e stop ]\n");
  const std::string theirs = read_text(hook);
  Ran installed = tree.install();
  REQUIRE(installed.status == 0);
  CHECK(contains(installed.out, "runs first"));
  CHECK(contains(keywake_in(tree.root, {"hook", "status"}).out, "keywake, after pre-commit.before-keywake"));

  tree.stage("b.txt", "clean\n");
  Ran both = tree.git({"commit", "-q", "-m", "x"});
  CHECK(both.status == 0);
  CHECK(contains(both.err, "theirs ran"));

  tree.stage("c.txt", leak(1));
  Ran ours = tree.git({"commit", "-q", "-m", "x"});
  CHECK(ours.status == 1);
  CHECK(contains(ours.err, "theirs ran"));
  CHECK(contains(ours.err, "c.txt:1:9"));

  write_file(tree.root / "stop", "");
  Ran stopped = tree.git({"commit", "-q", "-m", "x"});
  CHECK(stopped.status == 1);
  CHECK_FALSE(contains(stopped.err, "c.txt:1:9"));

  CHECK(keywake_in(tree.root, {"hook", "uninstall", "pre-commit"}).status == 0);
  CHECK(read_text(hook) == theirs);
  CHECK((fs::status(hook).permissions() & fs::perms::owner_exec) != fs::perms::none);
  CHECK_FALSE(fs::exists(hook.string() + ".before-keywake"));
}

TEST_CASE("Both hooks of a push get all of standard input, also one that does not read it") {
  WorkTree tree;
  Server server(Arguments{});
  const bool reads = GENERATE(true, false);
  write_hook(tree.root / ".git/hooks/pre-push", reads ? "cat > seen\n" : "echo \"$1\" > seen\n");
  REQUIRE(tree.install().status == 0);
  run_git(tree.root, {"remote", "add", "origin", server.root.string()});
  CHECK(tree.git({"push", "-q", "origin", "main"}).status == 0);
  CHECK(contains(read_text(tree.root / "seen"), reads ? "refs/heads/main " + tree.id("main") + " refs/heads/main 0000" : "origin"));
  tree.commit_unseen("c.txt", leak(1));
  Ran refused = tree.git({"push", "-q", "origin", "main"});
  CHECK(refused.status == 1);
  CHECK(contains(refused.err, "nothing was pushed"));
}

TEST_CASE("Nothing is overwritten: with both names taken it says so and leaves them") {
  WorkTree tree;
  const fs::path hook = tree.root / ".git/hooks/pre-commit";
  write_hook(hook, "true # one\n");
  write_hook(hook.string() + ".before-keywake", "true # two\n");
  Ran ran = tree.install({"pre-commit"});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "pre-commit.before-keywake is in the way"));
  CHECK(contains(read_text(hook), "one"));
  CHECK(contains(read_text(hook.string() + ".before-keywake"), "two"));
  Ran left = keywake_in(tree.root, {"hook", "uninstall", "pre-commit"});
  CHECK(left.status == 0);
  CHECK(contains(left.out, "not keywake's"));
  CHECK(contains(read_text(hook), "one"));
}

TEST_CASE("Hooks go where core.hooksPath says") {
  WorkTree tree;
  SECTION("relative to the top of the work tree, from a folder below, and made if it is not there") {
    run_git(tree.root, {"config", "core.hooksPath", "my hooks"});
    fs::create_directories(tree.root / "sub");
    REQUIRE(keywake_in(tree.root / "sub", {"hook", "install"}).status == 0);
    CHECK(fs::exists(tree.root / "my hooks/pre-commit"));
    CHECK_FALSE(fs::exists(tree.root / ".git/hooks/pre-commit"));
  }
  SECTION("absolute, for all repositories, which it says") {
    TemporaryFolder home;
    write_file(home.path() / "config", "[core]\n\thooksPath = " + (home.path() / "hooks").string() + "\n");
    Ran ran = run_keywake({"hook", "install"}, {.folder = tree.root, .environment = {"GIT_CONFIG_GLOBAL=" + (home.path() / "config").string()}});
    CHECK(ran.status == 0);
    CHECK(contains(ran.out, "every repository"));
    CHECK(fs::exists(home.path() / "hooks/pre-commit"));
    tree.stage("b.txt", leak(2));
    CHECK(tree.git({"commit", "-q", "-m", "x"}, {"GIT_CONFIG_GLOBAL=" + (home.path() / "config").string()}).status == 1);
    return;
  }
  tree.stage("b.txt", leak(2));
  CHECK(tree.git({"commit", "-q", "-m", "x"}).status == 1);
}

TEST_CASE("A linked work tree shares its hooks, and is scanned by its own index") {
  WorkTree tree;
  REQUIRE(tree.install().status == 0);
  run_git(tree.root, {"worktree", "add", "-q", "../linked"});
  const fs::path linked = tree.root.parent_path() / "linked";
  write_file(linked / "b.txt", leak(3));
  run_git(linked, {"add", "."});
  Ran ran = run_command(linked, {"git", "commit", "-q", "-m", "x"}, {}, {path_with_keywake()});
  CHECK(ran.status == 1);
  CHECK(contains(ran.err, "b.txt:1:9"));
}

TEST_CASE("Managers of hooks are told how to add keywake, and nothing of theirs is touched") {
  struct Row {
    const char* manager;
    const char* file;
    const char* text;
    const char* hooks_path;
    const char* advice;
  };
  const Row kRows[] = {
      {"husky", ".husky/_/pre-commit", "#!/bin/sh\n. \"$(dirname \"$0\")/h\"\n", ".husky/_", "echo 'keywake hook run pre-commit' >> .husky/pre-commit"},
      {"lefthook", "lefthook.yml", "pre-commit:\n", nullptr, "run: keywake hook run pre-push {1} {2}\n          use_stdin: true"},
      {"lefthook", ".git/hooks/pre-commit", "#!/bin/sh\ncall_lefthook run \"pre-commit\" \"$@\"\n", nullptr, "run: keywake hook run pre-commit"},
      {"the pre-commit framework", ".pre-commit-config.yaml", "repos: []\n", nullptr, "entry: keywake hook run pre-commit"},
      {"the pre-commit framework", ".git/hooks/pre-commit", "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n", nullptr, "entry: keywake hook run pre-commit"},
      {"overcommit", ".git/hooks/pre-commit", "#!/usr/bin/env ruby\n# overcommit\n", nullptr, "command: ['keywake', 'hook', 'run', 'pre-commit']"},
  };
  for (const Row& row : kRows) {
    INFO(row.manager << " by " << row.file);
    WorkTree tree;
    write_file(tree.root / row.file, row.text);
    if (row.hooks_path != nullptr) run_git(tree.root, {"config", "core.hooksPath", row.hooks_path});
    Ran ran = tree.install({"pre-commit", "pre-push"});
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, std::string(row.manager) + " manages hooks here"));
    CHECK(contains(ran.err, row.advice));
    CHECK(read_text(tree.root / row.file) == row.text);
    CHECK_FALSE(fs::exists((tree.root / row.file).string() + ".before-keywake"));
  }
}

TEST_CASE("What cannot be done is said") {
  WorkTree tree;
  TemporaryFolder nowhere;
  struct Row {
    fs::path folder;
    Arguments words;
    const char* message;
  };
  Server server(Arguments{});
  const Row kRows[] = {
      {nowhere.path(), {"hook", "install"}, "not a git repository"},
      {tree.root, {"hook", "install", "post-commit"}, "there is no hook 'post-commit'"},
      {server.root, {"hook", "install", "pre-commit"}, "this one is bare"},
      {tree.root, {"hook", "run", "nonsense"}, "there is no hook 'nonsense'"},
      {tree.root, {"hook", "instal"}, "did you mean 'hook install'"},
      {tree.root, {"hook", "run", "commit-msg"}, "the file of the message"},
      {tree.root, {"hook", "run", "commit-msg", "no-such-file"}, "no-such-file"},
      {tree.root, {"hook", "run", "update", "refs/heads/x"}, "REF OLD-ID NEW-ID"},
      {nowhere.path(), {"hook", "run", "pre-commit"}, "not a git repository"},
  };
  for (const Row& row : kRows) {
    Ran ran = keywake_in(row.folder, row.words);
    INFO(row.message << "\n" << ran.err);
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, row.message));
  }
}
