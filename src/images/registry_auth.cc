#include "images/registry_auth.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/text.h"

namespace keywake::images {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxFile = 4 << 20;
constexpr std::size_t kMaxHelperOutput = 64 * 1024;
constexpr std::chrono::seconds kHelperTime{60};
constexpr std::string_view kHubHost = "docker.io";
constexpr std::string_view kHubServer = "https://index.docker.io/v1/";  // what Docker calls it in files and to helpers
constexpr std::string_view kTokenUser = "<token>";                      // docker-credential-helpers: the secret is an identity token

std::string from_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string string_at(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The host of a key in one of its older forms: "https://ghcr.io/v1/", "http://ghcr.io". Docker's own has three names.
std::string host_of_key(std::string_view key) {
  if (const std::size_t scheme = key.find("://"); scheme != std::string_view::npos) key.remove_prefix(scheme + 3);
  const std::string host = lowered(key.substr(0, key.find('/')));
  return host == "index.docker.io" || host == "registry-1.docker.io" ? std::string(kHubHost) : host;
}

std::string host_of_reference(const Reference& reference) { return host_of_key(reference.registry); }

// The entry for the longest path; null: none.
const json* entry_for(const json& auths, const Reference& reference) {
  if (!auths.is_object()) return nullptr;
  const std::string host = host_of_reference(reference);
  for (std::string path = host + "/" + reference.repository; !path.empty();) {
    if (const auto found = auths.find(path); found != auths.end()) return &*found;
    const std::size_t slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
  }
  for (const auto& [key, value] : auths.items()) {
    const bool older = key.find("://") != std::string::npos || key.find('/') == std::string::npos || key.ends_with("/v1/") || key.ends_with("/v2/");
    if (older && host_of_key(key) == host) return &value;
  }
  return nullptr;
}

// "user:password"; false if it is none.
bool take_pair(std::string_view text, Credential& out) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  std::string_view password = text.substr(colon + 1);
  while (!password.empty() && password.back() == '\0') password.remove_suffix(1);  // as Docker does
  out.user = text.substr(0, colon);
  out.password = Secret(password);
  return true;
}

Result<std::optional<Credential>> from_entry(const json& entry, const std::string& file, const std::string& host) {
  Credential out;
  out.identity_token = Secret(string_at(entry, "identitytoken"));
  out.user = string_at(entry, "username");
  out.password = Secret(string_at(entry, "password"));
  if (const std::string auth = string_at(entry, "auth"); !auth.empty()) {
    const auto pair = decode_base64(auth);
    if (!pair || !take_pair(*pair, out)) {
      return fail(fmt::format("{}: its entry for {} holds no base64 of user:password; log in again (docker login, podman login)", file, printable(host)));
    }
  }
  if (out.identity_token.empty() && out.user.empty()) return std::optional<Credential>();  // Docker writes {} where a helper has it
  return out;
}

/// What a program wrote, its status, and whether it was over in time.
struct Ran {
  std::string output;
  int status = -1;
  bool in_time = true;
};

// posix_spawnp, no shell. The input is shorter than a pipe's buffer, so it cannot block.
Result<Ran> run(const std::string& program, const std::string& argument, const std::string& input) {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0) return fail("no pipe");
  if (::pipe2(from.data(), O_CLOEXEC) != 0) {
    ::close(to[0]);
    ::close(to[1]);
    return fail("no pipe");
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, to[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, from[1], 1);
  std::string name = program;
  std::string word = argument;
  std::array<char*, 3> arguments{name.data(), word.data(), nullptr};
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(to[0]);
  ::close(from[1]);
  Ran out;
  if (error != 0) {
    ::close(to[1]);
    ::close(from[0]);
    return fail("it could not be started; is it installed, and in PATH?");
  }
  // A helper that ended without reading must not end keywake.
  sigset_t pipe_signal;
  sigset_t before;
  ::sigemptyset(&pipe_signal);
  ::sigaddset(&pipe_signal, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const bool wrote = ::write(to[1], input.data(), input.size()) == static_cast<ssize_t>(input.size());
  if (!wrote) {
    const timespec none{};
    ::sigtimedwait(&pipe_signal, nullptr, &none);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(to[1]);
  const auto deadline = std::chrono::steady_clock::now() + kHelperTime;
  std::array<char, 4096> bytes{};
  while (out.output.size() <= kMaxHelperOutput) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd one{from[0], POLLIN, 0};
    out.in_time = left.count() > 0 && ::poll(&one, 1, static_cast<int>(left.count())) > 0;
    if (!out.in_time) break;
    const ssize_t got = ::read(from[0], bytes.data(), bytes.size());
    if (got <= 0) break;
    out.output.append(bytes.data(), static_cast<std::size_t>(got));
  }
  ::close(from[0]);
  if (!out.in_time || out.output.size() > kMaxHelperOutput) ::kill(child, SIGKILL);
  ::waitpid(child, &out.status, 0);
  std::ranges::fill(bytes, '\0');
  return out;
}

bool is_helper_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

Result<std::optional<Credential>> from_helper(const std::string& helper, const std::string& file, const std::string& host, const std::vector<std::string>& helpers) {
  if (std::find(helpers.begin(), helpers.end(), helper) == helpers.end() || !is_helper_name(helper)) {
    return fail(fmt::format("{} keeps the credentials of {} with the helper '{}'; --credential-helper {} permits running docker-credential-{}", file,
                            printable(host), printable(helper), printable(helper), printable(helper)));
  }
  const std::string program = "docker-credential-" + helper;
  auto ran = run(program, "get", host == kHubHost ? std::string(kHubServer) : host);
  if (!ran) return fail(fmt::format("{}: {}", program, ran.error().message));
  if (!ran->in_time) return fail(fmt::format("{}: no answer in {} s", program, kHelperTime.count()));
  const bool good = WIFEXITED(ran->status) && WEXITSTATUS(ran->status) == 0;
  if (!good && ran->output.starts_with("credentials not found")) return std::optional<Credential>();
  const bool answered = ran->output.find('{') != std::string::npos;  // with the secret, perhaps, which no message may quote
  if (!good) return fail(fmt::format("{}: it failed{}", program, answered ? "" : ": " + printable(ran->output.substr(0, std::min<std::size_t>(ran->output.find('\n'), 200)))));
  const json said = json::parse(ran->output, nullptr, false);
  Credential out;
  out.user = string_at(said, "Username");
  const std::string secret = string_at(said, "Secret");
  if (out.user.empty() || secret.empty()) return fail(fmt::format("{}: its answer is not that of a credential helper", program));
  (out.user == kTokenUser ? out.identity_token : out.password) = Secret(secret);
  return out;
}

}  // namespace

std::vector<std::string> auth_files() {
  if (const std::string file = from_environment("REGISTRY_AUTH_FILE"); !file.empty()) return {file};
  std::vector<std::string> out;
  const std::string home = from_environment("HOME");
  if (const std::string run = from_environment("XDG_RUNTIME_DIR"); !run.empty()) out.push_back(run + "/containers/auth.json");
  const std::string config = from_environment("XDG_CONFIG_HOME");
  if (!config.empty() || !home.empty()) out.push_back((config.empty() ? home + "/.config" : config) + "/containers/auth.json");
  const std::string docker = from_environment("DOCKER_CONFIG");
  if (!docker.empty() || !home.empty()) out.push_back((docker.empty() ? home + "/.docker" : docker) + "/config.json");
  return out;
}

Result<std::optional<Credential>> credential_in(const std::string& file, const Reference& reference, const std::vector<std::string>& helpers) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error == std::errc::no_such_file_or_directory) return std::optional<Credential>();
  if (error || size > kMaxFile) return fail(fmt::format("{}: cannot be read{}", file, error ? ": " + error.message() : "; it is too large"));
  std::ifstream in(file, std::ios::binary);
  std::string text(size, '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(size))) return fail(fmt::format("{}: cannot be read", file));
  const json all = json::parse(text, nullptr, false);
  if (!all.is_object()) return fail(fmt::format("{}: it is not JSON", file));
  const std::string host = host_of_reference(reference);
  // A helper of its own, then the entry, then the helper for all: as containers does; Docker never has the last two at once.
  if (const auto named = all.find("credHelpers"); named != all.end() && named->is_object()) {
    for (const auto& [key, value] : named->items()) {
      if (value.is_string() && host_of_key(key) == host) return from_helper(value.get<std::string>(), file, host, helpers);
    }
  }
  const auto auths = all.find("auths");
  if (const json* entry = auths == all.end() ? nullptr : entry_for(*auths, reference); entry != nullptr) {
    auto found = from_entry(*entry, file, host);
    if (!found || *found) return found;
  }
  if (const std::string store = string_at(all, "credsStore"); !store.empty()) return from_helper(store, file, host, helpers);
  return std::optional<Credential>();
}

