#include "server_helper.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "rules/builtin.h"
#include "validation/validators.h"

namespace keywake::testing {
namespace {

bool is_root() { return ::geteuid() == 0; }

sockaddr_in loopback(int port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(static_cast<std::uint16_t>(port));
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::filesystem::path made(bool folder) {
  std::string name = (std::filesystem::temp_directory_path() / "keywake-server-XXXXXX").string();
  if (folder) return ::mkdtemp(name.data()) == nullptr ? throw std::runtime_error("no folder") : name;
  const int file = ::mkstemp(name.data());
  if (file < 0) throw std::runtime_error("no file");
  ::close(file);
  return name;
}

pid_t start(const std::vector<std::string>& words, const std::filesystem::path& log, bool as_root) {
  std::vector<std::string> all(words);
  if (is_root() && !as_root) all.insert(all.begin(), {"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"});
  std::vector<char*> argv;
  for (std::string& word : all) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // should the test crash
  const int out = ::open(log.c_str(), O_WRONLY | O_APPEND);
  const int in = ::open("/dev/null", O_RDONLY);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::setenv("HOME", "/nonexistent", 1);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

}  // namespace

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

Folder::Folder() : path_(made(true)) {
  if (const passwd* nobody = is_root() ? ::getpwnam("nobody") : nullptr) {
    if (::chown(path_.c_str(), nobody->pw_uid, nobody->pw_gid) != 0) throw std::runtime_error("chown");
  }
}
Folder::~Folder() { std::filesystem::remove_all(path_); }

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name) << text;
  return path_ / name;
}

std::string run(const std::vector<std::string>& words) {
  const std::filesystem::path log = made(false);
  const pid_t child = start(words, log, false);
  int status = 0;
  ::waitpid(child, &status, 0);
  const std::string said = text_of(log);
  std::filesystem::remove(log);
  if (status != 0) throw std::runtime_error(words[0] + " failed: " + said);
  return said;
}

Server::Server(std::vector<std::string> words, int port, bool as_root) : log_(made(false)) {
  child_ = start(words, log_, as_root);
  const sockaddr_in address = loopback(port);
  for (int i = 0; i < 1200; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool listens = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    if (listens) return;
    if (::waitpid(child_, nullptr, WNOHANG) == child_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ::kill(-child_, SIGKILL);
  throw std::runtime_error(words[0] + " does not listen: " + text_of(log_));
}

Server::~Server() {
  ::kill(-child_, SIGTERM);
  for (int i = 0; i < 100 && ::waitpid(child_, nullptr, WNOHANG) == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  ::kill(-child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
  std::filesystem::remove(log_);
}

std::vector<std::string> speaker(const Folder& folder, int port, const std::string& answers) {
  const std::string script = "import socket\ns = socket.create_server(('127.0.0.1', " + std::to_string(port) +
                             "))\nwhile True:\n  c = s.accept()[0]\n  try:\n    for each in " + answers + ":\n      c.sendall(each)\n      c.recv(1000)\n  except OSError: pass\n";
  return {"/usr/bin/python3", folder.write("speaker.py", script)};
}

model::Validation asked(const Login& login, int port, const std::string& ca, bool plaintext, const std::string& loopback) {
  static const auto validators = validation::Validators::load({}, rules::builtin_validators());
  if (!validators) throw std::runtime_error(validators.error().message);
  const Secret secret(login.secret);
  std::vector<model::Part> parts;
  for (const auto& [name, value] : login.parts) parts.push_back({name, value, false});
  const validation::Question question{validators->find(login.pattern), &secret, &parts};
  if (question.validator == nullptr) throw std::runtime_error("no validator for " + login.pattern);
  validation::AskOptions options;
  options.allowed = {"*"};
  options.attempts = 1;
  options.client.ca_file = ca;
  options.client.allow_plaintext = plaintext;
  options.client.connect_to = {"::" + loopback + ":" + std::to_string(port)};
  auto answers = validation::ask(std::span(&question, 1), options, [](const validation::AskProgress&) {});
  if (!answers) throw std::runtime_error(answers.error().message);
  return answers->front();
}

std::string server_user() { return is_root() ? "nobody" : ::getpwuid(::geteuid())->pw_name; }
std::string server_group() { return is_root() ? "nogroup" : ::getgrgid(::getegid())->gr_name; }

std::string fact(const model::Validation& validation, std::string_view name) {
  std::string out;
  for (const model::Fact& each : validation.facts) {
    if (each.name != name) continue;
    for (const std::string& value : each.values) out += (out.empty() ? "" : ", ") + value;
  }
  return out;
}

}  // namespace keywake::testing
