#include "stores/kubeconfig.h"

#include <fmt/format.h>
#include <yaml.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/base64.h"
#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "stores/api_internal.h"

namespace keywake::stores {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxFile = 16 * limits::kMiB;
constexpr int kMaxDepth = 16;
constexpr int kMaxNodes = 1'000'000;  // an alias counts each time it is used

// A YAML node as JSON, all scalars as text. Absent if it is nested too deeply or too large, which aliases make easy.
std::optional<Json> json_of(yaml_document_t& document, int index, int depth, int& nodes) {
  const yaml_node_t* node = yaml_document_get_node(&document, index);
  if (node == nullptr) return Json();
  if (depth > kMaxDepth || ++nodes > kMaxNodes) return std::nullopt;
  if (node->type == YAML_SCALAR_NODE) return Json(std::string(reinterpret_cast<const char*>(node->data.scalar.value), node->data.scalar.length));
  if (node->type == YAML_SEQUENCE_NODE) {
    Json out = Json::array();
    for (const auto* item = node->data.sequence.items.start; item != node->data.sequence.items.top; ++item) {
      auto value = json_of(document, *item, depth + 1, nodes);
      if (!value) return std::nullopt;
      out.push_back(*std::move(value));
    }
    return out;
  }
  Json out = Json::object();
  if (node->type != YAML_MAPPING_NODE) return out;
  for (const auto* pair = node->data.mapping.pairs.start; pair != node->data.mapping.pairs.top; ++pair) {
    const yaml_node_t* key = yaml_document_get_node(&document, pair->key);
    if (key == nullptr || key->type != YAML_SCALAR_NODE) continue;
    auto value = json_of(document, pair->value, depth + 1, nodes);
    if (!value) return std::nullopt;
    out[std::string(reinterpret_cast<const char*>(key->data.scalar.value), key->data.scalar.length)] = *std::move(value);
  }
  return out;
}

Result<Json> read_yaml(const fs::path& file) {
  const auto bytes = read_file(file, kMaxFile);
  if (!bytes) return std::unexpected(bytes.error());
  yaml_parser_t parser;
  yaml_document_t document;
  if (yaml_parser_initialize(&parser) == 0) return fail("no memory to read YAML");
  const std::unique_ptr<yaml_parser_t, void (*)(yaml_parser_t*)> parser_owner(&parser, yaml_parser_delete);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size());
  if (yaml_parser_load(&parser, &document) == 0)
    return fail(fmt::format("{}:{}: not YAML: {}", printable(file.native()), parser.problem_mark.line + 1, parser.problem == nullptr ? "unreadable" : parser.problem));
  const std::unique_ptr<yaml_document_t, void (*)(yaml_document_t*)> document_owner(&document, yaml_document_delete);
  int nodes = 0;
  auto out = json_of(document, 1, 0, nodes);
  if (!out) return fail(fmt::format("{}: nested too deeply for a kubeconfig", printable(file.native())));
  return *std::move(out);
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
    auto content = read_yaml(file);
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
