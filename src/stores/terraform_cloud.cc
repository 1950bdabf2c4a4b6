// terraform-cloud://organization[/workspace]: HCP Terraform and Terraform Enterprise; variables of workspaces and of variable sets. Sensitive ones
// are hidden. Access token: TFE_TOKEN or TF_TOKEN_app_terraform_io; TFE_ADDRESS, "https://tfe.example.com", names a server of one's own.
//
// https://developer.hashicorp.com/terraform/cloud-docs/api-docs/workspaces, workspace-variables, variable-sets; pages by page[number].
#include <fmt/format.h>

#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

class Terraform {
 public:
  explicit Terraform(Api& api) : api_(api) {}

  void organization(const std::string& name) {
    const std::string base = "/organizations/" + net::percent_encoded(name);
    list(base + "/workspaces", "workspaces of " + name,
         [this, name](const Json& each) { workspace(text(each, "id"), name + "/" + text(child(each, "attributes"), "name")); });
    list(base + "/varsets", "variable sets of " + name, [this, name](const Json& each) { variable_set(name, each); });
  }

  void workspace_of(const std::string& organization, const std::string& name) {
    const std::string path = fmt::format("/organizations/{}/workspaces/{}", net::percent_encoded(organization), net::percent_encoded(name));
    api_.get(path, "workspace " + name, [this, organization, name](const Json& body, const net::Answer&) {
      const std::string id = text(child(body, "data"), "id");
      workspace(id, organization + "/" + name);
      list(fmt::format("/workspaces/{}/varsets", net::percent_encoded(id)), "variable sets of workspace " + name,
           [this, organization](const Json& each) { variable_set(organization, each); });
    });
  }

 private:
  void list(const std::string& path, const std::string& what, std::function<void(const Json&)> got) {
    const std::string first = with(path, "page[size]", "100");
    auto next = [first](const Json& body, const net::Answer&) -> std::optional<std::string> {
      const std::string page = number(child(child(body, "meta"), "pagination"), "next-page");
      return page.empty() ? std::nullopt : std::optional(with(first, "page[number]", page));
    };
    api_.pages(first, what, "data", next, std::move(got));
  }

  void workspace(const std::string& id, const std::string& name) {
    variables(fmt::format("/workspaces/{}/vars", net::percent_encoded(id)), "workspace " + name, false);
  }

  void variable_set(const std::string& organization, const Json& each) {
    const Json& attributes = child(each, "attributes");
    const std::string scope = fmt::format("variable set {}/{}", organization, text(attributes, "name"));
    variables(fmt::format("/varsets/{}/relationships/vars", net::percent_encoded(text(each, "id"))), scope, flag(attributes, "global") == true);
  }

  void variables(const std::string& path, const std::string& scope, bool everywhere) {
    list(path, "variables of " + scope, [this, scope, everywhere](const Json& each) {
      const Json& attributes = child(each, "attributes");
      StoredVariable& added = api_.add(scope, text(attributes, "key"));
      added.is_secret = flag(attributes, "sensitive") == true;
      added.about.place.masked = added.is_secret;
      added.about.created_at = seconds_of(text(attributes, "created-at"));
      if (everywhere) {
        added.about.every_project = true;
        added.about.users = "all workspaces";
      }
      if (!added.is_secret) added.value = value_in(attributes, "value");
    });
  }

  Api& api_;
};

}  // namespace

Result<void> list_terraform_cloud(const Target& target, const StoreOptions& options, Listing& out) {
  auto token = access_token(options, target, {"TFE_TOKEN", "TF_TOKEN_app_terraform_io"});
  if (!token) return std::unexpected(token.error());
  std::string base = from_environment("TFE_ADDRESS");
  if (base.empty()) base = "https://app.terraform.io";
  while (base.ends_with('/')) base.pop_back();
  auto api = Api::make(base + "/api/v2", {{{"Authorization", "Bearer " + *token}, {"Content-Type", "application/vnd.api+json"}}}, options, target, out);
  if (!api) return std::unexpected(api.error());
  Terraform terraform(**api);
  if (target.parts.size() == 1) {
    terraform.organization(target.parts[0]);
  } else {
    terraform.workspace_of(target.parts[0], target.parts[1]);
  }
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
