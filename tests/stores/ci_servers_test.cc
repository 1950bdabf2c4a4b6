// CircleCI, Buildkite, Azure Pipelines, Gitea and Woodpecker against a server on loopback that answers as the documentation has it which their
// files in src/stores/ cite; Gitea's is held to its own description and answers, too (gitea_openapi.json, made by gitea_excerpt.py). docs/stores.md tells which of them were tried against the real thing.
#include <algorithm>

#include "base/base64.h"
#include "catch.h"
#include "listing_helper.h"
#include "stores/leaks.h"

namespace keywake::testing {
namespace {

std::string leaks_of(const Listing& listing, std::string_view path) {
  std::string out;
  const std::int64_t now = 1'735'689'600;  // 2025-01-01
  for (const model::LeakingSetting& leak : stores::leaks_of(named(listing, path).about, "", now)) out += (out.empty() ? "" : " ") + std::string(leak.id);
  return out;
}

std::size_t refused(StoreServer& server) {
  const Json requests = server.requests();
  return static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), [](const Json& each) { return each["status"] == 404; }));
}

}  // namespace

TEST_CASE("CircleCI: contexts with their restrictions, projects that the token's owner follows, forks and checkout keys") {
  const std::string first = "1111-aa";
  const auto restriction = [](const std::string& type, const std::string& name) { return Json{{"restriction_type", type}, {"restriction_value", "5c-id"}, {"name", name}}; };
  const Json routes{
      {"/api/v2/context?owner-slug=gh%2Facme", body({{"items", {{{"id", first}, {"name", "deploy"}}}}, {"next_page_token", "a b"}})},
      {"/api/v2/context?owner-slug=gh%2Facme&page-token=a%20b", body({{"items", {{{"id", "2"}, {"name", "open"}}, {{"id", "3"}, {"name", "dark"}}}}, {"next_page_token", nullptr}})},
      {"/api/v2/context/1111-aa/restrictions", body({{"items", {restriction("group", "All members"), restriction("project", "shop")}}})},
      {"/api/v2/context/1111-aa/environment-variable",
       body({{"items", {{{"variable", "AWS_SECRET_ACCESS_KEY"}, {"created_at", "2024-12-01T12:00:00Z"}, {"updated_at", "2024-12-02T12:00:00Z"}}}}, {"next_page_token", nullptr}})},
      {"/api/v2/context/2/restrictions", body({{"items", {restriction("group", "All members")}}})},
      {"/api/v2/context/2/environment-variable", body({{"items", {{{"variable", "NPM_TOKEN"}, {"created_at", "2024-01-01T12:00:00Z"}}}}})},
      {"/api/v2/context/3/restrictions", status(403)},
      {"/api/v2/context/3/environment-variable", body({{"items", {{{"variable", "UNKNOWN"}}}}})},
      {"/api/v1.1/projects", body({{{"vcs_type", "github"}, {"username", "acme"}, {"reponame", "shop"}}, {{"vcs_type", "github"}, {"username", "other"}, {"reponame", "x"}}})},
      {"/api/v2/project/gh/acme/shop/settings", body({{"advanced", {{"build_fork_prs", true}, {"forks_receive_secret_env_vars", true}}}})},
      {"/api/v2/project/gh/acme/shop/envvar", body({{"items", {{{"name", "DB_PASSWORD"}, {"value", "xxxx1234"}, {"created-at", "2024-12-01T12:00:00Z"}}}}})},
      {"/api/v2/project/gh/acme/shop/checkout-key", Json::array({{{"status", 429}, {"headers", {{"Retry-After", "1"}}}}, body({{"items", {{{"fingerprint", "c9:0b"}, {"type", "deploy-key"}, {"created-at", "2024-12-01T12:00:00Z"}}}}})})},
      {"/api/v2/project/gh/acme/web/settings", status(404)},
      {"/api/v2/project/gh/acme/web/envvar", body({{"items", {{{"name", "ONLY"}}}}})},
      {"/api/v2/project/gh/acme/web/checkout-key", body({{"items", Json::array()}})},
      {"/api/v2/context?owner-id=00-11", body({{"items", Json::array()}})},
  };
  StoreServer server({{"login", {"Circle-Token", "cci"}}, {"routes", routes}});
  const EnvironmentVariable token("CIRCLECI_CLI_TOKEN", "cci");
  const Listing listing = listed("circleci://gh/acme", server.options());
  CHECK(all(listing) ==
        "context acme/dark/UNKNOWN=(hidden)\n"
        "context acme/deploy/AWS_SECRET_ACCESS_KEY=(hidden)\n"
        "context acme/open/NPM_TOKEN=(hidden)\n"
        "project gh/acme/shop/DB_PASSWORD=(hidden)\n"
        "project gh/acme/shop, checkout keys/c9:0b=(hidden)\n");
  CHECK(skips(listing) == "circleci://gh/acme: restrictions of context dark: the access token has no permission for it (403)\n");
  CHECK(leaks_of(listing, "context acme/deploy/AWS_SECRET_ACCESS_KEY") == "static-cloud-key");
  CHECK(named(listing, "context acme/deploy/AWS_SECRET_ACCESS_KEY").about.users == "project shop");
  CHECK(leaks_of(listing, "context acme/open/NPM_TOKEN") == "every-project old");
  CHECK(leaks_of(listing, "context acme/dark/UNKNOWN").empty());
  CHECK(leaks_of(listing, "project gh/acme/shop/DB_PASSWORD") == "forks");
  const Listing one = listed("circleci://gh/acme/web", server.options());
  CHECK(all(one) == "project gh/acme/web/ONLY=(hidden)\n");
  CHECK_FALSE(named(one, "project gh/acme/web/ONLY").about.forks.has_value());
  CHECK(skips(one).empty());
  CHECK(skips(listed("circleci://circleci/00-11", server.options())).empty());
  CHECK(error_of("circleci://gh").find("circleci://vcs/organization") != std::string::npos);
}

