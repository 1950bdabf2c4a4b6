// The hooks of a commit: what they stop, what they let pass, and what they say.
#include "catch.h"
#include "cli/hooked_helper.h"

using namespace keywake::testing;
namespace fs = std::filesystem;

TEST_CASE("A stopped commit shows each credential at its line and every way on") {
  WorkTree tree;
  REQUIRE(tree.install().status == 0);
  tree.stage("config/prod.env", "# settings\nTOKEN=" + github_token(1) + "\n");
  Ran ran = tree.git({"commit", "-q", "-m", "x"});
  CHECK(ran.status == 1);
  CHECK(contains(ran.err, "config/prod.env:2:7"));
  CHECK(contains(ran.err, "git restore --staged"));
  CHECK(contains(ran.err, "replace it where it was issued"));
  CHECK(contains(ran.err, "https://github.com/settings/tokens"));
  CHECK(contains(ran.err, "git commit --no-verify"));
  CHECK_FALSE(contains(ran.out + ran.err, github_token(1)));

  SECTION("the command that it prints, with a reason put in, lets the commit pass") {
    const std::size_t begin = ran.err.find("sed -i ");
    REQUIRE(begin != std::string::npos);
    std::string command = ran.err.substr(begin, ran.err.find('\n', begin) - begin);
    const std::size_t why = command.find("<why>");
    REQUIRE(why != std::string::npos);

    // As it stands it gives no reason, and is refused for that.
    REQUIRE(run_command(tree.root, {"sh", "-c", command}).status == 0);
    run_git(tree.root, {"add", "."});
    Ran without = tree.git({"commit", "-q", "-m", "x"});
    CHECK(without.status == 1);
    CHECK(contains(without.err, "config/prod.env:2: keywake:allow without a reason"));

    write_file(tree.root / "config/prod.env", "# settings\nTOKEN=" + github_token(1) + "\n");
    command.replace(why, 5, "made up for the tests");
    REQUIRE(run_command(tree.root, {"sh", "-c", command}).status == 0);
    run_git(tree.root, {"add", "."});
    Ran with = tree.git({"commit", "-q", "-m", "x"});
    CHECK(with.status == 0);
    CHECK(with.out + with.err == "");
  }
  SECTION("--no-verify passes by") { CHECK(tree.git({"commit", "-q", "-m", "x", "--no-verify"}).status == 0); }
}

TEST_CASE("The printed command fits the file, or is not printed") {
  struct Row {
    const char* path;
    const char* expected;  // null: none
  };
  const Row kRows[] = {
      {"a.py", "'1s|$|  # keywake:allow github.pat-classic <why>|' a.py"},
      {"a b/c.go", "'1s|$|  // keywake:allow github.pat-classic <why>|' 'a b/c.go'"},
      {"x.xml", "'1s|$|  <!-- keywake:allow github.pat-classic <why> -->|' x.xml"},
      {"q.sql", "'1s|$|  -- keywake:allow github.pat-classic <why>|' q.sql"},
      {"-dash", "'1s|$|  # keywake:allow github.pat-classic <why>|' './-dash'"},
      {"a.json", nullptr},
      {"it's", nullptr},
      {"new\nline", nullptr},
      {"\xff\xfe", nullptr},
  };
  for (const Row& row : kRows) {
    INFO(row.path);
    WorkTree tree;
    REQUIRE(tree.install({"pre-commit"}).status == 0);
    tree.stage(row.path, leak(4));
    Ran ran = tree.git({"commit", "-q", "-m", "x"});
    CHECK(ran.status == 1);
    CHECK(contains(ran.err, "sed -i") == (row.expected != nullptr));
    if (row.expected != nullptr) CHECK(contains(ran.err, row.expected));
    CHECK(contains(ran.err, "keywake:allow github.pat-classic <why>"));
    for (unsigned char byte : ran.err) CHECK((byte == '\n' || (byte >= 0x20 && byte != 0x7f)));
  }
}

