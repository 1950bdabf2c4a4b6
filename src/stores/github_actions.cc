// github-actions://owner (an organization, or a user) and github-actions://owner/repository: secrets of organization, repositories, environments
// and Dependabot, which are hidden, and variables, which are not. Access token: GITHUB_TOKEN or GH_TOKEN. GITHUB_API_URL, as Actions sets
// it, names the interface of a GitHub Enterprise Server.
//
// https://docs.github.com/rest/actions/secrets, actions/variables, dependabot/secrets, deployments/environments, actions/permissions (whether
// pull requests from forks of private repositories are given secrets; those of public ones are not). Held to
// GitHub's OpenAPI description by tests/stores/.
// Runs: actions/workflow-runs (the newest first; the parameter `created` would end the list at 1,000 of them) and actions/artifacts. Logs are a zip
// of a text for each job and each step, a zip for each attempt; they and artifacts are answered by a redirect to whoever keeps them. A run's date is
// the day its latest attempt was started; the list is read until a run that could not be repeated after the bound.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

// https://docs.github.com/actions/managing-workflow-runs/re-running-workflows-and-jobs: up to 30 days after the first attempt.
constexpr std::int64_t kRepeatable = 30 * 86'400;
constexpr int kMostAttempts = 1000;  // https://docs.github.com/actions/reference/limits: 50 re-runs

class GitHub {
 public:
  explicit GitHub(Api& api) : api_(api) {}

  void owner(const std::string& name) {
    // A user has repositories, but no secrets of their own.
    auto is_user = [this, name](int status) {
      if (status != 404) return false;
      api_.get("/user", "user of the access token", [this, name](const Json& body, const net::Answer&) {
        repositories(text(body, "login") == name ? "/user/repos?affiliation=owner" : fmt::format("/users/{}/repos?type=owner", name), name);
      });
      return true;
    };
    auto is_organization = [this, name](const Json&, const net::Answer&) {
      organization(name);
      repositories(fmt::format("/orgs/{}/repos?type=all", name), name);
    };
    api_.get("/orgs/" + name, "organization " + name, is_organization, is_user);
  }

  void repository_named(const std::string& path) {
    api_.get("/repos/" + path, "repository " + path, [this](const Json& body, const net::Answer&) { repository(body); });
  }

 private:
  void list(const std::string& path, const std::string& what, const std::string& member, std::function<void(const Json&)> got, Api::Refused refused = {}) {
    // https://docs.github.com/rest/actions/variables: of variables a page holds at most 30.
    api_.pages(with(path, "per_page", member == "variables" ? "30" : "100"), what, member, api_.by_link(what), std::move(got), std::move(refused));
  }

  void repositories(const std::string& path, const std::string& owner) {
    list(path, "repositories of " + owner, "", [this](const Json& each) { repository(each); });
  }

  void organization(const std::string& name) {
    const std::string base = "/orgs/" + name;
    const std::string scope = "organization " + name;
    list(base + "/actions/secrets", "secrets of " + scope, "secrets", [this, base, scope](const Json& each) { organization_secret(base + "/actions/secrets/", scope, each); });
    list(base + "/dependabot/secrets", "Dependabot secrets of " + scope, "secrets",
         [this, base, scope](const Json& each) { organization_secret(base + "/dependabot/secrets/", scope + ", Dependabot", each); });
    list(base + "/actions/variables", "variables of " + scope, "variables", [this, scope](const Json& each) { add(scope, each, false); });
  }

  void organization_secret(const std::string& base, const std::string& scope, const Json& each) {
    const std::string name = text(each, "name");
    const std::string visibility = text(each, "visibility");
    if (visibility != "selected") {
      StoredVariable& added = add(scope, each, true);
      added.about.users = visibility == "all" ? "all repositories" : "all private repositories";
      added.about.every_project = true;
      return;
    }
    // Which ones is a question of its own; without an answer the secret is still listed.
    auto refused = [this, scope, each](int) {
      add(scope, each, true).about.users = "selected repositories";
      return false;
    };
    auto selected = [this, scope, each](const Json& body, const net::Answer&) {
      std::string users;
      for (const Json& repository : items(body, "repositories")) users += (users.empty() ? "" : ", ") + text(repository, "full_name");
      StoredVariable& added = add(scope, each, true);
      added.about.users = "selected repositories: " + (users.empty() ? "none" : users);
    };
    api_.get(base + net::percent_encoded(name) + "/repositories?per_page=100", fmt::format("repositories of {}/{}", scope, name), selected, refused);
  }

  void repository(const Json& body) {
    const std::string path = text(body, "full_name");
    const std::string base = "/repos/" + path;
    const std::string scope = "repository " + path;
    list(base + "/actions/variables", "variables of " + scope, "variables", [this, scope](const Json& each) { add(scope, each, false); });
    list(base + "/dependabot/secrets", "Dependabot secrets of " + scope, "secrets", [this, scope](const Json& each) { add(scope + ", Dependabot", each, true); });
    if (api_.outputs().any()) runs(base, scope);
    list(base + "/environments", "environments of " + scope, "environments", [this, base, scope](const Json& each) { environment(base, scope, each); });
    if (flag(body, "private") != true) return secrets(base, scope, false);
    auto forks = [this, base, scope](const Json& setting, const net::Answer&) {
      secrets(base, scope, flag(setting, "run_workflows_from_fork_pull_requests") == true && flag(setting, "send_secrets_and_variables") == true);
    };
    // It takes a token with administrative rights to know; the secrets are listed without.
    auto unknown = [this, base, scope](int status) {
      secrets(base, scope, std::nullopt);
      return status == 403 || status == 404;
    };
    api_.get(base + "/actions/permissions/fork-pr-workflows-private-repos", "settings of " + scope, forks, unknown);
  }

