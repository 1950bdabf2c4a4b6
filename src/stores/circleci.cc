// circleci://vcs/organization[/project], as CircleCI's slugs are written: circleci://gh/acme/shop, circleci://bb/acme, and for what came by the
// GitHub App or from GitLab circleci://circleci/ORGANIZATION-ID[/PROJECT-ID]. Variables of contexts and projects and the SSH keys that
// projects check out with; CircleCI hides all values. Access token (personal): CIRCLE_TOKEN or CIRCLECI_CLI_TOKEN. CIRCLECI_CLI_HOST,
// "https://circleci.example.com", names a server of one's own, as CircleCI's command line has it.
//
// https://circleci.com/docs/api/v2/: Context (with its restrictions), Project (envvar, checkout-key, settings); pages by next_page_token.
// Version 2 has no list of an organization's projects, so that is https://circleci.com/docs/api/v1/#projects, which knows
// those that the token's owner follows; others must be named.
// Who may use a context: its restrictions. Each context begins with one to the group "All members"; that only
// restricts who may start a job, not which project's job, and is taken as none. (The name is what CircleCI's interface shows; that the
// API gives it the same way is not documented.) Whether a context reaches builds of forks is not told, so it is left open.
#include <fmt/format.h>

#include <algorithm>

#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

// Version 1.1 writes the names of hosts out.
std::string short_host(const std::string& type) { return type == "github" ? "gh" : type == "bitbucket" ? "bb" : type; }

class CircleCi {
 public:
  CircleCi(Api& api, std::string host, std::string organization) : api_(api), host_(short_host(host)), organization_(std::move(organization)) {}

  void organization() {
    const std::string slug = host_ + "/" + organization_;
    const std::string path = host_ == "circleci" ? with("/v2/context", "owner-id", organization_) : with("/v2/context", "owner-slug", slug);
    list(path, "contexts of " + slug, [this](const Json& each) { context(text(each, "id"), text(each, "name")); });
    api_.get("/v1.1/projects", "projects of " + slug, [this](const Json& body, const net::Answer&) {
      for (const Json& each : items(body, "")) {
        if (short_host(text(each, "vcs_type")) == host_ && text(each, "username") == organization_) project(text(each, "reponame"));
      }
    });
  }

  void project(const std::string& name) {
    const std::string slug = fmt::format("{}/{}/{}", host_, organization_, name);
    const std::string path = fmt::format("/v2/project/{}/{}/{}", net::percent_encoded(host_), net::percent_encoded(organization_), net::percent_encoded(name));
    list(path + "/checkout-key", "checkout keys of project " + slug, [this, slug](const Json& each) {
      StoredVariable& key = add("project " + slug + ", checkout keys", text(each, "fingerprint"), each);
      key.about.users = text(each, "type");  // "deploy-key" or "github-user-key"
    });
    auto settings = [this, path, slug](const Json& body, const net::Answer&) {
      const Json& advanced = child(body, "advanced");
      const std::optional<bool> build = flag(advanced, "build_fork_prs");
      const std::optional<bool> give = flag(advanced, "forks_receive_secret_env_vars");
      variables(path, slug, build && give ? std::optional(*build && *give) : std::nullopt);
    };
    // It takes more rights to read the settings than to list the variables.
    auto unknown = [this, path, slug](int status) {
      variables(path, slug, std::nullopt);
      return status == 403 || status == 404;
    };
    api_.get(path + "/settings", "settings of project " + slug, settings, unknown);
  }

 private:
  void list(const std::string& path, const std::string& what, std::function<void(const Json&)> got) {
    auto next = [path](const Json& body, const net::Answer&) -> std::optional<std::string> {
      const std::string token = text(body, "next_page_token");
      return token.empty() ? std::nullopt : std::optional(with(path, "page-token", token));
    };
    api_.pages(path, what, "items", next, std::move(got));
  }

  void variables(const std::string& path, const std::string& slug, std::optional<bool> forks) {
    // The value that comes with it is "xxxx" and the last characters of the true one.
    list(path + "/envvar", "variables of project " + slug, [this, slug, forks](const Json& each) { add("project " + slug, text(each, "name"), each).about.forks = forks; });
  }

  void context(const std::string& id, const std::string& name) {
    const std::string path = "/v2/context/" + net::percent_encoded(id);
    auto restrictions = [this, path, name](const Json& body, const net::Answer&) {
      std::string users;
      bool everywhere = true;
      for (const Json& each : items(body, "items")) {
        const std::string type = text(each, "restriction_type");
        const std::string label = text(each, "name").empty() ? text(each, "restriction_value") : text(each, "name");
        if (type == "group" && label == "All members") continue;
        everywhere = everywhere && type == "group";
        users += fmt::format("{}{} {}", users.empty() ? "" : ", ", type, label);
      }
      secrets(path, name, users, everywhere);
    };
    auto unknown = [this, path, name](int) {
      secrets(path, name, "", std::nullopt);
      return false;
    };
    api_.get(path + "/restrictions", "restrictions of context " + name, restrictions, unknown);
  }

  void secrets(const std::string& path, const std::string& context, const std::string& users, std::optional<bool> everywhere) {
    list(path + "/environment-variable", "variables of context " + context, [this, context, users, everywhere](const Json& each) {
      StoredVariable& added = add(fmt::format("context {}/{}", organization_, context), text(each, "variable"), each);
      added.about.users = users.empty() && everywhere == true ? "every project of the organization" : users;
      added.about.every_project = everywhere;
    });
  }

  StoredVariable& add(const std::string& scope, const std::string& name, const Json& each) {
    StoredVariable& added = api_.add(scope, name);
    added.is_secret = true;
    // Contexts write created_at, projects created-at.
    added.about.created_at = std::max(seconds_of(text(each, "created_at")), seconds_of(text(each, "created-at")));
    added.about.place.updated_at = seconds_of(text(each, "updated_at"));
    return added;
  }

  Api& api_;
  std::string host_;
  std::string organization_;
};

}  // namespace

Result<void> list_circleci(const Target& target, const StoreOptions& options, Listing& out) {
  auto token = access_token(options, target, {"CIRCLE_TOKEN", "CIRCLECI_CLI_TOKEN"});
  if (!token) return std::unexpected(token.error());
  std::string base = from_environment("CIRCLECI_CLI_HOST");
  if (base.empty()) base = "https://circleci.com";
  while (base.ends_with('/')) base.pop_back();
  auto api = Api::make(base + "/api", {{{"Circle-Token", *token}, {"Accept", "application/json"}}}, options, target, out);
  if (!api) return std::unexpected(api.error());
  CircleCi circleci(**api, target.parts[0], target.parts[1]);
  if (target.parts.size() == 2) {
    circleci.organization();
  } else {
    circleci.project(target.parts[2]);
  }
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
