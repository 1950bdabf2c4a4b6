#include "cli/git_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"

extern char** environ;

namespace keywake::cli {
namespace {

// Both ends until the process has what it wrote, or -1.
struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) == 0) {
      read = ends[0];
      write = ends[1];
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    if (read >= 0) ::close(read);
    close_write();
  }
  void close_write() {
    if (write >= 0) ::close(write);
    write = -1;
  }
};

// All that comes out of two pipes, whichever has something.
void drain(int out_fd, std::string& out, int err_fd, std::string& err) {
  std::array<pollfd, 2> waiting{pollfd{out_fd, POLLIN, 0}, pollfd{err_fd, POLLIN, 0}};
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      char bytes[4096];
      const ssize_t count = ::read(waiting[i].fd, bytes, sizeof bytes);
      if (count > 0) {
        (i == 0 ? out : err).append(bytes, static_cast<std::size_t>(count));
      } else if (count == 0 || errno != EINTR) {
        waiting[i].fd = -1;
      }
    }
  }
}

}  // namespace

Result<std::string> ask_git(const std::string& folder, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"git", "-C", folder};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  Pipe out, err;
  if (out.write < 0 || err.write < 0) return fail(fmt::format("cannot run git: {}", std::strerror(errno)));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.write, 1);
  ::posix_spawn_file_actions_adddup2(&actions, err.write, 2);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, "git", &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail(fmt::format("cannot run git: {}; it must be on the PATH", std::strerror(error)));
  out.close_write();
  err.close_write();
  std::string said, complained;
  drain(out.read, said, err.read, complained);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  auto chomp = [](std::string& text) {
    while (text.ends_with('\n')) text.pop_back();
  };
  chomp(said);
  chomp(complained);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return fail(complained.empty() ? "git said no" : printable(complained));
  return said;
}

}  // namespace keywake::cli
