// Running the real git in tests, deterministic: no configuration of the user's or the system's,
// fixed names and dates, nothing asked of anybody. A command that fails throws std::runtime_error
// with its arguments and what it said. Ownership: TemporaryFolder removes its folder when it goes.
// Thread safety: functions have no shared state.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keywake::git::test {

class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

using Arguments = std::vector<std::string>;

struct CommandOutput {
  int status = 0;  // exit status, or 128 + signal
  std::string out;
  std::string err;
};

/// Any program, found in PATH, started in `folder` with `input` as its standard input.
/// `extra_environment`: "NAME=value".
CommandOutput run_command(const std::filesystem::path& folder, const Arguments& arguments,
                          std::string_view input = {}, const Arguments& extra_environment = {});

/// `git <arguments>` in `folder`; its standard output.
std::string run_git(const std::filesystem::path& folder, const Arguments& arguments,
                    std::string_view input = {}, const Arguments& extra_environment = {});

/// Text without the line ends at its end: `chomp(run_git(…, {"rev-parse", "HEAD"}))`.
std::string chomp(std::string text);
/// Pieces between separators; an empty last piece is dropped.
std::vector<std::string> split(std::string_view text, char separator);

void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace keywake::git::test