TEST_CASE("Buildkite: environment, steps and schedules of pipelines; secrets and agent tokens of clusters; a limit by RateLimit-Reset") {
  const std::string api = "https://api.buildkite.com/v2";
  const std::string base = "/v2/organizations/acme";
  const Json shop{{"slug", "shop"}, {"created_at", "2024-12-01T12:00:00.000Z"}, {"env", {{"DB_PASSWORD", "p"}, {"LEVEL", 3}}}, {"configuration", "steps:\n  - command: make\n    env:\n      A: b\n"},
                  {"provider", {{"settings", {{"build_pull_request_forks", true}}}}}};
  const Json limited{{"status", 429}, {"headers", {{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "1"}}}};
  const Json routes{
      {base + "/pipelines?per_page=100", {{"body", {shop}}, {"headers", {{"Link", "<" + api + "/organizations/acme/pipelines?page=2&per_page=100>; rel=\"next\""}}}}},
      {base + "/pipelines?page=2&per_page=100", Json::array({limited, body({{{"slug", "bare"}, {"env", nullptr}}})})},
      {base + "/pipelines/shop", body(shop)},
      {base + "/pipelines/shop/schedules?per_page=100", body({{{"label", "nightly"}, {"env", {{"FULL", "1"}}}}})},
      {base + "/pipelines/bare/schedules?per_page=100", status(403)},
      {base + "/clusters?per_page=100", body({{{"id", "c-1"}, {"name", "linux"}}})},
      {base + "/clusters/c-1/secrets?per_page=100",
       body({{{"key", "ANY"}, {"policy", nullptr}, {"created_at", "2024-01-01T12:00:00Z"}, {"updated_at", "2024-12-20T12:00:00Z"}}, {{"key", "ONE"}, {"policy", "- pipeline_slug: shop\n  build_branch: main\n"}}})},
      {base + "/clusters/c-1/tokens?per_page=100", body({{{"id", "t-1"}, {"description", "agents in fra"}, {"allowed_ip_addresses", "10.0.0.0/8"}, {"created_at", "2023-01-01T12:00:00Z"}}})},
  };
  StoreServer server({{"login", {"Authorization", "Bearer bkua"}}, {"routes", routes}});
  const EnvironmentVariable token("BUILDKITE_API_TOKEN", "bkua");
  const Listing listing = listed("buildkite://acme", server.options());
  CHECK(all(listing) ==
        "cluster acme/linux/ANY=(hidden)\n"
        "cluster acme/linux/ONE=(hidden)\n"
        "cluster acme/linux, agent tokens/agents in fra=(hidden)\n"
        "pipeline acme/shop/DB_PASSWORD=p\n"
        "pipeline acme/shop/LEVEL=3\n"
        "pipeline acme/shop/configuration=steps:\n  - command: make\n    env:\n      A: b\n\n"
        "pipeline acme/shop, schedule nightly/FULL=1\n");
  CHECK(skips(listing) == "buildkite://acme: schedules of pipeline acme/bare: the access token has no permission for it (403)\n");
  CHECK(leaks_of(listing, "cluster acme/linux/ANY") == "every-branch every-project");
  CHECK(leaks_of(listing, "cluster acme/linux/ONE").empty());
  CHECK(named(listing, "cluster acme/linux/ONE").about.users == "by policy: - pipeline_slug: shop   build_branch: main");
  CHECK(leaks_of(listing, "cluster acme/linux, agent tokens/agents in fra") == "old");
  CHECK(leaks_of(listing, "pipeline acme/shop/DB_PASSWORD") == "forks");
  CHECK(leaks_of(listing, "pipeline acme/shop/LEVEL") == "unmasked forks");
  const Json requests = server.requests();
  CHECK(std::count_if(requests.begin(), requests.end(), [](const Json& each) { return each["status"] == 429; }) == 1);
  CHECK(listed("buildkite://acme/shop", server.options()).variables.size() == 4);
}

