// Trees with everything in them that a file system can hold.
#include "sources/directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "archive/made_archive.h"
#include "recorder.h"

using keywake::sources::DirectoryOptions;
using keywake::sources::scan_directory;
using testing::Recorder;
using testing::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("every file of a tree, once, whatever its name") {
  TemporaryFolder folder;
  std::map<std::string, std::string> expected;
  for (int i = 0; i < 500; ++i) {
    std::string name = fmt::format("d{}/e{}/f{}", i % 7, i % 3, i);
    expected[name] = "content of " + name;
  }
  for (int i = 0; i < 300; ++i)
    expected[fmt::format("flat/{}", i)] = std::string(static_cast<std::size_t>(i), 'x');
  for (const char* odd :
       {"new\nline", "esc\x1b[31m", "not\xffutf8", " ", "-", "*", "caf\xc3\xa9", ".hidden", "..."})
    expected[odd] = "odd";
  for (const auto& [name, content] : expected) folder.write(name, content);
  Recorder sink;
  auto counts = scan_directory(folder.path(), {}, sink);
  REQUIRE(counts);
  CHECK(sink.contents == expected);
  CHECK(sink.faults == "");
  CHECK(sink.skips.empty());
  CHECK(sink.files == expected.size());
  CHECK(counts->folders == 1 + 7 + 21 + 1);
}

TEST_CASE("links are not followed, so there are no loops; the root may be one") {
  TemporaryFolder folder;
  TemporaryFolder outside;
  outside.write("secret", "outside");
  folder.write("a/file", "1");
  fs::create_symlink("..", folder.path() / "a/loop");
  fs::create_symlink("loop2", folder.path() / "loop2");
  fs::create_directory_symlink(outside.path(), folder.path() / "out");
  fs::create_symlink("a/file", folder.path() / "alias");
  Recorder sink;
  auto counts = scan_directory(folder.path(), {}, sink);
  REQUIRE(counts);
  CHECK(sink.paths() == Paths{"a/file"});
  CHECK(counts->links == 4);
  CHECK(sink.skips.empty());

  fs::create_directory_symlink(folder.path() / "a", outside.path() / "root");
  Recorder through;
  REQUIRE(scan_directory(outside.path() / "root", {}, through));
  CHECK(through.paths() == Paths{"file"});
}

