#include "git/clone.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "base/text.h"
#include "git/git_url.h"

extern char** environ;

namespace keywake::git {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxLine = 4096;  // of what git says; longer lines are cut
constexpr std::size_t kKeptLines = 4;   // of those, for the message if it fails

// Folders to remove when a signal ends the process. A handler may use little: it starts `rm` with
// _Fork and execve, which are async-signal-safe, waits for it, and lets the signal do what it would
// have done. Slots are filled before the handler can see them.
constexpr std::size_t kSlots = 16;
struct Slot {
  volatile sig_atomic_t used = 0;
  char folder[1024] = {};
};
std::array<Slot, kSlots> slots;
std::mutex slots_mutex;

void remove_folder_in_handler(char* folder) {
  char program[] = "/bin/rm";
  char options[] = "-rf";
  char end_of_options[] = "--";
  char* arguments[] = {program, options, end_of_options, folder, nullptr};
  char* no_environment[] = {nullptr};
  pid_t child = ::_Fork();
  if (child == 0) {
    ::execve(program, arguments, no_environment);
    ::_exit(127);
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

void on_signal(int signal) {  // its disposition is the default again: SA_RESETHAND
  for (Slot& slot : slots) {
    if (slot.used != 0) remove_folder_in_handler(slot.folder);
  }
  ::raise(signal);
}

void handle_signals() {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction current{};
    if (::sigaction(signal, nullptr, &current) != 0 || current.sa_handler != SIG_DFL) continue;
    struct sigaction action{};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
    ::sigaction(signal, &action, nullptr);
  }
}

int take_slot(const fs::path& folder) {
  std::lock_guard lock(slots_mutex);
  handle_signals();
  for (std::size_t i = 0; i < kSlots; ++i) {
    if (slots[i].used != 0 || folder.native().size() >= sizeof slots[i].folder) continue;
    std::strcpy(slots[i].folder, folder.c_str());
    slots[i].used = 1;
    return static_cast<int>(i);
  }
  return -1;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

/// The user's environment, without what binds git to another repository (hooks set it), and with
/// the few protocols a clone may use.
std::vector<std::string> environment() {
  constexpr std::string_view kDropped[] = {"GIT_DIR=",
                                           "GIT_WORK_TREE=",
                                           "GIT_INDEX_FILE=",
                                           "GIT_OBJECT_DIRECTORY=",
                                           "GIT_ALTERNATE_OBJECT_DIRECTORIES=",
                                           "GIT_COMMON_DIR=",
                                           "GIT_NAMESPACE=",
                                           "GIT_TEMPLATE_DIR=",
                                           "GIT_PREFIX=",
                                           "GIT_QUARANTINE_PATH=",
                                           "GIT_SHALLOW_FILE=",
                                           "GIT_GRAFT_FILE=",
                                           "GIT_ALLOW_PROTOCOL="};
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text = *entry;
    bool dropped = false;
    for (std::string_view name : kDropped) dropped = dropped || text.starts_with(name);
    if (!dropped && !(text.starts_with("GIT_TERMINAL_PROMPT=") && ::isatty(0) == 0))
      result.emplace_back(text);
  }
  // If the user allows fewer, no more than those.
  const char* users = ::getenv("GIT_ALLOW_PROTOCOL");
  std::string allowed;
  for (std::string_view protocol : {"http", "https", "ssh", "git", "file"}) {
    std::string in_list = fmt::format(":{}:", protocol);
    if (users != nullptr && fmt::format(":{}:", users).find(in_list) == std::string::npos) continue;
    if (!allowed.empty()) allowed += ':';
    allowed += protocol;
  }
  result.push_back("GIT_ALLOW_PROTOCOL=" + allowed);
  if (::isatty(0) == 0) result.emplace_back("GIT_TERMINAL_PROMPT=0");
  return result;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const std::string& text : strings) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

/// git's standard error in lines. Progress ends in a carriage return and is passed on only; the
/// rest is kept as well.
class Lines {
 public:
  Lines(const std::string& url, const std::function<void(std::string_view)>& progress)
      : url_(url), progress_(progress) {}
  void add(std::string_view bytes) {
    for (char c : bytes) {
      if (c == '\n' || c == '\r') {
        finish(c == '\n');
      } else if (line_.size() < kMaxLine) {
        line_ += c;
      }
    }
  }
  void finish(bool keep) {
    std::string line = printable(redact(std::exchange(line_, {}), url_));
    while (line.ends_with(' ')) line.pop_back();
    if (line.empty()) return;
    if (progress_) progress_(line);
    if (!keep || line.starts_with("Cloning into")) return;
    kept_.push_back(std::move(line));
    if (kept_.size() > kKeptLines) kept_.pop_front();
  }
  [[nodiscard]] std::string last() const {
    std::string result;
    for (const std::string& line : kept_) {
      if (!result.empty()) result += "; ";
      result += line;
    }
    return result.empty() ? "no reason given" : result;
  }

 private:
  const std::string& url_;
  const std::function<void(std::string_view)>& progress_;
  std::string line_;
  std::deque<std::string> kept_;
};

Result<pid_t> spawn(const std::vector<std::string>& arguments, int error_output) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (::isatty(0) == 0) ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, error_output, 2);
  const std::vector<std::string> variables = environment();
  pid_t child = 0;
  int error = ::posix_spawnp(&child, arguments[0].c_str(), &actions, nullptr,
                             pointers(arguments).data(), pointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return fail(fmt::format("git cannot be started ({}); install it and see that it is in PATH",
                            std::strerror(error)));
  }
  return child;
}

