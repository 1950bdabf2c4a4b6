#include "script_helper.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace keywake::testing {

Script::Script(std::vector<std::string> words) : name_(words.front()) {
  std::array<int, 2> in_pipe{};
  std::array<int, 2> out_pipe{};
  if (::pipe2(in_pipe.data(), O_CLOEXEC) != 0 || ::pipe2(out_pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  child_ = ::fork();
  if (child_ == 0) {
    ::dup2(in_pipe[0], STDIN_FILENO);
    ::dup2(out_pipe[1], STDOUT_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(in_pipe[0]);
  ::close(out_pipe[1]);
  to_ = in_pipe[1];
  from_ = ::fdopen(out_pipe[0], "r");
}

Script::~Script() {
  ::close(to_);
  std::fclose(from_);
  ::kill(child_, SIGTERM);
  ::waitpid(child_, nullptr, 0);
}

std::string Script::line() {
  char* text = nullptr;
  std::size_t size = 0;
  const ssize_t got = ::getline(&text, &size, from_);
  std::string out(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  std::free(text);
  if (out.empty()) throw std::runtime_error(name_ + " has ended");
  return out;
}

void Script::write(const std::string& text) {
  if (::write(to_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) throw std::runtime_error(name_ + " does not read");
}

}  // namespace keywake::testing