TEST_CASE("Azure Pipelines: variable groups, pipelines and service connections of every project; a server of one's own; a login page") {
  const std::string shop = "/acme/the%20shop/_apis";
  const std::string version = "api-version=7.1";
  const auto permissions = [](bool all, const Json& pipelines) { return body({{"allPipelines", all ? Json{{"authorized", true}} : Json()}, {"pipelines", pipelines}}); };
  const Json group{{"id", 4}, {"name", "deploy"}, {"type", "Vsts"}, {"createdOn", "2024-01-01T12:00:00.12Z"}, {"modifiedOn", "2024-02-01T12:00:00.12Z"},
                   {"variables", {{"ARM_CLIENT_SECRET", {{"value", nullptr}, {"isSecret", true}}}, {"URL", {{"value", "u"}}}}}};
  const Json vault{{"id", 5}, {"name", "kv"}, {"type", "AzureKeyVault"}, {"isShared", true}, {"providerData", {{"vault", "acme-kv"}}}, {"variables", {{"db-password", {{"enabled", true}, {"value", nullptr}}}}}};
  const Json trigger{{"triggerType", "pullRequest"}, {"forks", {{"enabled", true}, {"allowSecrets", true}}}};
  const Json pipeline{{"name", "ci"}, {"createdDate", "2024-12-01T12:00:00Z"}, {"triggers", {trigger}}, {"variables", {{"DEPLOY_KEY", {{"isSecret", true}}}, {"MODE", {{"value", "fast"}}}}}};
  const Json key{{"id", "e-1"}, {"name", "azure prod"}, {"type", "azurerm"}, {"data", {{"subscriptionId", "s"}}},
                 {"authorization", {{"scheme", "ServicePrincipal"}, {"parameters", {{"tenantid", "t"}, {"serviceprincipalkey", nullptr}}}}}};
  const Json routes{
      {"/acme/_apis/projects?$top=100&" + version, {{"body", {{"value", {{{"name", "the shop"}}}}}}, {"headers", {{"x-ms-continuationtoken", "100"}}}}},
      {"/acme/_apis/projects?$top=100&" + version + "&continuationToken=100", body({{"value", {{{"name", "closed"}}}}})},
      {shop + "/distributedtask/variablegroups?" + version, body({{"value", {group, vault}}})},
      {shop + "/pipelines/pipelinepermissions/variablegroup/4?api-version=7.1-preview.1", permissions(true, Json::array())},
      {shop + "/pipelines/pipelinepermissions/variablegroup/5?api-version=7.1-preview.1", permissions(false, {{{"id", 12}, {"authorized", true}}})},
      {shop + "/build/definitions?includeAllProperties=true&" + version, body({{"value", {pipeline}}})},
      {shop + "/serviceendpoint/endpoints?" + version, body({{"value", {key}}})},
      {"/acme/closed/_apis/distributedtask/variablegroups?" + version, status(401)},
      {"/acme/closed/_apis/build/definitions?includeAllProperties=true&" + version, {{"status", 203}, {"body", "<html>Sign in"}}},
      {"/acme/closed/_apis/serviceendpoint/endpoints?" + version, body({{"value", Json::array()}})},
      {"/tfs/acme/shop/_apis/distributedtask/variablegroups?" + version, body({{"value", Json::array()}})},
      {"/tfs/acme/shop/_apis/build/definitions?includeAllProperties=true&" + version, body({{"value", Json::array()}})},
      {"/tfs/acme/shop/_apis/serviceendpoint/endpoints?" + version, body({{"value", Json::array()}})},
  };
  StoreServer server({{"login", {"Authorization", "Basic " + base64_encode(":pat")}}, {"routes", routes}});
  const EnvironmentVariable token("AZURE_DEVOPS_EXT_PAT", "pat");
  const Listing listing = listed("azure-pipelines://acme", server.options());
  const std::string group_path = "project the shop, variable group deploy/";
  const std::string connection = "project the shop, service connection azure prod/";
  CHECK(all(listing) ==
        "project the shop, pipeline ci/DEPLOY_KEY=(hidden)\n"
        "project the shop, pipeline ci/MODE=fast\n" +
            connection + "serviceprincipalkey=(hidden)\n" + connection + "subscriptionId=s\n" + connection + "tenantid=t\n" + group_path + "ARM_CLIENT_SECRET=(hidden)\n" + group_path +
            "URL=u\nproject the shop, variable group kv/db-password=(hidden)\n");
  // Permissions of the service connection are not there (404): older servers have none.
  CHECK(skips(listing).find("the server asks to log in; the access token is not accepted (203)") != std::string::npos);
  CHECK(skips(listing).find("variable groups of project closed: the access token is not accepted (401)") != std::string::npos);
  CHECK(listing.skips.size() == 2);
  CHECK(leaks_of(listing, group_path + "ARM_CLIENT_SECRET") == "every-project old static-cloud-key");
  CHECK(leaks_of(listing, connection + "serviceprincipalkey") == "static-cloud-key");
  CHECK(leaks_of(listing, "project the shop, pipeline ci/DEPLOY_KEY") == "forks");
  CHECK(leaks_of(listing, "project the shop, pipeline ci/MODE") == "unmasked forks");
  CHECK(named(listing, "project the shop, variable group kv/db-password").about.users == "pipelines 12; value in key vault acme-kv; shared with other projects");
  const EnvironmentVariable own("AZDO_ORG_SERVICE_URL", "https://tfs.test/tfs/acme/");
  CHECK(skips(listed("azure-pipelines://acme/shop", server.options())).empty());
  CHECK(error_of("azure-pipelines://other", server.options()).find("another organization's") != std::string::npos);
}