TEST_CASE("Whatever is staged: binary files, archives, links, deletions, an unborn or detached HEAD") {
  WorkTree tree;
  REQUIRE(tree.install().status == 0);
  auto commits = [&] {
    Ran ran = tree.git({"commit", "-q", "-m", "x"});
    INFO(ran.err);
    if (ran.status == 0) CHECK(ran.out + ran.err == "");
    return ran.status == 0;
  };
  SECTION("binary and clean") {
    tree.stage("b.bin", std::string(5000, '\0') + std::string("\x7f\x45LF\xff\xfe", 6));
    CHECK(commits());
  }
  SECTION("binary with a credential in it") {
    tree.stage("b.bin", std::string(5000, '\0') + github_token(5) + std::string(100, '\0'));
    CHECK_FALSE(commits());
  }
  SECTION("empty") {
    tree.stage("empty", "");
    CHECK(commits());
  }
  SECTION("deletion of a file with a credential, and of all files") {
    tree.commit_unseen("leak.txt", leak(5));
    run_git(tree.root, {"rm", "-q", "leak.txt"});
    CHECK(commits());
    run_git(tree.root, {"rm", "-q", "a.txt"});
    CHECK(commits());
  }
  SECTION("a symbolic link, whose target is its content") {
    fs::create_symlink("/nonexistent/" + github_token(6), tree.root / "link");
    run_git(tree.root, {"add", "link"});
    CHECK_FALSE(commits());
  }
  SECTION("the first commit of a branch without any") {
    run_git(tree.root, {"checkout", "-q", "--orphan", "fresh"});
    CHECK(commits());
    tree.stage("b.txt", leak(5));
    CHECK_FALSE(commits());
  }
  SECTION("a detached HEAD") {
    run_git(tree.root, {"checkout", "-q", "--detach"});
    tree.stage("b.txt", leak(5));
    CHECK_FALSE(commits());
    tree.stage("b.txt", "clean\n");
    CHECK(commits());
  }
  SECTION("GIT_DIR and GIT_WORK_TREE elsewhere") {
    TemporaryFolder elsewhere;
    write_file(elsewhere.path() / "b.txt", leak(7));
    const Arguments environment{"GIT_DIR=" + (tree.root / ".git").string(), "GIT_WORK_TREE=" + elsewhere.path().string(), path_with_keywake()};
    REQUIRE(run_command(elsewhere.path(), {"git", "add", "."}, {}, environment).status == 0);
    Ran ran = run_command(elsewhere.path(), {"git", "commit", "-q", "-m", "x"}, {}, environment);
    CHECK(ran.status == 1);
    CHECK(contains(ran.err, "b.txt:1:9"));
  }
}

TEST_CASE("An index that cannot be read stops the commit and says how to go on") {
  WorkTree tree;
  write_file(tree.root / "damaged", "no index at all");
  Ran ran = run_keywake({"hook", "run", "pre-commit"}, {.folder = tree.root, .environment = {"GIT_INDEX_FILE=damaged"}});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "damaged"));
  CHECK(contains(ran.err, "git commit --no-verify"));

  SECTION("as does a staged object that is not there, which is named; what else was found is shown all the same") {
    tree.stage("gone.txt", "soon gone\n");
    tree.stage("leak.txt", leak(8));
    const std::string id = tree.id(":gone.txt");
    fs::remove(tree.root / ".git/objects" / id.substr(0, 2) / id.substr(2));
    Ran missing = run_keywake({"hook", "run", "pre-commit"}, {.folder = tree.root});
    CHECK(missing.status == 2);
    CHECK(contains(missing.err, id));
    CHECK(contains(missing.err, "leak.txt:1:9"));
    CHECK(contains(missing.err, "git commit --no-verify"));
  }
}

TEST_CASE("commit-msg reads the message that git will take, and nothing behind the scissors") {
  WorkTree tree;
  REQUIRE(tree.install().status == 0);
  Ran stopped = tree.git({"commit", "-q", "--allow-empty", "-m", "subject\n\nuse " + github_token(9)});
  CHECK(stopped.status == 1);
  CHECK(contains(stopped.err, "message:3:5"));
  CHECK_FALSE(contains(stopped.err, github_token(9)));
  CHECK(tree.git({"commit", "-q", "--allow-empty", "-m", "subject"}).status == 0);

  // `git commit -v` shows the diff below a line of scissors: taking a credential out must not be stopped for that.
  tree.commit_unseen("old.txt", leak(10));
  tree.stage("old.txt", "token = gone\n");
  Ran verbose = tree.git({"commit", "-q", "-v"}, {"GIT_EDITOR=sed -i '1s/^/take it out/'"});
  INFO(verbose.err);
  CHECK(verbose.status == 0);
  CHECK(contains(run_git(tree.root, {"log", "-1", "--format=%s"}), "take it out"));
}
