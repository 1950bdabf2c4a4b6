// bitbucket-pipelines://workspace[/repository]: Bitbucket Cloud; variables of workspace, repositories and deployment environments. Secured ones are
// hidden. Access: BITBUCKET_TOKEN (an access token), or BITBUCKET_USERNAME and BITBUCKET_APP_PASSWORD.
//
// https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/, api-group-deployments/, api-group-repositories/; pages by the
// body's `next`. Bitbucket tells no dates of variables. Pull requests from forks run no pipelines of the parent.
#include <fmt/format.h>

#include "base/base64.h"
#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

class Bitbucket {
 public:
  Bitbucket(Api& api, const std::string& workspace) : api_(api), workspace_(workspace) {}

  void workspace() {
    variables(fmt::format("/workspaces/{}/pipelines-config/variables", workspace_), "workspace " + workspace_, {}, true);
    list("/repositories/" + workspace_, "repositories of " + workspace_, [this](const Json& each) { repository(text(each, "slug")); });
  }

  void repository(const std::string& slug) {
    const std::string base = fmt::format("/repositories/{}/{}", workspace_, net::percent_encoded(slug));
    const std::string scope = fmt::format("repository {}/{}", workspace_, slug);
    variables(base + "/pipelines_config/variables", scope, {}, false);
    list(base + "/environments", "environments of " + scope, [this, base, scope](const Json& each) {
      const std::string id = net::percent_encoded(text(each, "uuid"));
      variables(fmt::format("{}/deployments_config/environments/{}/variables", base, id), scope, text(each, "name"), false);
    });
  }

 private:
  void list(const std::string& path, const std::string& what, std::function<void(const Json&)> got) {
    api_.pages(with(path, "pagelen", "100"), what, "values", api_.by_url(what, "next"), std::move(got));
  }

  void variables(const std::string& path, const std::string& scope, const std::string& environment, bool everywhere) {
    const std::string what = fmt::format("variables of {}{}{}", scope, environment.empty() ? "" : ", environment ", environment);
    list(path, what, [this, scope, environment, everywhere](const Json& each) {
      StoredVariable& added = api_.add(scope, text(each, "key"));
      added.is_secret = flag(each, "secured") == true;
      added.about.place.masked = added.is_secret;
      if (!environment.empty()) added.about.place.environments = {environment};
      if (everywhere) added.about.every_project = true;
      if (!added.is_secret) added.value = value_in(each, "value");
    });
  }

  Api& api_;
  std::string workspace_;
};

Result<std::string> authorization(const Target& target, const StoreOptions& options) {
  const std::string user = from_environment("BITBUCKET_USERNAME");
  const std::string password = from_environment("BITBUCKET_APP_PASSWORD");
  if (options.token_file.empty() && from_environment("BITBUCKET_TOKEN").empty() && !user.empty() && !password.empty())
    return "Basic " + base64_encode(user + ":" + password);
  auto token = access_token(options, target, {"BITBUCKET_TOKEN", "BITBUCKET_USERNAME and BITBUCKET_APP_PASSWORD"});
  if (token) *token = "Bearer " + *token;
  return token;
}

}  // namespace

Result<void> list_bitbucket_pipelines(const Target& target, const StoreOptions& options, Listing& out) {
  auto login = authorization(target, options);
  if (!login) return std::unexpected(login.error());
  auto api = Api::make("https://api.bitbucket.org/2.0", {{{"Authorization", *login}}}, options, target, out);
  if (!api) return std::unexpected(api.error());
  Bitbucket bitbucket(**api, target.parts[0]);
  if (target.parts.size() == 1) {
    bitbucket.workspace();
  } else {
    bitbucket.repository(target.parts[1]);
  }
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