TEST_CASE("Azure Pipelines: a job's token is a bearer") {
  const std::string job = "eyJ0.eyJh.c2ln";
  StoreServer server({{"login", {"Authorization", "Bearer " + job}}, {"routes", Json::object()}, {"patterns", Json::array({Json::array({".*", body({{"value", Json::array()}})})})}});
  const EnvironmentVariable token("SYSTEM_ACCESSTOKEN", job);
  CHECK(skips(listed("azure-pipelines://acme", server.options())).empty());
}

TEST_CASE("Gitea: organizations, repositories and runners; pages by number, with a total and without") {
  const auto page = [](Json items, const std::string& total) { return Json{{"body", std::move(items)}, {"headers", {{"X-Total-Count", total}}}}; };
  Json many = Json::array();
  for (int i = 0; i < 50; ++i) many.push_back({{"name", "V" + std::to_string(i)}, {"data", "v"}});
  const auto repository = [](const std::string& name, bool actions) { return Json{{"name", name}, {"full_name", "acme/" + name}, {"has_actions", actions}}; };
  const Json routes{
      {"/api/v1/user/actions/variables?limit=50", page({{{"name", "MINE"}, {"data", "m"}}}, "1")},
      {"/api/v1/user/repos?limit=50", page({repository("shop", true)}, "1")},
      {"/api/v1/user/orgs?limit=50", page({{{"username", "acme"}}}, "1")},
      {"/api/v1/orgs/acme", body({{"username", "acme"}})},
      {"/api/v1/orgs/acme/repos?limit=50", page({repository("shop", true), repository("plain", false)}, "2")},
      {"/api/v1/orgs/acme/actions/secrets?limit=50", page({{{"name", "AWS_SECRET_ACCESS_KEY"}, {"created_at", "2024-01-01T12:00:00Z"}}}, "1")},
      {"/api/v1/orgs/acme/actions/variables?limit=50", body(many)},
      {"/api/v1/orgs/acme/actions/variables?limit=50&page=2", body({{{"name", "LAST"}, {"data", "l"}}})},
      {"/api/v1/orgs/acme/actions/variables?limit=50&page=3", body(Json::array())},
      {"/api/v1/orgs/acme/actions/runners", body({{"total_count", 1}, {"runners", {{{"id", 3}, {"name", "big"}, {"labels", {{{"name", "ubuntu"}}, {{"name", "arm"}}}}}}}})},
      {"/api/v1/repos/acme/shop", body(repository("shop", true))},
      {"/api/v1/repos/acme/shop/actions/secrets?limit=50", status(403)},
      {"/api/v1/repos/acme/shop/actions/variables?limit=50", page({{{"name", "URL"}, {"data", "u"}}}, "1")},
      {"/api/v1/orgs/ada", status(404)},
      {"/api/v1/users/ada/repos?limit=50", page(Json::array(), "0")},
      // The same whatever page is asked for, and no total: it is not asked for ever (page 3 would be 404, and a Skip).
      {"/api/v1/orgs/bo", status(404)},
      {"/api/v1/users/bo/repos?limit=50", body({repository("plain", false)})},
      {"/api/v1/users/bo/repos?limit=50&page=2", body({repository("plain", false)})},
  };
  StoreServer server({{"login", {"Authorization", "token gt"}}, {"routes", routes}});
  const EnvironmentVariable token("FORGEJO_TOKEN", "gt");
  const Listing listing = listed("gitea-actions://gitea.test", server.options());
  CHECK(listing.variables.size() == 1 + 1 + 50 + 1 + 1 + 1);
  CHECK(value_of(named(listing, "organization acme/LAST")) == "l");
  CHECK(value_of(named(listing, "organization acme/V49")) == "v");
  CHECK(value_of(named(listing, "user/MINE")) == "m");
  CHECK(named(listing, "organization acme, runners/big").about.users == "jobs for ubuntu, arm");
  CHECK(leaks_of(listing, "organization acme/AWS_SECRET_ACCESS_KEY") == "every-project old");  // it has no OpenID Connect to offer
  CHECK(leaks_of(listing, "repository acme/shop/URL") == "unmasked forks");
  CHECK(skips(listing) == "gitea-actions://gitea.test: secrets of repository acme/shop: the access token has no permission for it (403)\n");
  CHECK(refused(server) == 1);  // runners of the repository, which an older server does not list; "plain" is not asked about
  CHECK(listed("gitea-actions://gitea.test/acme", server.options()).variables.size() == listing.variables.size() - 1);
  CHECK(all(listed("gitea-actions://gitea.test/acme/shop", server.options())) == "repository acme/shop/URL=u\n");
  CHECK(skips(listed("gitea-actions://gitea.test/ada", server.options())).empty());
  CHECK(skips(listed("gitea-actions://gitea.test/bo", server.options())).empty());
}