/// Reads until git ends. Something git started may outlive it with the pipe still open (a shared
/// ssh connection does), so the end of the pipe is not waited for once git has ended.
int follow(pid_t child, int error_output, Lines& lines) {
  int status = 0;
  bool ended = false;
  for (;;) {
    pollfd descriptor{.fd = error_output, .events = POLLIN, .revents = 0};
    int readable = ::poll(&descriptor, 1, ended ? 0 : 200);
    if (readable > 0) {
      char buffer[4096];
      ssize_t got = ::read(error_output, buffer, sizeof buffer);
      if (got > 0) {
        lines.add({buffer, static_cast<std::size_t>(got)});
        continue;
      }
      if (got < 0 && errno == EINTR) continue;
      if (!ended) {
        while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
      }
      break;
    }
    if (ended) break;
    ended = ::waitpid(child, &status, WNOHANG) == child;
  }
  lines.finish(true);
  return status;
}

}  // namespace

ClonedRepository::ClonedRepository(fs::path folder)
    : folder_(std::move(folder)), slot_(take_slot(folder_)) {}

ClonedRepository::ClonedRepository(ClonedRepository&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), slot_(std::exchange(other.slot_, -1)) {}

ClonedRepository& ClonedRepository::operator=(ClonedRepository&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(slot_, other.slot_);
  return *this;
}

ClonedRepository::~ClonedRepository() {
  if (folder_.empty()) return;
  std::error_code ignored;  // nobody is left to be told
  fs::remove_all(folder_, ignored);
  if (slot_ >= 0) slots[static_cast<std::size_t>(slot_)].used = 0;
}

Result<ClonedRepository> clone(const std::string& url,
                               const std::function<void(std::string_view)>& progress) {
  const std::string shown = redacted_url(url);
  if (!is_git_url(url)) {
    return fail(
        fmt::format("'{}' is not a URL that is cloned; give an http, https, ssh, git or file URL, "
                    "or user@host:path",
                    shown));
  }
  std::error_code ec;
  std::string name = (fs::temp_directory_path(ec) / "keywake-clone-XXXXXX").native();
  if (ec || ::mkdtemp(name.data()) == nullptr) {
    return fail(fmt::format("{}: no temporary folder to clone {} into: {}", printable(name), shown,
                            ec ? ec.message() : std::strerror(errno)));
  }
  ClonedRepository result{fs::path(name)};
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(fmt::format("cannot clone {}: {}", shown, std::strerror(errno)));
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const std::vector<std::string> arguments = {"git",
                                              "-c",
                                              "core.hooksPath=/dev/null",
                                              "-c",
                                              "core.fsmonitor=false",
                                              "-c",
                                              "gc.auto=0",
                                              "-c",
                                              "maintenance.auto=false",
                                              "-c",
                                              "transfer.bundleURI=false",
                                              "-c",
                                              "fetch.recurseSubmodules=false",
                                              "clone",
                                              "--mirror",
                                              "--no-hardlinks",
                                              "--no-recurse-submodules",
                                              "--template=",
                                              "--progress",
                                              "--",
                                              url,
                                              result.path().native()};
  auto child = spawn(arguments, writing.get());
  if (!child) return fail(fmt::format("cannot clone {}: {}", shown, child.error().message));
  writing.reset();
  Lines lines(url, progress);
  int status = follow(*child, reading.get(), lines);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return result;
  if (WIFSIGNALED(status)) {
    return fail(
        fmt::format("cannot clone {}: git was ended by signal {}", shown, WTERMSIG(status)));
  }
  return fail(fmt::format("cannot clone {}: git says: {}", shown, lines.last()));
}

}  // namespace keywake::git
