#include "git/run_git_helper.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace keywake::git::test {
namespace {

/// An unnamed file: standard input and output of a child go through files, so neither side can
/// block the other.
class UnnamedFile {
 public:
  UnnamedFile() {
    char name[] = "/tmp/keywake-test-io-XXXXXX";
    fd_ = ::mkostemp(name, O_CLOEXEC);
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), name);
    ::unlink(name);
  }
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;
  ~UnnamedFile() { ::close(fd_); }

  void put(std::string_view bytes) const {
    while (!bytes.empty()) {
      ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0) throw std::system_error(errno, std::generic_category(), "write");
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(fd_, 0, SEEK_SET);
  }
  [[nodiscard]] std::string take() const {
    std::string bytes(static_cast<std::size_t>(::lseek(fd_, 0, SEEK_END)), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
      ssize_t got =
          ::pread(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
      if (got <= 0) throw std::system_error(errno, std::generic_category(), "read");
      done += static_cast<std::size_t>(got);
    }
    return bytes;
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

/// PATH of the caller and nothing else of its environment.
Arguments fixed_environment() {
  const char* path = ::getenv("PATH");
  return {std::string("PATH=") + (path != nullptr ? path : "/usr/bin:/bin"),
          "HOME=/nonexistent",
          "LC_ALL=C",
          "TZ=UTC",
          "GIT_CONFIG_NOSYSTEM=1",
          "GIT_CONFIG_GLOBAL=/dev/null",
          "GIT_TERMINAL_PROMPT=0",
          "GIT_NO_REPLACE_OBJECTS=1",
          "GIT_AUTHOR_NAME=Ada Author",
          "GIT_AUTHOR_EMAIL=ada@example.org",
          "GIT_AUTHOR_DATE=1600000000 +0200",
          "GIT_COMMITTER_NAME=Carl Committer",
          "GIT_COMMITTER_EMAIL=carl@example.org",
          "GIT_COMMITTER_DATE=1600000100 +0000"};
}

std::vector<char*> pointers(const Arguments& strings) {
  std::vector<char*> result;
  for (const std::string& text : strings) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "keywake-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), name);
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) return;
  std::error_code ignored;  // what is left in /tmp fails no test
  std::filesystem::remove_all(path_, ignored);
}

CommandOutput run_command(const std::filesystem::path& folder, const Arguments& arguments,
                          std::string_view input, const Arguments& extra_environment) {
  UnnamedFile in;
  UnnamedFile out;
  UnnamedFile err;
  in.put(input);
  Arguments environment = fixed_environment();
  for (const std::string& variable : extra_environment) {  // each name once: which of two holds depends on who reads them
    const std::string name = variable.substr(0, variable.find('=') + 1);
    std::erase_if(environment, [&](const std::string& other) { return other.starts_with(name); });
    environment.push_back(variable);
  }

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.fd(), 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.fd(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, err.fd(), 2);
  ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t child = 0;
  int error = ::posix_spawnp(&child, arguments.at(0).c_str(), &actions, nullptr,
                             pointers(arguments).data(), pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), arguments.at(0));

  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  CommandOutput result;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = out.take();
  result.err = err.take();
  return result;
}

std::string run_git(const std::filesystem::path& folder, const Arguments& arguments,
                    std::string_view input, const Arguments& extra_environment) {
  Arguments all = {"git"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  CommandOutput result = run_command(folder, all, input, extra_environment);
  if (result.status != 0) {
    std::ostringstream message;
    for (const std::string& argument : all) message << argument << ' ';
    message << "(in " << folder << ") ended with " << result.status << ":\n" << result.err;
    throw std::runtime_error(message.str());
  }
  return std::move(result.out);
}

std::string chomp(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  while (!text.empty()) {
    std::size_t end = text.find(separator);
    pieces.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return pieces;
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace keywake::git::test