TEST_CASE("FIFOs, sockets and devices are named and not opened") {
  TemporaryFolder folder;
  folder.write("file", "1");
  REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
  int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  (folder.path() / "socket").string().copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(listening, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  Recorder sink;
  REQUIRE(scan_directory(folder.path(), {}, sink));
  ::close(listening);
  CHECK(sink.paths() == Paths{"file"});
  CHECK(sink.skips.size() == 2);
  CHECK(sink.reason("pipe") == "not a file (FIFO, socket or device)");
  CHECK(sink.reason("socket") == "not a file (FIFO, socket or device)");
}

TEST_CASE("globs choose files and prune folders") {
  TemporaryFolder folder;
  for (const char* name :
       {"a.py", "b.js", "lib/c.py", "lib/d.min.js", "vendor/e.py", "vendor/deep/f.py"})
    folder.write(name, "x");
  struct Case {
    Paths include, exclude, expected;
  };
  for (const Case& c :
       std::vector<Case>{{{}, {"vendor"}, {"a.py", "b.js", "lib/c.py", "lib/d.min.js"}},
                         {{"*.py"}, {}, {"a.py", "lib/c.py", "vendor/deep/f.py", "vendor/e.py"}},
                         {{"*.py"}, {"vendor/"}, {"a.py", "lib/c.py"}},
                         {{"lib"}, {"*.min.js"}, {"lib/c.py"}},
                         {{"vendor/**/f.py"}, {}, {"vendor/deep/f.py"}},
                         {{"*.py"}, {"*"}, {}}}) {
    DirectoryOptions options;
    options.include = c.include;
    options.exclude = c.exclude;
    Recorder sink;
    auto counts = scan_directory(folder.path(), options, sink);
    CHECK(sink.paths() == c.expected);
    CHECK(sink.skips.empty());
    if (c.expected.size() < 6) CHECK(counts->excluded > 0);
  }
}

TEST_CASE("repositories inside are reported, .git is left alone") {
  TemporaryFolder folder;
  folder.write(".git/config", "root");
  folder.write("sub/.git/objects/x", "packed");
  folder.write("sub/code.c", "code");
  folder.write("module/.git", "gitdir: ../.git/modules/module\n");
  folder.write("module/.gitignore", "ignored");
  for (const char* name :
       {"bare.git/HEAD", "bare.git/objects/pack/p", "bare.git/refs/heads/main", "bare.git/config"})
    folder.write(name, "b");
  std::map<std::string, bool> found;
  std::mutex mutex;
  bool take_over = true;
  DirectoryOptions options;
  options.repository = [&](const std::string& path, bool bare) {
    std::lock_guard lock(mutex);
    found[path] = bare;
    return take_over;
  };
  Recorder sink;
  REQUIRE(scan_directory(folder.path(), options, sink));
  CHECK(found ==
        std::map<std::string, bool>{{"sub", false}, {"module", false}, {"bare.git", true}});
  CHECK(sink.paths() == Paths{"module/.gitignore", "sub/code.c"});

  take_over = false;
  Recorder all;
  REQUIRE(scan_directory(folder.path(), options, all));
  CHECK(all.paths() == Paths{"bare.git/HEAD", "bare.git/config", "bare.git/objects/pack/p",
                             "bare.git/refs/heads/main", "module/.gitignore", "sub/code.c"});
}

TEST_CASE("known files are left out by the caller's word") {
  TemporaryFolder folder;
  folder.write("d/known", "12345");
  folder.write("d/changed", "123456");
  DirectoryOptions options;
  options.skip_file = [](std::string_view path, const struct stat& info) {
    return path == "d/known" && info.st_size == 5;
  };
  Recorder sink;
  auto counts = scan_directory(folder.path(), options, sink);
  CHECK(sink.paths() == Paths{"d/changed"});
  CHECK(counts->excluded == 1);
}

TEST_CASE("what cannot be read is a failure, and the rest goes on") {
  // root can read everything, so the walk is done by another user, in a child process.
  TemporaryFolder folder;
  folder.write("open/file", "readable");
  folder.write("closed/file", "never seen");
  folder.write("locked", "never seen");
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(folder.path() / "closed", fs::perms::none);
  fs::permissions(folder.path() / "locked", fs::perms::none);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::string seen;
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
      seen = "cannot become nobody";
    Recorder sink;
    auto counts = scan_directory(folder.path(), {}, sink);
    for (const auto& [path, content] : sink.contents) seen += path + "=" + content + ";";
    seen += sink.reason("closed") + ";" + sink.reason("locked") + ";" +
            std::to_string(sink.skips.size());
    bool written = ::write(ends[1], seen.data(), seen.size()) == static_cast<ssize_t>(seen.size());
    ::_exit(counts && written ? 0 : 1);
  }
  ::close(ends[1]);
  std::string seen;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    seen.append(buffer, static_cast<std::size_t>(got));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  fs::permissions(folder.path() / "closed", fs::perms(0755));
  CHECK(status == 0);
  CHECK(seen ==
        "open/file=readable;cannot be opened: Permission denied FAILED;cannot be opened: "
        "Permission denied FAILED;2");
}

TEST_CASE("a root that is no folder is an error") {
  TemporaryFolder folder;
  folder.write("file", "x");
  Recorder sink;
  CHECK(scan_directory(folder.path() / "none", {}, sink)
            .error()
            .message.ends_with("none: cannot be opened as a folder: No such file or directory"));
  CHECK(scan_directory(folder.path() / "file", {}, sink)
            .error()
            .message.ends_with("file: cannot be opened as a folder: Not a directory"));
}

