#include "provider_helper.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace keywake::testing {
namespace {

std::string line_of(std::FILE* file) {
  char* text = nullptr;
  std::size_t size = 0;
  const ssize_t got = ::getline(&text, &size, file);
  std::string out(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  std::free(text);
  if (out.empty()) throw std::runtime_error("provider.py has ended");
  return out;
}

}  // namespace

Provider::Provider(const std::vector<std::string>& hosts, const std::vector<std::string>& arguments) : authority_(hosts) {
  std::array<int, 2> in_pipe{};
  std::array<int, 2> out_pipe{};
  if (::pipe2(in_pipe.data(), O_CLOEXEC) != 0 || ::pipe2(out_pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  std::vector<std::string> words{KEYWAKE_SOURCE_DIR "/tests/validation/provider.py", authority_.certificate(), authority_.key()};
  words.insert(words.end(), arguments.begin(), arguments.end());
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
  port_ = std::stoi(line_of(from_));
}

Provider::~Provider() {
  ::close(to_);
  std::fclose(from_);
  ::kill(child_, SIGTERM);
  ::waitpid(child_, nullptr, 0);
}

nlohmann::json Provider::answers(const nlohmann::json& list) {
  const std::string line = list.dump() + "\n";
  if (::write(to_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) throw std::runtime_error("provider.py does not read");
  return nlohmann::json::parse(line_of(from_));
}

net::ClientOptions Provider::options() const {
  net::ClientOptions out;
  out.ca_file = authority_.ca();
  out.connect_to.push_back("::127.0.0.1:" + std::to_string(port_));
  return out;
}

}  // namespace keywake::testing
