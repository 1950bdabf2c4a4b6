#include "stores/kubeconfig.h"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "base/yaml_to_json.h"
#include "stores/api_internal.h"

namespace keywake::stores {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxFile = 16 * limits::kMiB;

Result<Json> read_config(const fs::path& file) {
  const auto bytes = read_file(file, kMaxFile);
  if (!bytes) return std::unexpected(bytes.error());
  const auto out = yaml_to_json(*bytes);
  if (!out) return fail(fmt::format("{}: {}", printable(file.native()), out.error().message));
  return Json::parse(*out);
}

struct Config {
  fs::path file;
  Json content;
};

// contexts: [{name: …, context: {…}}], and likewise clusters and users.
const Json* entry(const Config& config, std::string_view list, std::string_view member, std::string_view name) {
  for (const Json& each : items(config.content, list)) {
    if (text(each, "name") == name) return &child(each, member);
  }
  return nullptr;
}

struct Found {
  const Config* config = nullptr;
  const Json* content = nullptr;
};

Found find(const std::vector<Config>& configs, std::string_view list, std::string_view member, std::string_view name) {
  for (const Config& config : configs) {
    if (const Json* content = entry(config, list, member, name)) return {&config, content};
  }
  return {};
}

// A member that holds a file in base64, "certificate-authority-data", or, without its end, names one relative to the kubeconfig.
Result<std::string> data_or_file(const Found& from, const std::string& name) {
  if (const std::string data = text(*from.content, name + "-data"); !data.empty()) {
    auto decoded = decode_base64(data);
    if (!decoded) return fail(fmt::format("{}: {}-data is no base64", printable(from.config->file.native()), name));
    return *std::move(decoded);
  }
  const std::string file = text(*from.content, name);
  if (file.empty()) return "";
  return read_file(from.config->file.parent_path() / file, kMaxFile);
}

Result<std::string> token_of(const Found& user) {
  if (std::string token = text(*user.content, "token"); !token.empty()) return token;
  const std::string file = text(*user.content, "tokenFile");
  if (file.empty()) return "";
  auto token = read_file(user.config->file.parent_path() / file, kMaxFile);
  if (token) token->erase(std::min(token->size(), token->find_first_of("\r\n")));
  return token;
}

std::string names(const std::vector<Config>& configs) {
  std::string out;
  for (const Config& config : configs) {
    for (const Json& each : items(config.content, "contexts")) out += (out.empty() ? "" : ", ") + text(each, "name");
  }
  return out;
}

}  // namespace

std::vector<fs::path> kubeconfig_files() {
  const std::string list = from_environment("KUBECONFIG");
  if (list.empty()) return {fs::path(from_environment("HOME")) / ".kube/config"};
  std::vector<fs::path> out;
  std::string_view rest = list;
  while (!rest.empty()) {
    const std::string_view file = rest.substr(0, rest.find(':'));
    if (!file.empty()) out.emplace_back(file);
    rest.remove_prefix(std::min(rest.size(), file.size() + 1));
  }
  return out;
}

Result<ClusterAccess> read_kubeconfig(const std::vector<fs::path>& files, const std::string& path, std::string& rest) {
  std::vector<Config> configs;
  for (const fs::path& file : files) {
    auto content = read_config(file);
    if (!content) return std::unexpected(content.error());
    configs.push_back({file, *std::move(content)});
  }
  ClusterAccess out;
  Found context;
  for (std::string name = path; context.content == nullptr; name.erase(name.rfind('/'))) {
    context = find(configs, "contexts", "context", name);
    if (context.content != nullptr) {
      out.context = name;
      rest = path.substr(std::min(path.size(), name.size() + 1));
    } else if (name.find('/') == std::string::npos) {
      return fail(fmt::format("k8s://{}: no such context; there is: {}", printable(path), printable(names(configs))));
    }
    if (name.find('/') == std::string::npos) break;
  }
  out.name_space = text(*context.content, "namespace");
  const std::string where = printable(context.config->file.native());
  const Found cluster = find(configs, "clusters", "cluster", text(*context.content, "cluster"));
  const Found user = find(configs, "users", "user", text(*context.content, "user"));
  if (cluster.content == nullptr) return fail(fmt::format("{}: the cluster of context {} is not in it", where, printable(out.context)));
  out.server = text(*cluster.content, "server");
  while (out.server.ends_with('/')) out.server.pop_back();
  if (text(*cluster.content, "insecure-skip-tls-verify") == "true")
    return fail(fmt::format("{}: context {} says insecure-skip-tls-verify; name its authority instead (certificate-authority)", where, printable(out.context)));
  auto ca = data_or_file(cluster, "certificate-authority");
  if (!ca) return std::unexpected(ca.error());
  out.ca = *ca;
  if (user.content == nullptr) return out;
  auto token = token_of(user);
  auto certificate = data_or_file(user, "client-certificate");
  auto key = data_or_file(user, "client-key");
  for (const auto* each : {&token, &certificate, &key}) {
    if (!*each) return std::unexpected(each->error());
  }
  out.token = *token;
  out.certificate = *certificate;
  out.private_key = *key;
  return out;
}

}  // namespace keywake::stores