TEST_CASE("paths longer than the system takes at once") {
  TemporaryFolder folder;
  std::string name(200, 'n');
  int at = ::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY);
  for (int depth = 0; depth < 60; ++depth) {
    REQUIRE(::mkdirat(at, name.c_str(), 0755) == 0);
    int next = ::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY);
    REQUIRE(next >= 0);
    ::close(at);
    at = next;
  }
  int file = ::openat(at, "deep", O_CREAT | O_WRONLY, 0644);
  REQUIRE(::write(file, "found", 5) == 5);
  ::close(file);
  ::close(at);
  Recorder sink;
  REQUIRE(scan_directory(folder.path(), {}, sink));
  REQUIRE(sink.contents.size() == 1);
  CHECK(sink.paths()[0].size() == 60 * 201 + 4);
  CHECK(sink.contents.begin()->second == "found");
  CHECK(sink.skips.empty());
}

TEST_CASE("a tree that is torn down while it is walked") {
  for (int round = 0; round < 5; ++round) {
    TemporaryFolder folder;
    for (int i = 0; i < 1000; ++i) folder.write(fmt::format("d{}/f{}", i % 50, i), "content");
    Recorder sink;
    std::atomic<bool> started = false;
    sink.on_piece = [&](const testing::Piece&) { started = true; };
    std::thread remover([&] {
      while (!started) std::this_thread::yield();
      for (int i = 0; i < 50; ++i) fs::remove_all(folder.path() / fmt::format("d{}", i));
    });
    auto counts = scan_directory(folder.path(), {}, sink);
    remover.join();
    REQUIRE(counts);
    for (const auto& skip : sink.skips) {
      CHECK(skip.reason == "vanished while scanning");
      CHECK_FALSE(skip.failed);
    }
    CHECK(sink.contents.size() + sink.skips.size() > 0);
    for (const auto& [path, content] : sink.contents)
      CHECK((content == "content" || content.empty()));
  }
}

TEST_CASE("a folder that becomes a link while the tree is walked does not lead outside") {
  TemporaryFolder outside;
  outside.write("secret", "outside");
  for (int round = 0; round < 5; ++round) {
    TemporaryFolder folder;
    for (int i = 0; i < 40; ++i) folder.write(fmt::format("a{}/b/secret", i), "inside");
    Recorder sink;
    std::atomic<bool> started = false;
    sink.on_piece = [&](const testing::Piece&) { started = true; };
    std::thread swapper([&] {
      while (!started) std::this_thread::yield();
      for (int i = 0; i < 40; ++i) {
        fs::path dir = folder.path() / fmt::format("a{}", i);
        fs::rename(dir / "b", dir / "c");
        fs::create_directory_symlink(outside.path(), dir / "b");
      }
    });
    REQUIRE(scan_directory(folder.path(), {}, sink));
    swapper.join();
    for (const auto& [path, content] : sink.contents) CHECK(content == "inside");
  }
}

TEST_CASE("archives in folders, with broken ones beside them") {
  TemporaryFolder folder;
  std::string jar = made::archive({"zip"}, {{"app.properties", "key = value"}});
  folder.write("lib/app.dat", jar);
  folder.write("lib/broken.tar.gz", made::archive({"ustar", "gzip"}, {{"x", "y"}}).substr(0, 40));
  folder.write("plain.txt", "plain");
  Recorder sink;
  REQUIRE(scan_directory(folder.path(), {}, sink));
  CHECK(sink.contents["lib/app.dat!/app.properties"] == "key = value");
  CHECK(sink.contents["plain.txt"] == "plain");
  CHECK(sink.reason("lib/broken.tar.gz").starts_with("damaged gzip: "));
  CHECK(sink.contents["lib/broken.tar.gz"].size() == 40);
}
