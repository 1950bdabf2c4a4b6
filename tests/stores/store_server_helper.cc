#include "store_server_helper.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace keywake::testing {
namespace {

std::string line_of(std::FILE* file) {
  char* text = nullptr;
  std::size_t size = 0;
  const ssize_t got = ::getline(&text, &size, file);
  std::string out(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  std::free(text);
  if (out.empty()) throw std::runtime_error("store_server.py has ended");
  return out;
}

}  // namespace

const Authority& test_authority() {
  static const Authority authority({"gitlab.test", "jenkins.test", "kube.test", "vault.test", "gitea.test", "woodpecker.test", "tfs.test", "api.github.com", "app.terraform.io",
                                    "api.bitbucket.org", "circleci.com", "storage.test", "pipelines.actions.githubusercontent.com", "api.buildkite.com", "dev.azure.com"});
  return authority;
}

StoreServer::StoreServer(const nlohmann::json& setting) {
  static int number = 0;
  const std::string routes = test_authority().folder() / ("routes-" + std::to_string(++number) + ".json");
  std::ofstream(routes) << setting;
  std::array<int, 2> in_pipe{};
  std::array<int, 2> out_pipe{};
  if (::pipe2(in_pipe.data(), O_CLOEXEC) != 0 || ::pipe2(out_pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  std::vector<std::string> words{KEYWAKE_SOURCE_DIR "/tests/stores/store_server.py", test_authority().certificate(), test_authority().key(), routes};
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

StoreServer::~StoreServer() {
  ::close(to_);
  std::fclose(from_);
  ::kill(child_, SIGTERM);
  ::waitpid(child_, nullptr, 0);
}

nlohmann::json StoreServer::requests() {
  if (::write(to_, "\n", 1) != 1) throw std::runtime_error("store_server.py does not read");
  return nlohmann::json::parse(line_of(from_));
}

stores::StoreOptions StoreServer::options() const {
  stores::StoreOptions out;
  out.client.ca_file = test_authority().ca();
  out.client.connect_to.push_back("::127.0.0.1:" + std::to_string(port_));
  return out;
}

EnvironmentVariable::EnvironmentVariable(std::string name, const std::string& value) : name_(std::move(name)) { ::setenv(name_.c_str(), value.c_str(), 1); }
EnvironmentVariable::~EnvironmentVariable() { ::unsetenv(name_.c_str()); }

}  // namespace keywake::testing
