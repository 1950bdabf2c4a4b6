// woodpecker://host (global secrets, and the repositories of the token's owner with their organizations), woodpecker://host/owner and
// woodpecker://host/owner/repository. Woodpecker hides the values of all secrets. Access token: WOODPECKER_TOKEN.
//
// https://woodpecker-ci.org/api, https://woodpecker-ci.org/docs/usage/secrets; server/model/secret.go and repo.go, server/router/api.go of
// https://github.com/woodpecker-ci/woodpecker (versions 2 and 3). Pages by number, of at most 50; the list of one's repositories has none.
// Woodpecker keeps no dates of secrets.
//   - A secret names the events that it is for and the images that may use it, none of which: every step.
//   - A pull request from a fork reaches a secret whose events have pull_request, if the repository takes pull requests
//     and runs them without approval: `require_approval` "none" (version 3), `gated` false (version 2). Of global and
//     organization secrets for pull requests it depends on each repository, so it is left open.
#include <fmt/format.h>

#include <set>

#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

// server/router/middleware/session/pagination.go
constexpr std::size_t kOnPage = 50;

std::string joined(const Json& list) {
  std::string out;
  for (const Json& each : list) {
    if (each.is_string()) out += (out.empty() ? "" : ", ") + each.get<std::string>();
  }
  return out;
}

bool for_pull_requests(const Json& secret) {
  for (const Json& event : items(secret, "events")) {
    if (event.is_string() && event.get_ref<const std::string&>().starts_with("pull_request")) return true;
  }
  return false;
}

// Whether pull requests from forks are run without anybody's approval; absent: not told.
std::optional<bool> forks_run(const Json& repository) {
  if (flag(repository, "allow_pr") == false) return false;
  if (const std::string approval = text(repository, "require_approval"); !approval.empty()) return approval == "none";
  const std::optional<bool> gated = flag(repository, "gated");
  return gated ? std::optional(!*gated) : std::nullopt;
}

class Woodpecker {
 public:
  explicit Woodpecker(Api& api) : api_(api) {}

  void instance() {
    secrets("/secrets", "every repository", "instance", std::nullopt, true);
    mine("");
  }

  void owner(const std::string& name) {
    auto organization = [this, name](const Json& body, const net::Answer&) { this->organization(number(body, "id"), name); };
    api_.get("/orgs/lookup/" + net::percent_encoded(name), "organization " + name, organization);
    mine(name);
  }

  void repository_named(const std::string& owner, const std::string& name) {
    api_.get(fmt::format("/repos/lookup/{}/{}", net::percent_encoded(owner), net::percent_encoded(name)), fmt::format("repository {}/{}", owner, name),
             [this](const Json& body, const net::Answer&) { repository(body); });
  }

 private:
  void mine(const std::string& owner) {
    api_.get("/user/repos", "repositories", [this, owner](const Json& body, const net::Answer&) {
      for (const Json& each : items(body, "")) {
        if (!owner.empty() && text(each, "owner") != owner) continue;
        repository(each);
        if (owner.empty()) organization(number(each, "org_id"), text(each, "owner"));
      }
    });
  }

  void organization(const std::string& id, const std::string& name) {
    if (id.empty() || id == "0" || !organizations_.insert(id).second) return;
    secrets(fmt::format("/orgs/{}/secrets", id), "every repository of the organization", "organization " + name, std::nullopt, true);
  }

  void repository(const Json& body) {
    const std::string id = number(body, "id");
    if (id.empty() || flag(body, "active") == false) return;
    secrets(fmt::format("/repos/{}/secrets", id), "", "repository " + text(body, "full_name"), forks_run(body), false);
  }

  void secrets(const std::string& path, const std::string& users, const std::string& scope, std::optional<bool> forks, bool everywhere) {
    const std::string first = with(path, "perPage", std::to_string(kOnPage));
    auto page = std::make_shared<int>(1);
    auto next = [first, page](const Json& body, const net::Answer&) -> std::optional<std::string> {
      if (items(body, "").size() < kOnPage) return std::nullopt;
      return with(first, "page", std::to_string(++*page));
    };
    api_.pages(first, "secrets of " + scope, "", next, [this, scope, users, forks, everywhere](const Json& each) {
      StoredVariable& added = api_.add(scope, text(each, "name"));
      added.is_secret = true;
      added.about.forks = for_pull_requests(each) ? forks : std::optional(false);
      if (everywhere) added.about.every_project = true;
      const std::string images = joined(items(each, "images"));
      added.about.users = fmt::format("{}{}events {}; {}", users, users.empty() ? "" : "; ", joined(items(each, "events")), images.empty() ? "every image" : "images " + images);
    });
  }

  Api& api_;
  std::set<std::string> organizations_;
};

}  // namespace

Result<void> list_woodpecker(const Target& target, const StoreOptions& options, Listing& out) {
  auto token = access_token(options, target, {"WOODPECKER_TOKEN"});
  if (!token) return std::unexpected(token.error());
  auto api = Api::make(fmt::format("https://{}/api", target.parts[0]), {{{"Authorization", "Bearer " + *token}}}, options, target, out);
  if (!api) return std::unexpected(api.error());
  Woodpecker woodpecker(**api);
  if (target.parts.size() == 1) {
    woodpecker.instance();
  } else if (target.parts.size() == 2) {
    woodpecker.owner(target.parts[1]);
  } else {
    woodpecker.repository_named(target.parts[1], target.parts[2]);
  }
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
