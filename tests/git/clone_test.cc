// Cloning with the user's git, over file:// and over git's own protocol from a daemon on loopback.
#include "git/clone.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <thread>

#include "catch.h"
#include "git/git_url.h"
#include "git/repository_generator_helper.h"

namespace keywake::git {
namespace {

namespace fs = std::filesystem;

/// A variable of the environment, set while the object lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = ::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() {
    if (old_) {
      ::setenv(name_, old_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

Result<ClonedRepository> quietly(const std::string& url) {
  return clone(url, {});
}

std::string objects(const fs::path& repository) {
  return test::run_git(repository, {"rev-list", "--all", "--objects"});
}

TEST_CASE("which texts are git URLs") {
  for (const char* url : {"https://host/path.git", "http://host", "ssh://git@host:22/path",
                          "git://host/x", "file:///srv/x.git", "git@host:path",
                          "user@host.example:~/x", "https://user:word@host/x"}) {
    INFO(url);
    CHECK(is_git_url(url));
  }
  for (const char* text : {"",
                           "path",
                           "./a:b",
                           "/abs/path",
                           "host:path",
                           "C:\\x",
                           "-u@host:path",
                           "--upload-pack=x",
                           "ext::sh -c id",
                           "fd::7",
                           "ext::ssh a@b:c",
                           "user@host",
                           "user@host:",
                           "user@host::x",
                           "ssh://-oProxyCommand=id/x",
                           "ssh://u@-oProxyCommand=id/x",
                           "u@-host:x",
                           "ftp://host/x",
                           "HTTP://host/x",
                           "http://",
                           "file://",
                           "https://host/a\nb",
                           "a@b\x1b:c",
                           "dir/a@b:c",
                           "two words@host:x",
                           "://x",
                           "@host:x",
                           "rsync://h/x",
                           "me@[::1]:x"}) {
    INFO(text);
    CHECK(!is_git_url(text));
  }
}

TEST_CASE("what is shown of a URL holds no secret") {
  const std::string word = "pa%40ss" + std::string(4, 'w');
  struct Row {
    std::string url;
    std::string shown;
  };
  const Row rows[] = {
      {"https://host/x?y", "https://host/x?***"},
      {"https://me:" + word + "@host:8080/x", "https://***@host:8080/x"},
      {"https://" + word + "@host/x", "https://***@host/x"},
      {"https://me:a@b" + word + "@host/x", "https://***@host/x"},
      {"ssh://git:" + word + "@host/x", "ssh://git:***@host/x"},
      {"ssh://git@host/x", "ssh://git@host/x"},
      {"git@host:x", "git@host:x"},
      {"file:///a b", "file:///a b"},
  };
  for (const Row& row : rows) {
    INFO(row.shown);
    CHECK(redacted_url(row.url) == row.shown);
    const std::string safe = redact("unable to access '" + row.url + "'", row.url);
    CHECK(safe.starts_with("unable to access '"));
    CHECK(safe.find(word) == std::string::npos);
  }
  // What git makes of the password is starred as well.
  CHECK(redact("password pa@sswwww of me", "https://me:" + word + "@host/x") ==
        "password *** of ***");
}

TEST_CASE("a clone has all refs and objects of the original, is private, and goes away") {
  auto original = test::generate_repository({.seed = 71, .commits = 30});
  fs::path folder;
  {
    std::vector<std::string> said;
    auto cloned = clone("file://" + original.path().native(),
                        [&](std::string_view line) { said.emplace_back(line); });
    REQUIRE(cloned);
    folder = cloned->path().parent_path();
    struct stat info{};
    REQUIRE(::stat(folder.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);
    CHECK(test::run_git(cloned->path(), {"for-each-ref"}) == original.git({"for-each-ref"}));
    CHECK(objects(cloned->path()) == objects(original.path()));
    CHECK(!fs::exists(cloned->path() / "hooks"));
    CHECK(!said.empty());
    for (const std::string& line : said) CHECK(line.find('\r') == std::string::npos);
    ClonedRepository moved = std::move(*cloned);
    CHECK(fs::exists(moved.path() / "HEAD"));
  }
  CHECK(!folder.empty());
  CHECK(!fs::exists(folder));
}

TEST_CASE("it clones although a hook's environment names another repository") {
  auto original = test::generate_repository({.seed = 72, .commits = 5});
  auto other = test::generate_repository({.seed = 73, .commits = 5});
  Variable git_dir("GIT_DIR", other.path().native());
  Variable index("GIT_INDEX_FILE", "/nonexistent/index");
  auto cloned = quietly("file://" + original.path().native());
  REQUIRE(cloned);
  CHECK(objects(cloned->path()) == objects(original.path()));
}

TEST_CASE("nothing in the user's templates or the remote's submodules is run or fetched") {
  test::TemporaryFolder folder;
  fs::path marker = folder.path() / "marker";
  fs::path hook = folder.path() / "template/hooks/post-checkout";
  test::write_file(hook, "#!/bin/sh\ntouch " + marker.native() + "\n");
  fs::permissions(hook, fs::perms::owner_all);
  test::run_git(folder.path(), {"init", "-q", "work"});
  fs::path work = folder.path() / "work";
  test::write_file(
      work / ".gitmodules",
      "[submodule \"s\"]\n\tpath = s\n\turl = ext::sh -c touch% " + marker.native() + "\n");
  test::run_git(work,
                {"update-index", "--add", "--cacheinfo", "160000," + std::string(40, 'a') + ",s"});
  test::run_git(work, {"add", ".gitmodules"});
  test::run_git(work, {"commit", "-q", "-m", "x"});
  Variable templates("GIT_TEMPLATE_DIR", (folder.path() / "template").native());
  Variable count("GIT_CONFIG_COUNT", "1");
  Variable key("GIT_CONFIG_KEY_0", "submodule.recurse");
  Variable value("GIT_CONFIG_VALUE_0", "true");
  auto cloned = quietly("file://" + work.native());
  REQUIRE(cloned);
  CHECK(!fs::exists(cloned->path() / "hooks"));
  CHECK(!fs::exists(marker));
}

TEST_CASE("refused and failing URLs: the message names them, without the password") {
  test::TemporaryFolder folder;
  fs::path marker = folder.path() / "marker";
  for (std::string url :
       {"ext::sh -c touch% " + marker.native(), "--upload-pack=touch " + marker.native(),
        "-c@host:" + marker.native(), std::string("/just/a/path")}) {
    INFO(url);
    auto refused = quietly(url);
    REQUIRE(!refused);
    CHECK(refused.error().message.find("not a URL") != std::string::npos);
    CHECK(!fs::exists(marker));
  }
  auto missing = quietly("file://" + (folder.path() / "no such repository").native());
  REQUIRE(!missing);
  CHECK(missing.error().message.find("no such repository") != std::string::npos);
  CHECK(missing.error().message.find("git says: ") != std::string::npos);
  CHECK(missing.error().message.find("fatal: ") != std::string::npos);

  const std::string word = "w" + std::string(11, 'o') + "rd";
  auto nobody = quietly("http://me:" + word + "@127.0.0.1:1/x.git");  // nothing listens there
  REQUIRE(!nobody);
  CHECK(nobody.error().message.find("127.0.0.1:1/x.git") != std::string::npos);
  CHECK(nobody.error().message.find(word) == std::string::npos);

  Variable path("PATH", folder.path().native());
  auto no_git = quietly("file:///x");
  REQUIRE(!no_git);
  CHECK(no_git.error().message.find("git cannot be started") != std::string::npos);
}

TEST_CASE("no folder is left behind by a clone that fails") {
  test::TemporaryFolder folder;
  Variable temporary("TMPDIR", folder.path().native());
  CHECK(!quietly("file:///nonexistent/repository"));
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a signal that ends the process removes the folder first") {
  auto original = test::generate_repository({.seed = 74, .commits = 5});
  test::TemporaryFolder folder;
  pid_t child = ::fork();
  if (child == 0) {
    ::setenv("TMPDIR", folder.path().c_str(), 1);
    for (int number : {SIGINT, SIGTERM, SIGHUP})
      ::signal(number, SIG_DFL);  // Catch2 has handlers of its own
    auto cloned = quietly("file://" + original.path().native());
    if (!cloned || !fs::exists(cloned->path())) ::_exit(3);
    ::kill(::getpid(), SIGTERM);
    ::pause();
    ::_exit(4);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGTERM);
  CHECK(fs::is_empty(folder.path()));
}

/// git daemon on a port of loopback that is free.
class Daemon {
 public:
  explicit Daemon(const fs::path& base) {
    int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    ::close(probe);
    port_ = ntohs(address.sin_port);
    std::string where = "--base-path=" + base.native();
    std::string port = "--port=" + std::to_string(port_);
    const char* arguments[] = {
        "git",         "daemon",     "--export-all",         "--listen=127.0.0.1",
        where.c_str(), port.c_str(), "--informative-errors", nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    REQUIRE(::posix_spawnp(&child_, "git", &actions, nullptr, const_cast<char**>(arguments),
                           environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    for (int attempt = 0; attempt < 200 && !answers(address); ++attempt) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon() {
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
  }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "git://127.0.0.1:" + std::to_string(port_) + "/" + path;
  }

 private:
  static bool answers(const sockaddr_in& address) {
    int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connected =
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return connected;
  }
  pid_t child_ = 0;
  int port_ = 0;
};

TEST_CASE("clone from a daemon") {
  auto original =
      test::generate_repository({.seed = 75, .commits = 30, .layout = test::Layout::kOnePack});
  Daemon daemon(original.path().parent_path());
  auto cloned = quietly(daemon.url("repository.git"));
  INFO((cloned ? std::string() : cloned.error().message));
  REQUIRE(cloned);
  CHECK(objects(cloned->path()) == objects(original.path()));
  auto missing = quietly(daemon.url("nothing.git"));
  REQUIRE(!missing);
  CHECK(missing.error().message.find("nothing.git") != std::string::npos);
}

TEST_CASE("protocols that the user forbids stay forbidden") {
  auto original = test::generate_repository({.seed = 76, .commits = 3});
  Variable allowed("GIT_ALLOW_PROTOCOL", "https:ext");
  auto refused = quietly("file://" + original.path().native());
  REQUIRE(!refused);
  CHECK(refused.error().message.find("not allowed") != std::string::npos);
}

}  // namespace
}  // namespace keywake::git