  void runs(const std::string& base, const std::string& scope) {
    const std::string what = "runs of " + scope;
    const std::int64_t since = api_.outputs().since - kRepeatable;
    auto made_since = [since](const Json& run) { return seconds_of(text(run, "created_at")) >= since; };
    api_.pages(base + "/actions/runs?per_page=100", what, "workflow_runs", api_.while_wanted(api_.by_link(what), "workflow_runs", made_since),
               [this, base, scope](const Json& run) { outputs(base, scope, run); });
  }

  void outputs(const std::string& base, const std::string& scope, const Json& run) {
    const std::string id = number(run, "id");
    const std::string name = fmt::format("{}, run {} {}", scope, id, text(run, "name"));
    const std::string path = fmt::format("{}/actions/runs/{}", base, id);
    const std::string started = text(run, "run_started_at");
    const std::int64_t date = seconds_of(started.empty() ? text(run, "created_at") : started);
    if (id.empty() || date < api_.outputs().since) return;
    // Before its end a run has no logs.
    if (api_.outputs().logs && text(run, "status") == "completed") {
      api_.add_output(model::CiSource::kLog, name, "log", date, path + "/logs");
      const int attempts = std::atoi(number(run, "run_attempt").c_str());
      for (int attempt = 1; attempt < std::min(attempts, kMostAttempts); ++attempt) {
        api_.add_output(model::CiSource::kLog, fmt::format("{}, attempt {}", name, attempt), "log", date, fmt::format("{}/attempts/{}/logs", path, attempt));
      }
    }
    if (!api_.outputs().artifacts) return;
    list(path + "/artifacts", "artifacts of " + name, "artifacts", [this, base, name, date](const Json& each) {
      const std::string file = fmt::format("artifacts/{}.zip", text(each, "name"));
      if (flag(each, "expired") == true) api_.gone(name, file);
      else api_.add_output(model::CiSource::kArtifact, name, file, date, fmt::format("{}/actions/artifacts/{}/zip", base, number(each, "id")));
    });
  }

  // Those of a public repository are not given to pull requests from forks.
  void secrets(const std::string& base, const std::string& scope, std::optional<bool> forks) {
    list(base + "/actions/secrets", "secrets of " + scope, "secrets", [this, scope, forks](const Json& each) { add(scope, each, true).about.forks = forks; });
  }

  // Deployment branches: https://docs.github.com/rest/deployments/environments
  void environment(const std::string& base, const std::string& scope, const Json& body) {
    const std::string name = text(body, "name");
    const std::string path = fmt::format("{}/environments/{}", base, net::percent_encoded(name));
    const std::string what = fmt::format("environment {} of {}", name, scope);
    const auto policy = body.find("deployment_branch_policy");
    std::optional<bool> protected_only;
    if (policy != body.end() && policy->is_null()) protected_only = false;
    if (policy != body.end() && flag(*policy, "protected_branches") == true) protected_only = true;
    auto set = [name, protected_only](StoredVariable& added) {
      added.about.place.environments = {name};
      added.about.place.protected_only = protected_only;
    };
    list(path + "/secrets", "secrets of " + what, "secrets", [this, scope, set](const Json& each) { set(add(scope, each, true)); });
    list(path + "/variables", "variables of " + what, "variables", [this, scope, set](const Json& each) { set(add(scope, each, false)); });
  }

  StoredVariable& add(const std::string& scope, const Json& each, bool secret) {
    StoredVariable& added = api_.add(scope, text(each, "name"));
    added.about.created_at = seconds_of(text(each, "created_at"));
    added.about.place.updated_at = seconds_of(text(each, "updated_at"));
    added.is_secret = secret;
    if (!secret) {
      added.value = value_in(each, "value");
      added.about.place.masked = false;  // a variable is never starred out
    }
    return added;
  }

  Api& api_;
};

}  // namespace

Result<void> list_github_actions(const Target& target, const StoreOptions& options, Listing& out) {
  auto token = access_token(options, target, {"GITHUB_TOKEN", "GH_TOKEN"});
  if (!token) return std::unexpected(token.error());
  std::string base = from_environment("GITHUB_API_URL");
  if (base.empty()) base = "https://api.github.com";
  const Login login{{{"Authorization", "Bearer " + *token}, {"Accept", "application/vnd.github+json"}, {"X-GitHub-Api-Version", "2022-11-28"}, {"User-Agent", "keywake"}}};
  auto api = Api::make(base, login, options, target, out);
  if (!api) return std::unexpected(api.error());
  GitHub github(**api);
  if (target.parts.size() == 1) {
    github.owner(target.parts[0]);
  } else {
    github.repository_named(target.rest(0));
  }
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
