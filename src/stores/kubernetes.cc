// k8s://context[/namespace]: Secrets (their base64 undone), ConfigMaps, and the environment, commands and arguments that workloads carry in their
// own specification. Access as kubectl's configuration has it (kubeconfig.h), or a token by --token-file. Needs `list` on what is read;
// what it is not granted on cluster-wide is asked for namespace by namespace.
//
// https://kubernetes.io/docs/reference/kubernetes-api/: config-and-storage-resources, workload-resources; lists in chunks by `limit` and
// `continue`, https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
#include <fmt/format.h>

#include <array>

#include "base/base64.h"
#include "stores/api_internal.h"
#include "stores/kubeconfig.h"

namespace keywake::stores {
namespace {

struct Kind {
  std::string_view group;     // of the path
  std::string_view plural;
  std::string_view name;
  std::string_view pod_spec;  // JSON pointer to it; empty: no workload
};
constexpr std::array<Kind, 10> kKinds{{
    {"/api/v1", "secrets", "Secret", ""},
    {"/api/v1", "configmaps", "ConfigMap", ""},
    {"/api/v1", "pods", "Pod", "/spec"},
    {"/api/v1", "replicationcontrollers", "ReplicationController", "/spec/template/spec"},
    {"/apis/apps/v1", "deployments", "Deployment", "/spec/template/spec"},
    {"/apis/apps/v1", "statefulsets", "StatefulSet", "/spec/template/spec"},
    {"/apis/apps/v1", "daemonsets", "DaemonSet", "/spec/template/spec"},
    {"/apis/apps/v1", "replicasets", "ReplicaSet", "/spec/template/spec"},
    {"/apis/batch/v1", "jobs", "Job", "/spec/template/spec"},
    {"/apis/batch/v1", "cronjobs", "CronJob", "/spec/jobTemplate/spec/template/spec"},
}};

class Cluster {
 public:
  explicit Cluster(Api& api) : api_(api) {}

  void everything() {
    for (const Kind& kind : kKinds) {
      auto one_by_one = [this, &kind](int status) {
        if (status != 403) return false;
        by_namespace(kind);
        return true;
      };
      list(kind, "", one_by_one);
    }
  }

  void name_space(const std::string& name) {
    for (const Kind& kind : kKinds) list(kind, name, {});
  }

 private:
  void by_namespace(const Kind& kind) {
    auto got = [this, &kind](const Json& each) { list(kind, text(child(each, "metadata"), "name"), {}); };
    const std::string what = fmt::format("{} of all namespaces", kind.plural);
    pages("/api/v1/namespaces", what, got, {});
  }

  void list(const Kind& kind, const std::string& name_space, Api::Refused refused) {
    const std::string within = name_space.empty() ? "" : "/namespaces/" + net::percent_encoded(name_space);
    const std::string what = name_space.empty() ? std::string(kind.plural) : fmt::format("{} of namespace {}", kind.plural, name_space);
    pages(fmt::format("{}{}/{}", kind.group, within, kind.plural), what, [this, &kind](const Json& each) { read(kind, each); }, std::move(refused));
  }

  void pages(const std::string& path, const std::string& what, std::function<void(const Json&)> got, Api::Refused refused) {
    const std::string first = with(path, "limit", "250");
    auto next = [first](const Json& body, const net::Answer&) -> std::optional<std::string> {
      const std::string on = text(child(body, "metadata"), "continue");
      return on.empty() ? std::nullopt : std::optional(with(first, "continue", on));
    };
    api_.pages(first, what, "items", next, std::move(got), std::move(refused));
  }

  void read(const Kind& kind, const Json& each) {
    const Json& metadata = child(each, "metadata");
    scope_ = fmt::format("namespace {}, {} {}", text(metadata, "namespace"), kind.name, text(metadata, "name"));
    created_ = seconds_of(text(metadata, "creationTimestamp"));
    updated_ = created_;
    for (const Json& manager : items(metadata, "managedFields")) updated_ = std::max(updated_, seconds_of(text(manager, "time")));
    // kubectl apply leaves a copy of what it was given, which may be another than what is there now.
    const std::string applied = text(child(metadata, "annotations"), "kubectl.kubernetes.io/last-applied-configuration");
    if (!applied.empty()) add("last-applied-configuration", applied, kind.name == "Secret");
    if (!kind.pod_spec.empty()) return workload(kind, each);
    for (const auto& [name, value] : child(each, "data").items()) {
      if (!value.is_string()) continue;
      const auto& plain = value.get_ref<const std::string&>();
      if (kind.name == "ConfigMap") {
        add(name, plain, false);
      } else {
        add(name, decode_base64(plain).value_or(plain), true);
      }
    }
    for (const auto& [name, value] : child(each, "binaryData").items()) {
      if (value.is_string()) add(name, decode_base64(value.get_ref<const std::string&>()).value_or(""), false);
    }
  }

  // What a controller made repeats the specification of its owner.
  void workload(const Kind& kind, const Json& each) {
    for (const Json& owner : items(child(each, "metadata"), "ownerReferences")) {
      if (flag(owner, "controller") == true) return;
    }
    const Json::json_pointer pointer{std::string(kind.pod_spec)};
    if (!each.contains(pointer)) return;
    const Json& spec = each[pointer];
    const std::string scope = scope_;
    for (const char* list : {"initContainers", "containers", "ephemeralContainers"}) {
      for (const Json& container : items(spec, list)) {
        scope_ = fmt::format("{}, container {}", scope, text(container, "name"));
        for (const Json& variable : items(container, "env")) {
          if (const std::string value = text(variable, "value"); !value.empty()) add(text(variable, "name"), value, false);
        }
        for (const char* words : {"command", "args"}) {
          std::string line;
          for (const Json& word : items(container, words)) {
            if (word.is_string()) line += (line.empty() ? "" : " ") + word.get<std::string>();
          }
          if (!line.empty()) add(words, line, false);
        }
      }
    }
  }

  void add(const std::string& name, std::string_view value, bool secret) {
    StoredVariable& added = api_.add(scope_, name);
    added.value = Secret(value);
    added.is_secret = secret;
    added.about.created_at = created_;
    added.about.place.updated_at = updated_;
  }

  Api& api_;
  std::string scope_;  // of what is read now, likewise its dates
  std::int64_t created_ = 0;
  std::int64_t updated_ = 0;
};

}  // namespace

Result<void> list_kubernetes(const Target& target, const StoreOptions& options, Listing& out) {
  std::string name_space;
  auto access = read_kubeconfig(kubeconfig_files(), target.rest(0), name_space);
  if (!access) return std::unexpected(access.error());
  if (!options.token_file.empty()) {
    auto token = access_token(options, target, {});
    if (!token) return std::unexpected(token.error());
    access->token = *token;
    access->certificate.clear();
    access->private_key.clear();
  }
  if (access->token.empty() && access->certificate.empty())
    return fail(fmt::format("{}: the context has neither token nor client certificate, and credential plugins are not run; "
                            "put the token of `kubectl create token` into a file for --token-file", target.text));
  Login login{{{"Accept", "application/json"}}, access->ca, access->certificate, access->private_key};
  if (!access->token.empty()) login.headers.emplace_back("Authorization", "Bearer " + access->token);
  auto api = Api::make(access->server, std::move(login), options, target, out);
  if (!api) return std::unexpected(api.error());
  Cluster cluster(**api);
  if (name_space.empty()) {
    cluster.everything();
  } else {
    cluster.name_space(name_space);
  }
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