TEST_CASE("Gitea: every request is one that its own description knows, and a real server's answers are understood") {
  StoreServer server({{"login", {"Authorization", "token gt"}}, {"openapi", KEYWAKE_SOURCE_DIR "/tests/stores/gitea_openapi.json"}});
  const EnvironmentVariable token("GITEA_TOKEN", "gt");
  const Listing listing = listed("gitea-actions://gitea.test", server.options());
  CHECK(skips(listing).empty());
  for (const Json& request : server.requests()) {
    INFO(request.dump());
    CHECK(request["problem"].is_null());
  }
  CHECK(all(listing) ==
        "organization mini/DEPLOY_KEY=(hidden)\n"
        "organization mini/LEVEL=debug\n"
        "organization mini, runners/big=(hidden)\n"
        "repository mini/shop/MODE=fast\n"
        "repository mini/shop/NPM_TOKEN=(hidden)\n"
        "repository mini/shop, runners/small=(hidden)\n"
        "user/MINE=mine\n");
  CHECK(named(listing, "organization mini, runners/big").about.users == "jobs for ubuntu-latest, arm");
  CHECK(named(listing, "organization mini/DEPLOY_KEY").about.created_at > 0);
  CHECK(all(listed("gitea-actions://gitea.test/mini/shop", server.options())).find("MODE=fast") != std::string::npos);
}

