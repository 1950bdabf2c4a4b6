// azure-pipelines://organization[/project]: Azure DevOps; variable groups (of a Key Vault, too), variables of pipelines, and service connections.
// Secret ones are hidden. Access: AZURE_DEVOPS_EXT_PAT (a personal access token with the scopes Build, Variable Groups and Service
// Connections, all read), or SYSTEM_ACCESSTOKEN, a job's own. AZDO_ORG_SERVICE_URL, "https://tfs.example.com/tfs/acme", as the
// Terraform provider has it, names an Azure DevOps Server; its last part is the organization (there: the collection).
//
// https://learn.microsoft.com/rest/api/azure/devops/core/projects/list, distributedtask/variablegroups/get-variable-groups,
// build/definitions/list (includeAllProperties: with variables), serviceendpoint/endpoints/get-service-endpoints,
// approvalsandchecks/pipeline-permissions/get (which pipelines may use a group or connection); pages by the header x-ms-continuationtoken.
// Paths, parameters and members were held against Microsoft's own client, the npm package azure-devops-node-api 17.0.1.
// Whether builds of forks are given secrets: the pull request trigger's `forks` {enabled, allowSecrets}, an object
// that the documentation names and does not describe. Groups of a Key Vault name the secrets; their values stay in the vault.
#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"
#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

constexpr std::string_view kVersion = "7.1";
constexpr std::string_view kPreview = "7.1-preview.1";

struct Access {
  std::string users;
  std::optional<bool> everywhere;
};

class Azure {
 public:
  explicit Azure(Api& api) : api_(api) {}

  void organization() {
    list("/_apis/projects?$top=100", "projects", [this](const Json& each) { project(text(each, "name")); });
  }

  void project(const std::string& name) {
    const std::string base = "/" + net::percent_encoded(name);
    const std::string scope = "project " + name;
    list(base + "/_apis/distributedtask/variablegroups", "variable groups of " + scope, [this, base, scope](const Json& each) {
      const std::string what = fmt::format("{}, variable group {}", scope, text(each, "name"));
      access(base + "/_apis/pipelines/pipelinepermissions/variablegroup/" + number(each, "id"), what, [this, what, each](const Access& who) { group(what, each, who); });
    });
    list(base + "/_apis/build/definitions?includeAllProperties=true", "pipelines of " + scope, [this, scope](const Json& each) { pipeline(scope, each); });
    list(base + "/_apis/serviceendpoint/endpoints", "service connections of " + scope, [this, base, scope](const Json& each) {
      const std::string what = fmt::format("{}, service connection {}", scope, text(each, "name"));
      access(base + "/_apis/pipelines/pipelinepermissions/endpoint/" + net::percent_encoded(text(each, "id")), what,
             [this, what, each](const Access& who) { connection(what, each, who); });
    });
  }

 private:
  void list(const std::string& path, const std::string& what, std::function<void(const Json&)> got) {
    const std::string first = with(path, "api-version", kVersion);
    auto next = [first](const Json&, const net::Answer& answer) -> std::optional<std::string> {
      const std::string_view token = answer.header("x-ms-continuationtoken");
      return token.empty() ? std::nullopt : std::optional(with(first, "continuationToken", token));
    };
    api_.pages(first, what, "value", next, std::move(got));
  }

  // Who may use it is a question of its own; without an answer the thing is still listed.
  void access(const std::string& path, const std::string& what, std::function<void(const Access&)> then) {
    auto known = [then](const Json& body, const net::Answer&) {
      const bool all = flag(child(body, "allPipelines"), "authorized") == true;
      std::string pipelines;
      for (const Json& each : items(body, "pipelines")) {
        if (flag(each, "authorized") == true) pipelines += (pipelines.empty() ? "" : ", ") + number(each, "id");
      }
      then({all ? "every pipeline of the project" : pipelines.empty() ? "no pipeline yet" : "pipelines " + pipelines, all});
    };
    auto unknown = [then](int status) {
      then({"", std::nullopt});
      return status == 404;  // servers older than the interface
    };
    api_.get(with(path, "api-version", kPreview), "pipeline permissions of " + what, known, unknown);
  }

