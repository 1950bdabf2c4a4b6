#include "cli/keywake_helper.h"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/hash.h"

namespace keywake::testing {
namespace {

Arguments program(const Arguments& arguments) {
  Arguments words{std::string(KEYWAKE_BINARY_DIR) + "/keywake"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

void add_cache_folder(Setting& setting) {
  static const TemporaryFolder kCache;
  for (const std::string& variable : setting.environment) {
    if (variable.starts_with("XDG_CACHE_HOME=")) return;
  }
  setting.environment.insert(setting.environment.begin(),
                             "XDG_CACHE_HOME=" + kCache.path().string());
}

// In the child: never returns.
[[noreturn]] void become(const Arguments& words, const Setting& setting) {
  if (chdir(setting.folder.c_str()) != 0) _exit(126);
  for (const std::string& variable : setting.environment) {
    std::size_t equals = variable.find('=');
    setenv(variable.substr(0, equals).c_str(), variable.substr(equals + 1).c_str(), 1);
  }
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  execvp(pointers[0], pointers.data());
  _exit(127);
}

// What the terminal shows until the program ends.
std::string watch(int terminal, std::string_view awaited, double seconds) {
  static constexpr double kPatience = 60;
  std::string shown;
  auto end_at = std::chrono::steady_clock::now() +
                std::chrono::duration<double>(awaited.empty() ? seconds : kPatience);
  bool ended = false;
  for (;;) {
    bool seen = !awaited.empty() && contains(shown, awaited);
    if (!ended && (seen || std::chrono::steady_clock::now() >= end_at)) {
      ended = write(terminal, "\x04", 1) == 1;  // the end-of-file character
    }
    pollfd waiting{.fd = terminal, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, 20) <= 0) continue;
    char bytes[4096];
    ssize_t count = read(terminal, bytes, sizeof bytes);
    if (count <= 0) return shown;  // EIO: the program has ended
    shown.append(bytes, static_cast<std::size_t>(count));
  }
}

}  // namespace

Ran run_keywake(Arguments arguments, Setting setting) {
  add_cache_folder(setting);
  return run_command(setting.folder, program(arguments), setting.input, setting.environment);
}

Ran run_keywake_on_terminal(Arguments arguments, Setting setting, std::string_view awaited,
                            double seconds) {
  add_cache_folder(setting);
  setting.environment.insert(setting.environment.begin(), "TERM=xterm");
  Arguments words = program(arguments);
  int terminal = -1;
  winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
  pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) become(words, setting);
  if (child < 0) throw std::runtime_error("cannot open a terminal");
  [[maybe_unused]] ssize_t typed = write(terminal, setting.input.data(), setting.input.size());
  Ran ran;
  ran.out = watch(terminal, awaited, seconds);
  close(terminal);
  int status = 0;
  waitpid(child, &status, 0);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string github_token(unsigned number) {
  static constexpr std::string_view kBase62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  auto digest = sha256("keywake test token " + std::to_string(number));
  std::string body;
  for (std::size_t i = 0; i < 30; ++i) body += kBase62[digest[i] % 62];
  std::string checksum;
  for (std::uint32_t rest = crc32(body); checksum.size() < 6; rest /= 62)
    checksum.insert(0, 1, kBase62[rest % 62]);
  return "ghp_" + body + checksum;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

}  // namespace keywake::testing