Credentials credentials_for(const Reference& reference, std::vector<std::string> helpers) {
  return [reference, helpers = std::move(helpers)]() -> Result<std::optional<Credential>> {
    std::optional<Error> problem;
    for (const std::string& file : auth_files()) {
      auto found = credential_in(file, reference, helpers);
      if (found && *found) return found;
      if (!found && !problem) problem = found.error();
    }
    if (problem) return std::unexpected(*problem);
    return std::optional<Credential>();
  };
}

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> out;
  std::size_t at = 0;
  auto is_token = [](char c) { return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~/").find(c) != std::string_view::npos; };
  auto skip = [&](std::string_view which) {
    while (at < header.size() && which.find(header[at]) != std::string_view::npos) ++at;
  };
  auto token = [&] {
    const std::size_t start = at;
    while (at < header.size() && is_token(header[at])) ++at;
    return lowered(header.substr(start, at - start));
  };
  while (true) {
    skip(" \t,");
    const std::string word = token();
    if (word.empty()) return out;
    skip(" \t");
    if (at >= header.size() || header[at] != '=') {  // a scheme begins a challenge
      out.push_back({word, {}});
      continue;
    }
    ++at;
    skip(" \t");
    std::string value;
    if (at < header.size() && header[at] == '"') {
      for (++at; at < header.size() && header[at] != '"'; ++at) {
        if (header[at] == '\\' && at + 1 < header.size()) ++at;
        value += header[at];
      }
      at = std::min(at + 1, header.size());
    } else {
      const std::size_t start = at;
      while (at < header.size() && header[at] != ',' && !is_blank(header[at])) ++at;
      value = header.substr(start, at - start);
    }
    if (!out.empty()) out.back().parameters.emplace(word, value);
  }
}

}  // namespace keywake::images
