// gitea-actions://host (what the token's owner has: repositories, and organizations with theirs), gitea-actions://host/owner and
// gitea-actions://host/owner/repository; Gitea and Forgejo. Secrets are hidden, variables are not, and each runner that is registered
// holds a token. Access token (scopes read:user, read:organization, read:repository): GITEA_TOKEN or FORGEJO_TOKEN.
//
// https://docs.gitea.com/api/ and https://forgejo.org/docs/latest/user/api-usage/; requests are
// held to Gitea's own Swagger description, and read are the answers of a real Gitea, by tests/stores/ (gitea_openapi.json). Forgejo: by the
// documentation alone, not tried.
// Pages by number, up to the total in X-Total-Count: Link headers are built from the server's ROOT_URL, which
// need not be the name that it is asked by. Without that header pages are asked for until one is empty.
//   - Secrets of a user cannot be listed, only written; those of the instance neither.
//   - Asking for a registration token of runners makes one where there is none, so it is not asked for.
//   - Runs of pull requests from forks are given no secrets (models/secret/secret.go, GetSecretsOfTask), but variables.
//   - Of a secret the date of its making is told, of a variable none.
#include <fmt/format.h>

#include <charconv>
#include <set>
#include <utility>

#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

class Gitea {
 public:
  explicit Gitea(Api& api) : api_(api) {}

  void instance() {
    list("/user/actions/variables", "variables of the user", [this](const Json& each) { variable("user", each); });
    list("/user/repos", "repositories", [this](const Json& each) { repository(each); });
    list("/user/orgs", "organizations", [this](const Json& each) { organization(text(each, "username").empty() ? text(each, "name") : text(each, "username")); });
  }

  // An owner may be an organization or a user; a 404 says that it is not the former.
  void owner(const std::string& name) {
    auto is_user = [this, name](int status) {
      if (status != 404) return false;
      list("/users/" + net::percent_encoded(name) + "/repos", "repositories of " + name, [this](const Json& each) { repository(each); });
      return true;
    };
    api_.get("/orgs/" + net::percent_encoded(name), "organization or user " + name, [this, name](const Json&, const net::Answer&) { organization(name); }, is_user);
  }

  void repository_named(const std::string& owner, const std::string& name) {
    api_.get(fmt::format("/repos/{}/{}", net::percent_encoded(owner), net::percent_encoded(name)), fmt::format("repository {}/{}", owner, name),
             [this](const Json& body, const net::Answer&) { repository(body); });
  }

 private:
  void list(const std::string& path, const std::string& what, std::function<void(const Json&)> got) {
    const std::string first = with(path, "limit", "50");  // the most that servers give by default
    auto page = std::make_shared<int>(1);
    auto seen = std::make_shared<std::size_t>(0);
    auto before = std::make_shared<std::string>();
    auto next = [first, page, seen, before](const Json& body, const net::Answer& answer) -> std::optional<std::string> {
      *seen += items(body, "").size();
      const std::string_view total = answer.header("x-total-count");
      std::size_t count = 0;
      if (std::from_chars(total.data(), total.data() + total.size(), count).ec == std::errc{} && *seen >= count) return std::nullopt;
      // Some servers give all that there is whatever page is asked for (Gitea 1.25's variables).
      if (std::exchange(*before, answer.body) == answer.body) return std::nullopt;
      return with(first, "page", std::to_string(++*page));
    };
    api_.pages(first, what, "", next, std::move(got));
  }

  void organization(const std::string& name) {
    const std::string base = "/orgs/" + net::percent_encoded(name);
    const std::string scope = "organization " + name;
    list(base + "/actions/secrets", "secrets of " + scope, [this, scope](const Json& each) { everywhere(secret(scope, each)); });
    list(base + "/actions/variables", "variables of " + scope, [this, scope](const Json& each) { everywhere(variable(scope, each)); });
    runners(base, scope);
    list(base + "/repos", "repositories of " + scope, [this](const Json& each) { repository(each); });
  }

  void repository(const Json& body) {
    const std::string path = text(body, "full_name");
    const std::string owner = path.substr(0, path.find('/'));
    if (!seen_.insert(path).second) return;
    // Without the unit there are no secrets, and the server answers 404; "has_actions" is absent of servers older than it.
    if (flag(body, "has_actions") == false) return;
    const std::string base = fmt::format("/repos/{}/{}", net::percent_encoded(owner), net::percent_encoded(text(body, "name")));
    const std::string scope = "repository " + path;
    list(base + "/actions/secrets", "secrets of " + scope, [this, scope](const Json& each) { secret(scope, each); });
    list(base + "/actions/variables", "variables of " + scope, [this, scope](const Json& each) { variable(scope, each); });
    runners(base, scope);
  }

  void runners(const std::string& base, const std::string& scope) {
    // Servers before Gitea 1.25 and Forgejo 13 have no such list.
    auto none = [](int status) { return status == 404; };
    auto read = [this, scope](const Json& body, const net::Answer&) {
      for (const Json& each : items(body, "runners")) {
        StoredVariable& added = api_.add(scope + ", runners", text(each, "name").empty() ? number(each, "id") : text(each, "name"));
        added.is_secret = true;
        for (const Json& label : items(each, "labels")) added.about.users += (added.about.users.empty() ? "jobs for " : ", ") + text(label, "name");
      }
    };
    api_.get(base + "/actions/runners", "runners of " + scope, read, none);
  }

  StoredVariable& secret(const std::string& scope, const Json& each) {
    StoredVariable& added = api_.add(scope, text(each, "name"));
    added.is_secret = true;
    added.about.forks = false;
    added.about.created_at = seconds_of(text(each, "created_at"));
    return added;
  }

  StoredVariable& variable(const std::string& scope, const Json& each) {
    StoredVariable& added = api_.add(scope, text(each, "name"));
    added.value = value_in(each, "data");
    added.about.place.masked = false;
    added.about.forks = true;
    return added;
  }

  static void everywhere(StoredVariable& added) {
    added.about.every_project = true;
    added.about.users = "every repository of the organization";
  }

  Api& api_;
  std::set<std::string> seen_;  // a repository of an organization is also one of its members'
};

}  // namespace

Result<void> list_gitea_actions(const Target& target, const StoreOptions& options, Listing& out) {
  auto token = access_token(options, target, {"GITEA_TOKEN", "FORGEJO_TOKEN"});
  if (!token) return std::unexpected(token.error());
  auto api = Api::make(fmt::format("https://{}/api/v1", target.parts[0]), {{{"Authorization", "token " + *token}}}, options, target, out);
  if (!api) return std::unexpected(api.error());
  Gitea gitea(**api);
  if (target.parts.size() == 1) {
    gitea.instance();
  } else if (target.parts.size() == 2) {
    gitea.owner(target.parts[1]);
  } else {
    gitea.repository_named(target.parts[1], target.parts[2]);
  }
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
