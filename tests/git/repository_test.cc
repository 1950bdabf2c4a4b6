// Finding repositories and reading refs, from well-formed folders and from what damage or malice leaves of them.
#include "git/repository.h"

#include <algorithm>

#include "catch.h"
#include "git/run_git_helper.h"

namespace keywake::git::test {
namespace {
namespace fs = std::filesystem;

const std::string kOne(40, '1');
const std::string kTwo(40, '2');
const std::string kThree(40, '3');

// A bare repository without an object.
void make_bare(const fs::path& path) {
  fs::create_directories(path / "objects" / "pack");
  fs::create_directories(path / "refs" / "heads");
  write_file(path / "HEAD", "ref: refs/heads/main\n");
}

Repository open(const fs::path& path) {
  auto repository = Repository::open(path);
  REQUIRE(repository.has_value());
  REQUIRE(repository->has_value());
  return **repository;
}

std::string refs_of(const Repository& repository) {
  std::string text;
  for (const Ref& ref : repository.refs) text += ref.name + " " + ref.target.hex(repository.hash).substr(0, 1) + "\n";
  return text;
}

TEST_CASE("repository: a work tree, a bare one, a linked work tree, and what is none") {
  TemporaryFolder folder;
  const fs::path tree = folder.path() / "tree";
  fs::create_directories(tree);
  run_git(tree, {"init", "-q", "-b", "main"});
  write_file(tree / "file", "text");
  run_git(tree, {"add", "file"});
  run_git(tree, {"commit", "-q", "-m", "one"});
  run_git(tree, {"worktree", "add", "-q", "-b", "side", "../linked"});
  run_git(tree, {"clone", "-q", "--bare", ".", "../bare.git"});
  const std::string head = chomp(run_git(tree, {"rev-parse", "HEAD"}));

  for (const char* name : {"tree", "tree/.git", "bare.git", "linked"}) {
    INFO(name);
    Repository repository = open(folder.path() / name);
    REQUIRE(repository.refs.size() >= 2);
    CHECK(repository.refs[0].name == "HEAD");
    CHECK(repository.refs[0].target.hex() == head);
    CHECK(repository.notes.empty());
    CHECK(repository.work_tree.has_value() == (std::string(name) == "tree" || std::string(name) == "linked"));
  }
  Repository linked = open(folder.path() / "linked");
  CHECK(fs::equivalent(linked.common_dir, tree / ".git"));
  CHECK(fs::equivalent(linked.object_dirs.at(0), tree / ".git" / "objects"));

  for (const fs::path& path : {folder.path(), tree / "file", folder.path() / "nothing"}) {
    auto none = Repository::open(path);
    REQUIRE(none.has_value());
    CHECK_FALSE(none->has_value());
  }
}

TEST_CASE("repository: what a .git entry may be, and where it may lead") {
  struct Case {
    const char* what;
    std::string file;   // content of .git
    std::string error;  // "": no repository, and no error
  };
  const Case cases[] = {
      {"empty", "", ""},
      {"no gitdir line", "something else\n", ""},
      {"itself", "gitdir: .git\n", "not a git directory"},
      {"its own folder", "gitdir: .\n", "not a git directory"},
      {"another .git file that leads back", "gitdir: ../b\n", "not a git directory"},
      {"nothing there", "gitdir: /nonexistent/\x1b[31m\n", "/nonexistent/\\e[31m, which is not a git directory"},
      {"nothing named", "gitdir:", "not a git directory"},
      {"too long", "gitdir: " + std::string(10'000, 'x'), "larger than"},
  };
  for (const Case& one : cases) {
    INFO(one.what);
    TemporaryFolder folder;
    write_file(folder.path() / "a" / ".git", one.file);
    write_file(folder.path() / "b" / ".git", "gitdir: ../a\n");
    auto opened = Repository::open(folder.path() / "a");
    if (one.error.empty()) {
      REQUIRE(opened.has_value());
      CHECK_FALSE(opened->has_value());
    } else {
      REQUIRE_FALSE(opened.has_value());
      INFO(opened.error().message);
      CHECK(opened.error().message.find(one.error) != std::string::npos);
    }
  }
  TemporaryFolder folder;
  make_bare(folder.path() / "real");
  fs::create_directories(folder.path() / "linked");
  fs::create_directory_symlink("../real", folder.path() / "linked" / ".git");
  CHECK(open(folder.path() / "linked").work_tree.has_value());
  fs::create_directories(folder.path() / "loop");
  fs::create_symlink(".git", folder.path() / "loop" / ".git");
  auto loop = Repository::open(folder.path() / "loop");
  REQUIRE(loop.has_value());
  CHECK_FALSE(loop->has_value());
}

TEST_CASE("repository: a common folder that leads nowhere or to itself") {
  TemporaryFolder folder;
  make_bare(folder.path() / "a");
  write_file(folder.path() / "a" / "commondir", ".\n");
  CHECK(open(folder.path() / "a").object_dirs.size() == 1);
  write_file(folder.path() / "a" / "commondir", "/nonexistent\n");
  auto lost = Repository::open(folder.path() / "a");
  REQUIRE_FALSE(lost.has_value());
  CHECK(lost.error().message.find("no readable objects folder in /nonexistent") != std::string::npos);
}

TEST_CASE("repository: refs in packed-refs and in files, symbolic ones, and those that stand above others") {
  TemporaryFolder folder;
  make_bare(folder.path());
  write_file(folder.path() / "packed-refs", "# pack-refs with: peeled fully-peeled sorted\n" + kOne +
                                                " refs/heads/main\n" + kTwo + " refs/tags/v1\n^" + kThree + "\n");
  write_file(folder.path() / "refs/heads/main", kTwo + "\n");
  write_file(folder.path() / "refs/heads/half.lock", "123");
  write_file(folder.path() / "refs/remotes/origin/HEAD", "ref: refs/remotes/origin/first\n");
  write_file(folder.path() / "refs/remotes/origin/first", "ref: refs/heads/main\n");
  write_file(folder.path() / "refs/remotes/origin/gone", "ref: refs/heads/gone\n");
  Repository repository = open(folder.path());
  CHECK(refs_of(repository) ==
        "HEAD 2\nrefs/heads/main 2\nrefs/remotes/origin/HEAD 2\nrefs/remotes/origin/first 2\nrefs/tags/v1 2\n");
  CHECK(repository.notes.empty());
}

TEST_CASE("repository: symbolic refs in a circle, symbolic links, control characters") {
  TemporaryFolder folder;
  make_bare(folder.path());
  write_file(folder.path() / "refs/heads/main", kOne);
  write_file(folder.path() / "refs/heads/a", "ref: refs/heads/b");
  write_file(folder.path() / "refs/heads/b", "ref: refs/heads/a");
  write_file(folder.path() / "refs/heads/\x1b[2J", "gar\x1b" "bage");
  write_file(folder.path() / "refs/heads/odd\n", kThree);
  write_file(folder.path() / "outside", kTwo);
  fs::create_symlink("../../outside", folder.path() / "refs/heads/link-out");
  fs::create_symlink("refs/heads/main", folder.path() / "refs/heads/link-in");
  fs::create_directory_symlink(".", folder.path() / "refs/heads/circle");
  fs::remove(folder.path() / "HEAD");
  fs::create_symlink("refs/heads/main", folder.path() / "HEAD");  // as git before 1.0 wrote it
  Repository repository = open(folder.path());
  CHECK(refs_of(repository) == "HEAD 1\nrefs/heads/link-in 1\nrefs/heads/main 1\nrefs/heads/odd\n 3\n");
  auto said = [&](std::string_view name) {
    return std::count(repository.notes.begin(), repository.notes.end(),
                      std::string(name) + " is damaged: no such tip is known");
  };
  CHECK(said("refs/heads/\\e[2J") == 1);
  CHECK(said("refs/heads/link-out") == 1);
  CHECK(said("refs/heads/circle") == 1);
  CHECK(repository.notes.size() == 3);
}

TEST_CASE("repository: garbage in HEAD, refs and packed-refs is named and the rest is read") {
  TemporaryFolder folder;
  make_bare(folder.path());
  write_file(folder.path() / "refs/heads/good", kOne);
  write_file(folder.path() / "refs/heads/empty", "");
  write_file(folder.path() / "refs/heads/wide", std::string(64, '4'));  // an id of SHA-256
  write_file(folder.path() / "refs/heads/long", std::string(5000, '5'));
  write_file(folder.path() / "packed-refs", "\nno ref\n" + kTwo + "\n" + kTwo + " \n" + kTwo + " refs/tags/v1\n" +
                                                std::string("\0\xff\x1b", 3));
  for (const std::string& head : {std::string(), std::string("garbage"), std::string("\0\0\0", 3), std::string(5000, 'r')}) {
    write_file(folder.path() / "HEAD", head);
    Repository repository = open(folder.path());
    CHECK(refs_of(repository) == "refs/heads/good 1\nrefs/tags/v1 2\n");
    std::sort(repository.notes.begin(), repository.notes.end());
    CHECK(repository.notes == std::vector<std::string>{
                                  "HEAD is damaged: no such tip is known",
                                  "packed-refs is damaged: 4 of its lines name no ref",
                                  "refs/heads/empty is damaged: no such tip is known",
                                  "refs/heads/long is damaged: no such tip is known",
                                  "refs/heads/wide is damaged: no such tip is known",
                              });
  }
}

TEST_CASE("repository: a .git folder that has lost its HEAD is still one") {
  TemporaryFolder folder;
  make_bare(folder.path() / ".git");
  write_file(folder.path() / ".git/refs/heads/main", kOne);
  fs::remove(folder.path() / ".git/HEAD");
  Repository repository = open(folder.path());
  CHECK(refs_of(repository) == "refs/heads/main 1\n");
  CHECK(repository.notes == std::vector<std::string>{"HEAD is damaged: no such tip is known"});
}

TEST_CASE("repository: very many damaged refs are counted, and folders of refs end somewhere") {
  TemporaryFolder folder;
  make_bare(folder.path());
  for (int i = 0; i < 150; ++i) write_file(folder.path() / "refs/heads" / std::to_string(i), "x");
  fs::path deep = folder.path() / "refs/tags";
  for (int i = 0; i < 60; ++i) deep /= "d";
  write_file(deep / "ref", kOne);
  Repository repository = open(folder.path());
  CHECK(repository.refs.empty());
  CHECK(repository.notes.size() == 101);
  CHECK(repository.notes.back() == "51 more refs are damaged");
}

TEST_CASE("repository: of the configuration only how objects are stored is read") {
  TemporaryFolder folder;
  make_bare(folder.path());
  struct Case {
    std::string config;
    HashKind hash;
    bool partial;
    std::size_t notes;
  };
  const Case cases[] = {
      {"", HashKind::kSha1, false, 0},
      {"[extensions]\n\tObjectFormat = SHA256\n", HashKind::kSha256, false, 0},
      {"[core]\n\tobjectformat = sha256\n", HashKind::kSha1, false, 0},
      {"[extensions]\npartialClone = origin\n", HashKind::kSha1, true, 0},
      {"[remote \"x\"]\npromisor = true\n", HashKind::kSha1, true, 0},
      {"[extensions]\nrefStorage = reftable\n", HashKind::kSha1, false, 1},
      {"[\n=\n]\n[]x=\n[extensions\nobjectformat=sha256", HashKind::kSha1, false, 0},
      {"[include]\npath = /etc/passwd\n", HashKind::kSha1, false, 0},
      {std::string(2'000'000, 'x'), HashKind::kSha1, false, 1},
  };
  for (const Case& one : cases) {
    INFO(one.config.substr(0, 60));
    write_file(folder.path() / "config", one.config);
    Repository repository = open(folder.path());
    CHECK(repository.hash == one.hash);
    CHECK(repository.partial == one.partial);
    CHECK(repository.notes.size() == one.notes);
  }
}

}  // namespace
}  // namespace keywake::git::test
