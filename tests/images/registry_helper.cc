#include "registry_helper.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace keywake::testing {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(static_cast<std::uint16_t>(port));
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

pid_t start(std::vector<std::string> words, const std::string& log, bool beside) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (beside) ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // should the test crash
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int in = ::open("/dev/null", O_RDONLY);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

std::string configuration(const Scratch& folder, int port, const Authority* authority, const std::string& auth) {
  std::string text = "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: " + (folder.path() / "storage").string() + "}}\n";
  text += "http:\n  addr: 127.0.0.1:" + std::to_string(port) + "\n  secret: none\n";
  if (authority != nullptr) text += "  tls: {certificate: " + authority->certificate() + ", key: " + authority->key() + "}\n";
  return folder.write("config.yml", text + auth);
}

std::string hex_of(const std::string& digest) { return digest.substr(digest.find(':') + 1); }

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

Scratch::Scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "keywake-images-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
  path_ = name;
}
Scratch::~Scratch() { std::filesystem::remove_all(path_); }

std::string Scratch::write(const std::string& name, const std::string& text) const {
  std::filesystem::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name) << text;
  return path_ / name;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string run(const std::vector<std::string>& words) {
  const Scratch folder;
  const pid_t child = start(words, folder.path() / "log", false);
  int status = 0;
  ::waitpid(child, &status, 0);
  const std::string said = text_of(folder.path() / "log");
  if (status != 0) throw std::runtime_error(words[0] + " failed: " + said);
  return said;
}

void Beside::wait_until(const std::string& name, bool (*listens)(const std::string& where), const std::string& where) {
  for (int i = 0; i < 3000; ++i) {
    if (listens(where)) return;
    if (::waitpid(child_, nullptr, WNOHANG) == child_) throw std::runtime_error(name + " has ended: " + text_of(folder_.path() / "log"));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
  throw std::runtime_error(name + " does not listen: " + text_of(folder_.path() / "log"));
}

Beside::Beside(std::vector<std::string> words, int port) {
  child_ = start(words, folder_.path() / "log", true);
  wait_until(words[0], [](const std::string& where) {
    const sockaddr_in address = loopback(std::stoi(where));
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool listens = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return listens;
  }, std::to_string(port));
}

Beside::Beside(std::vector<std::string> words, const std::string& socket) {
  child_ = start(words, folder_.path() / "log", true);
  wait_until(words[0], [](const std::string& where) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    where.copy(address.sun_path, sizeof address.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool listens = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return listens;
  }, socket);
}

Beside::~Beside() {
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
}

Registry::Registry(const Authority* authority, const std::string& auth)
    : authority_(authority), port_(free_port()), server_({"docker-registry", "serve", configuration(folder_, port_, authority, auth)}, port_) {
  if (authority != nullptr) folder_.write("authorities/ca.crt", text_of(authority->ca()));
}

void Registry::push(const std::string& from, const std::string& to, const std::vector<std::string>& options) const {
  std::vector<std::string> words{"skopeo", "--insecure-policy", "copy", "--all", "--quiet"};
  words.push_back(authority_ == nullptr ? "--dest-tls-verify=false" : "--dest-cert-dir=" + (folder_.path() / "authorities").string());
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {from, "docker://" + host() + "/" + to});
  run(words);
}

std::filesystem::path Registry::blob(const std::string& digest) const {
  const std::string hex = hex_of(digest);
  return folder_.path() / "storage/docker/registry/v2/blobs/sha256" / hex.substr(0, 2) / hex / "data";
}

void Registry::link(const std::string& repository, const std::string& digest) const {
  folder_.write("storage/docker/registry/v2/repositories/" + repository + "/_layers/sha256/" + hex_of(digest) + "/link", digest);
}

}  // namespace keywake::testing