TEST_CASE("Woodpecker: global, organization and repository secrets, what may use them, and forks") {
  const auto secret = [](const std::string& name, const Json& events, const Json& images) { return Json{{"id", 1}, {"name", name}, {"events", events}, {"images", images}}; };
  const auto repository = [](int id, const std::string& name, const Json& more) {
    Json out{{"id", id}, {"org_id", 7}, {"owner", "acme"}, {"full_name", "acme/" + name}, {"active", true}, {"allow_pr", true}};
    out.update(more);
    return out;
  };
  const Json pulls = {"pull_request", "push"};
  Json full = Json::array();
  for (int i = 0; i < 50; ++i) full.push_back(secret("S" + std::to_string(i), {"push"}, Json::array()));
  const Json open = repository(1, "open", {{"require_approval", "none"}});
  const Json routes{
      {"/api/secrets?perPage=50", body(full)},
      {"/api/secrets?perPage=50&page=2", body({secret("LAST", pulls, {"plugins/docker", "plugins/s3"})})},
      {"/api/user/repos", body({open, repository(2, "asked", {{"require_approval", "forks"}}), repository(3, "old", {{"gated", false}}), repository(4, "off", {{"active", false}})})},
      {"/api/orgs/7/secrets?perPage=50", status(403)},
      {"/api/orgs/lookup/acme", body({{"id", 7}, {"name", "acme"}})},
      {"/api/repos/lookup/acme/open", body(open)},
      {"/api/repos/1/secrets?perPage=50", body({secret("DEPLOY", pulls, Json::array()), secret("RELEASE", {"tag"}, nullptr)})},
      {"/api/repos/2/secrets?perPage=50", body({secret("DEPLOY", pulls, Json::array())})},
      {"/api/repos/3/secrets?perPage=50", body({secret("DEPLOY", pulls, Json::array())})},
  };
  StoreServer server({{"login", {"Authorization", "Bearer wp"}}, {"routes", routes}});
  const EnvironmentVariable token("WOODPECKER_TOKEN", "wp");
  const Listing listing = listed("woodpecker://woodpecker.test", server.options());
  CHECK(listing.variables.size() == 51 + 2 + 1 + 1);
  CHECK(skips(listing) == "woodpecker://woodpecker.test: secrets of organization acme: the access token has no permission for it (403)\n");
  CHECK(named(listing, "instance/LAST").about.users == "every repository; events pull_request, push; images plugins/docker, plugins/s3");
  CHECK(leaks_of(listing, "instance/LAST") == "every-project");
  CHECK(leaks_of(listing, "repository acme/open/DEPLOY") == "forks");
  CHECK(named(listing, "repository acme/open/RELEASE").about.forks == false);
  CHECK(named(listing, "repository acme/open/RELEASE").about.users == "events tag; every image");
  CHECK(leaks_of(listing, "repository acme/asked/DEPLOY").empty());
  CHECK(leaks_of(listing, "repository acme/old/DEPLOY") == "forks");
  CHECK(refused(server) == 0);
  CHECK(listed("woodpecker://woodpecker.test/acme", server.options()).variables.size() == 4);
  CHECK(listed("woodpecker://woodpecker.test/acme/open", server.options()).variables.size() == 2);
}

}  // namespace keywake::testing
