// The index and what is staged, against `git ls-files` and `git diff --cached`.
#include "git/staged.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

#include "catch.h"
#include "git/repository_generator_helper.h"

namespace keywake::git {
namespace {

namespace fs = std::filesystem;
using test::Arguments;
using test::write_file;

/// A work tree of our own.
class WorkTree {
 public:
  explicit WorkTree(const Arguments& init_options = {}) {
    Arguments arguments = {"init", "-q", "--template=", "-b", "main"};
    arguments.insert(arguments.end(), init_options.begin(), init_options.end());
    git(arguments);
  }
  std::string git(const Arguments& arguments, std::string_view input = {}) const {
    return test::run_git(folder_.path(), arguments, input);
  }
  void write(const std::string& path, std::string_view bytes) const {
    write_file(folder_.path() / path, bytes);
  }
  void commit() const { git({"commit", "-q", "--allow-empty", "-m", "x"}); }
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

struct Row {
  std::string path;
  std::string blob;
  std::string head;
  std::uint32_t mode = 0;
  bool operator==(const Row&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << std::oct << row.mode << std::dec << ' ' << row.head << ' ' << row.blob << ' '
             << row.path;
}

Repository repository_at(const fs::path& path) {
  auto found = Repository::open(path);
  REQUIRE(found);
  REQUIRE(*found);
  return std::move(**found);
}

/// By the code under test.
std::vector<Row> staged(const fs::path& path, std::vector<std::string>* notes = nullptr) {
  Repository repository = repository_at(path);
  Problems problems;
  auto index = IndexFile::read(repository);
  REQUIRE(index);
  auto database = ObjectDatabase::open(repository, problems, limits::kDefaultMaxFileSize,
                                       ObjectDatabase::Packs::kOwn);
  REQUIRE(database);
  auto changes = staged_changes(repository, *index, *database, problems);
  REQUIRE(changes);
  CHECK(problems.take().empty());
  if (notes != nullptr) *notes = changes->notes;
  std::vector<Row> rows;
  for (const StagedChange& change : changes->changes) {
    rows.push_back({change.path, change.blob.hex(), change.head_blob.hex(), change.mode});
  }
  return rows;
}

/// By `git diff --cached --raw`: ":<mode> <mode> <oid> <oid> <status>\0<path>\0".
std::vector<Row> staged_by_git(const WorkTree& tree, const std::string& head = "HEAD") {
  std::vector<Row> rows;
  const std::string null(40, '0');
  std::vector<std::string> pieces =
      test::split(tree.git({"diff-index", "--cached", "--raw", "-z", "-r", "--no-renames",
                            "--no-abbrev", "--ita-invisible-in-index", head}),
                  '\0');
  for (std::size_t i = 0; i + 1 < pieces.size(); i += 2) {
    std::istringstream fields(pieces[i].substr(1));
    std::string old_mode;
    std::string mode;
    std::string old_oid;
    std::string oid;
    std::string status;
    fields >> old_mode >> mode >> old_oid >> oid >> status;
    if (status == "D" || status == "U" || mode == "160000" || oid == old_oid) continue;
    rows.push_back({pieces[i + 1], oid, old_mode == "160000" ? null : old_oid,
                    static_cast<std::uint32_t>(std::stoul(mode, nullptr, 8))});
  }
  return rows;
}

/// `git ls-files --stage -z`: "<mode> <oid> <stage>\t<path>\0". A sparse folder stands there as one
/// entry with --sparse.
void check_entries(const WorkTree& tree) {
  auto index = IndexFile::read(repository_at(tree.path()));
  REQUIRE(index);
  std::ostringstream mine;
  for (const IndexEntry& entry : index->entries()) {
    char mode[16];
    std::snprintf(mode, sizeof mode, "%06o", static_cast<unsigned>(entry.mode()));
    mine << mode << ' ' << entry.oid().hex() << ' ' << int{entry.stage()} << '\t' << entry.path
         << '\0';
  }
  CHECK(mine.str() == tree.git({"ls-files", "--stage", "-z", "--sparse"}));
}

void check_both(const WorkTree& tree) {
  check_entries(tree);
  CHECK(staged(tree.path()) == staged_by_git(tree));
}

void fill(const WorkTree& tree) {
  for (const char* path :
       {"a.txt", "a/b.txt", "a/c/d.txt", "a-b/x", "a0", "z/deep/er/file", "odd\n\"name\"\t\xff"}) {
    tree.write(path, std::string("content of ") + path + "\n");
  }
  fs::create_symlink("a.txt", tree.path() / "link");
  tree.git({"add", "-A"});
  tree.commit();
}

TEST_CASE("nothing staged, unborn HEAD, bare") {
  WorkTree tree;
  CHECK(staged(tree.path()).empty());  // not even an index
  tree.write("first/file", "x");
  tree.git({"add", "."});
  const std::string empty_tree = test::chomp(tree.git({"hash-object", "-t", "tree", "/dev/null"}));
  CHECK(staged(tree.path()).size() == 1);
  CHECK(staged(tree.path()) == staged_by_git(tree, empty_tree));
  tree.commit();
  check_both(tree);
  CHECK(staged(tree.path()).empty());
  auto bare = test::generate_repository({.seed = 2, .commits = 3});
  CHECK(staged(bare.path()).empty());
}

TEST_CASE("each kind of change, in each version of the index") {
  for (const char* version : {"2", "3", "4"}) {
    INFO("index version " << version);
    WorkTree tree;
    fill(tree);
    tree.git({"update-index", "--index-version", version});
    check_both(tree);
    CHECK(staged(tree.path()).empty());
    tree.write("a.txt", "changed\n");
    tree.write("a/new", "new\n");
    tree.write("not staged", "x");
    tree.git({"add", "a.txt", "a/new"});
    tree.write("a.txt", "changed again, not staged\n");
    check_both(tree);
    tree.git({"mv", "a/c/d.txt", "moved"});               // same blob, new path
    tree.git({"rm", "-q", "--cached", "a0"});             // deleted
    tree.git({"update-index", "--chmod=+x", "a/b.txt"});  // mode only
    tree.git({"rm", "-qr", "z"});
    tree.write("z", "a file where a folder was");
    fs::remove(tree.path() / "link");
    fs::create_symlink("elsewhere", tree.path() / "link");
    tree.git({"add", "z", "link"});
    tree.git(
        {"update-index", "--add", "--cacheinfo", "160000," + std::string(40, 'c') + ",sub/module"});
    check_both(tree);
    CHECK(staged(tree.path()).size() == 5);
    tree.write("later", "x");
    tree.git({"add", "-N", "later"});
    tree.git({"update-index", "--skip-worktree", "a-b/x"});
    check_both(tree);
    std::vector<std::string> notes;
    CHECK(staged(tree.path(), &notes).size() == 5);
    CHECK(notes.size() == 1);
    auto index = IndexFile::read(repository_at(tree.path()));
    REQUIRE(index);
    for (const IndexEntry& entry : index->entries()) {
      CHECK(entry.skip_worktree() == (entry.path == "a-b/x"));
      CHECK(entry.intent_to_add() == (entry.path == "later"));
    }
  }
}

TEST_CASE("random histories: any commit's tree in the index against HEAD") {
  auto bare =
      test::generate_repository({.seed = 61, .commits = 60, .layout = test::Layout::kOnePack});
  WorkTree tree;
  tree.git({"fetch", "-q", bare.path().string(), "+refs/heads/*:refs/heads/*", "--update-head-ok"});
  std::vector<std::string> commits = test::split(tree.git({"rev-list", "--branches"}), '\n');
  for (std::size_t i = 0; i < commits.size(); i += 4) {
    INFO(commits[i]);
    tree.git({"read-tree", commits[i]});
    if (i % 8 == 0) tree.git({"update-index", "--index-version", "4"});
    if (i % 12 == 0)
      tree.git({"update-index", "--add", "--cacheinfo",
                "100644," + test::chomp(tree.git({"hash-object", "-w", "--stdin"}, commits[i])) +
                    ",src/new"});
    check_both(tree);
  }
}

TEST_CASE("what git saw of each file") {
  WorkTree tree;
  fill(tree);
  auto index = IndexFile::read(repository_at(tree.path()));
  REQUIRE(index);
  for (const IndexEntry& entry : index->entries()) {
    struct stat info{};
    REQUIRE(::lstat((tree.path() / std::string(entry.path)).c_str(), &info) == 0);
    CHECK(entry.size() == static_cast<std::uint32_t>(info.st_size));
    CHECK(entry.mtime_seconds() == static_cast<std::uint32_t>(info.st_mtim.tv_sec));
    CHECK(entry.mtime_nanoseconds() == static_cast<std::uint32_t>(info.st_mtim.tv_nsec));
    CHECK(entry.ctime_seconds() == static_cast<std::uint32_t>(info.st_ctim.tv_sec));
    CHECK(entry.inode() == static_cast<std::uint32_t>(info.st_ino));
    CHECK(entry.device() == static_cast<std::uint32_t>(info.st_dev));
  }
}

TEST_CASE("conflicts have their stages and are no staged changes") {
  WorkTree tree;
  fill(tree);
  tree.git({"checkout", "-q", "-b", "other"});
  tree.write("a.txt", "theirs\n");
  tree.git({"commit", "-qam", "theirs"});
  tree.git({"checkout", "-q", "main"});
  tree.write("a.txt", "ours\n");
  tree.git({"commit", "-qam", "ours"});
  CHECK(test::run_command(tree.path(), {"git", "merge", "-q", "other"}).status == 1);
  check_both(tree);
  auto index = IndexFile::read(repository_at(tree.path()));
  REQUIRE(index);
  CHECK(std::count_if(index->entries().begin(), index->entries().end(),
                      [](auto& entry) { return entry.stage() > 0; }) == 3);
  std::vector<std::string> notes;
  staged(tree.path(), &notes);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("conflict") != std::string::npos);
}

TEST_CASE("split index") {
  WorkTree tree;
  auto path = [](int i) { return fs::path("d").concat(std::to_string(i % 7)) / std::to_string(i); };
  for (int i = 0; i < 300; ++i) tree.write(path(i), std::to_string(i));
  tree.git({"add", "-A"});
  tree.commit();
  tree.git({"update-index", "--split-index"});
  check_both(tree);
  tree.git({"config", "core.splitIndex", "true"});
  tree.git({"config", "splitIndex.maxPercentChange", "100"});
  for (int i = 0; i < 300; i += 11) tree.write(path(i), "changed");
  tree.write("d3/new", "new");
  tree.write("0first", "new");
  tree.git({"add", "-A"});
  tree.git({"rm", "-q", "-r", "--cached", "d5"});
  check_both(tree);
  CHECK(staged(tree.path()).size() > 20);
  for (const auto& file : fs::directory_iterator(tree.path() / ".git")) {
    if (file.path().filename().native().starts_with("sharedindex.")) fs::remove(file.path());
  }
  auto index = IndexFile::read(repository_at(tree.path()));
  REQUIRE(!index);
  CHECK(index.error().message.find("sharedindex.") != std::string::npos);
}

TEST_CASE("sparse index") {
  WorkTree tree;
  fill(tree);
  const std::string other =
      test::chomp(tree.git({"commit-tree", "-m", "x", test::chomp(tree.git({"mktree"}))}));
  tree.git({"sparse-checkout", "set", "--cone", "--sparse-index", "a"});
  auto index = IndexFile::read(repository_at(tree.path()));
  REQUIRE(index);
  auto entries = index->entries();
  REQUIRE(std::any_of(entries.begin(), entries.end(),
                      [](auto& entry) { return entry.mode() == 0040000; }));
  check_both(tree);
  tree.write("a/b.txt", "changed");
  tree.git({"add", "a/b.txt"});
  check_both(tree);
  CHECK(staged(tree.path()).size() == 1);
  tree.git({"update-ref", "HEAD",
            other});  // all that is in the index is staged now, in sparse folders too
  check_entries(tree);
  CHECK(staged(tree.path()).size() == 8);
}

TEST_CASE("linked work trees have an index of their own") {
  WorkTree tree;
  fill(tree);
  test::TemporaryFolder folder;
  fs::path linked = folder.path() / "linked";
  tree.git({"worktree", "add", "-q", linked.string(), "-b", "side"});
  write_file(linked / "only here", "x");
  test::run_git(linked, {"add", "only here"});
  CHECK(staged(tree.path()).empty());
  REQUIRE(staged(linked).size() == 1);
  CHECK(staged(linked)[0].path == "only here");
}

TEST_CASE("a damaged index is an error or a list, never a crash") {
  WorkTree tree;
  fill(tree);
  tree.write("new", "x");
  tree.git({"add", "new"});
  fs::path file = tree.path() / ".git/index";
  for (const char* kind : {"2", "4", "split"}) {
    INFO(kind);
    if (std::string(kind) == "split") {
      tree.git({"update-index", "--split-index"});
      tree.write("another", "x");
      tree.git({"add", "another"});
      tree.git({"rm", "-q", "--cached", "a.txt"});
    } else {
      tree.git({"update-index", "--index-version", kind});
    }
    std::ifstream stream(file, std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(stream)), {});
    const Repository repository = repository_at(tree.path());
    std::size_t errors = 0;
    auto attempt = [&](const std::string& bytes) {
      write_file(file, bytes);
      auto index = IndexFile::read(repository);
      errors += index ? 0 : 1;
      if (!index) {
        CHECK(index.error().message.find("index") != std::string::npos);
        return;
      }
      Problems problems;
      auto database = ObjectDatabase::open(repository, problems, limits::kDefaultMaxFileSize,
                                           ObjectDatabase::Packs::kOwn);
      REQUIRE(database);
      REQUIRE(staged_changes(repository, *index, *database, problems));
    };
    for (std::size_t size = 0; size < whole.size(); size += 3) attempt(whole.substr(0, size));
    CHECK(errors > whole.size() / 3 * 8 / 10);
    test::Random random(7);
    for (int i = 0; i < 600; ++i) {
      std::string bytes = whole;
      for (std::size_t flips = 1 + random.below(4); flips > 0; --flips) {
        bytes[random.below(bytes.size())] = static_cast<char>(random.next());
      }
      attempt(bytes);
    }
    write_file(file, whole);
  }
}

TEST_CASE("a FIFO in place of the index does not block") {
  WorkTree tree;
  REQUIRE(::mkfifo((tree.path() / ".git/index").c_str(), 0600) == 0);
  CHECK(!IndexFile::read(repository_at(tree.path())));
}

TEST_CASE("fifty thousand files: only the folders with staged files are looked into") {
  WorkTree tree;
  std::string stream = "commit refs/heads/main\ncommitter C <c@c> 1600000000 +0000\ndata 0\n";
  for (int i = 0; i < 50'000; ++i) {
    stream += "M 100644 inline dir" + std::to_string(i / 500) + "/sub" + std::to_string(i / 10) +
              "/file" + std::to_string(i) + ".txt\ndata 2\n" + std::to_string(i % 10) + "\n\n";
  }
  tree.git({"fast-import", "--quiet"}, stream);
  tree.git({"read-tree", "HEAD"});
  CHECK(staged(tree.path()).empty());
  std::string blob = test::chomp(tree.git({"hash-object", "-w", "--stdin"}, "staged"));
  tree.git(
      {"update-index", "--add", "--cacheinfo", "100644," + blob + ",dir7/sub399/file3999.txt"});
  CHECK(staged(tree.path()) == staged_by_git(tree));
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    auto start = std::chrono::steady_clock::now();
    CHECK(staged(tree.path()).size() == 1);
    best = std::min(
        best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                  .count());
  }
  INFO("staged changes of 50,000 files: " << best << " ms");
  CHECK(best < 500);  // generous, for sanitizers and busy machines; reading all 5,100 trees takes
                      // longer still
}

}  // namespace
}  // namespace keywake::git