  void group(const std::string& scope, const Json& body, const Access& who) {
    const bool vault = text(body, "type") == "AzureKeyVault";
    for (const auto& [name, variable] : child(body, "variables").items()) {
      StoredVariable& added = add(scope, name, variable, vault, who);
      added.about.created_at = seconds_of(text(body, "createdOn"));
      added.about.place.updated_at = seconds_of(text(body, "modifiedOn"));  // of the group
      if (vault) added.about.users += fmt::format("{}value in key vault {}", added.about.users.empty() ? "" : "; ", text(child(body, "providerData"), "vault"));
      if (flag(body, "isShared") == true) added.about.users += added.about.users.empty() ? "shared with other projects" : "; shared with other projects";
    }
  }

  void pipeline(const std::string& scope, const Json& body) {
    std::optional<bool> forks;
    for (const Json& trigger : items(body, "triggers")) {
      if (text(trigger, "triggerType") != "pullRequest") continue;
      const Json& setting = child(trigger, "forks");
      forks = flag(setting, "enabled") == true && flag(setting, "allowSecrets") == true;
    }
    for (const auto& [name, variable] : child(body, "variables").items()) {
      StoredVariable& added = add(fmt::format("{}, pipeline {}", scope, text(body, "name")), name, variable, false, {});
      added.about.created_at = seconds_of(text(body, "createdDate"));  // of this revision of the pipeline
      added.about.forks = forks;
    }
  }

  StoredVariable& add(const std::string& scope, const std::string& name, const Json& variable, bool hidden, const Access& who) {
    StoredVariable& added = api_.add(scope, name);
    added.is_secret = hidden || flag(variable, "isSecret") == true;
    added.about.place.masked = added.is_secret;
    added.about.users = who.users;
    added.about.every_project = who.everywhere;
    if (!added.is_secret) added.value = value_in(variable, "value");
    return added;
  }

  // A password or key among the parameters is null; one that logs in by federation has none at all.
  void connection(const std::string& scope, const Json& body, const Access& who) {
    const Json& authorization = child(body, "authorization");
    const std::string type = fmt::format("{}, {}", text(body, "type"), text(authorization, "scheme"));
    const auto set = [&](StoredVariable& added) {
      added.about.users = type + (who.users.empty() ? "" : "; " + who.users) + (flag(body, "isShared") == true ? "; shared with other projects" : "");
      added.about.every_project = who.everywhere;
    };
    for (const auto& [name, value] : child(authorization, "parameters").items()) {
      StoredVariable& added = api_.add(scope, name);
      set(added);
      added.is_secret = value.is_null();
      if (added.is_secret) {
        added.about.place.masked = true;
      } else {
        added.value = value_in(child(authorization, "parameters"), name);
      }
    }
    for (const auto& [name, value] : child(body, "data").items()) {
      if (value.is_null()) continue;
      StoredVariable& added = api_.add(scope, name);
      set(added);
      added.value = value_in(child(body, "data"), name);
    }
  }

  Api& api_;
};

// A job's token and one of Entra are JSON web tokens, and bearers; a personal one is a password without a user.
std::string authorization(const std::string& token) {
  const bool bearer = token.starts_with("eyJ") && std::count(token.begin(), token.end(), '.') == 2;
  return bearer ? "Bearer " + token : "Basic " + base64_encode(":" + token);
}

}  // namespace

Result<void> list_azure_pipelines(const Target& target, const StoreOptions& options, Listing& out) {
  auto token = access_token(options, target, {"AZURE_DEVOPS_EXT_PAT", "SYSTEM_ACCESSTOKEN"});
  if (!token) return std::unexpected(token.error());
  std::string base = from_environment("AZDO_ORG_SERVICE_URL");
  while (base.ends_with('/')) base.pop_back();
  const std::string last = "/" + net::percent_encoded(target.parts[0]);
  if (base.empty()) base = "https://dev.azure.com" + last;
  if (!base.ends_with(last)) return fail(fmt::format("{}: AZDO_ORG_SERVICE_URL is {}, which is another organization's; unset it, or name its last part", target.text, base));
  auto api = Api::make(base, {{{"Authorization", authorization(*token)}, {"Accept", "application/json"}}}, options, target, out);
  if (!api) return std::unexpected(api.error());
  Azure azure(**api);
  if (target.parts.size() == 1) {
    azure.organization();
  } else {
    azure.project(target.parts[1]);
  }
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
