// Each provider against a server on loopback. GitHub's is held to its own OpenAPI description (github_openapi.json); the others answer as
// the provider's documentation has it, which their files in src/stores/ cite.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <map>

#include "base/base64.h"
#include "catch.h"
#include "listing_helper.h"

namespace keywake::testing {

TEST_CASE("env: is this process's environment, env:pid/N another's") {
  const EnvironmentVariable variable("KEYWAKE_TEST_VARIABLE", "a value = with\nall sorts");
  CHECK(value_of(named(listed("env:", {}), "this process/KEYWAKE_TEST_VARIABLE")) == "a value = with\nall sorts");
  const pid_t child = ::fork();
  if (child == 0) {
    ::execlp("sleep", "sleep", "60", nullptr);
    ::_exit(127);
  }
  std::string found;
  // Until exec, the child's environment is that of its parent as it was started, without the variable.
  for (int i = 0; i < 500 && found.find("KEYWAKE_TEST_VARIABLE") == std::string::npos; ++i) {
    ::usleep(10'000);
    found = all(listed("env:pid/" + std::to_string(child), {}));
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(found.find("process " + std::to_string(child) + "/KEYWAKE_TEST_VARIABLE=a value = with\nall sorts\n") != std::string::npos);
  CHECK(error_of("env:pid/4194999").find("no such process") != std::string::npos);
  CHECK(error_of("env:pid/x").find("env:pid/1234") != std::string::npos);
}

TEST_CASE("what is a store, and what is wrong with a target") {
  CHECK(stores::is_store("env:"));
  CHECK(stores::is_store("gitlab-ci://"));
  CHECK_FALSE(stores::is_store("gitlab-ci"));
  CHECK_FALSE(stores::is_store("https://gitlab.com/a/b"));
  CHECK_FALSE(stores::is_store("./env"));
  for (const char* wrong : {"gitlab-ci://", "gitlab-ci://host/../x", "gitlab-ci://host/a?b", "gitlab-ci://host//b", "gitlab-ci://host/a b", "github-actions://a/b/c"}) {
    CAPTURE(wrong);
    CHECK(error_of(wrong).find("it is written") != std::string::npos);
  }
  const std::string error = error_of("gitlab-ci://user:glpat@host/group");
  CHECK(error.find("no user or token") != std::string::npos);
  CHECK(error.find("glpat") == std::string::npos);
  CHECK(stores::redacted_target("gitlab-ci://user:glpat@host/group") == "gitlab-ci://***@host/group");
  CHECK(stores::redacted_target("gitlab-ci://host/group@x") == "gitlab-ci://host/group@x");
  CHECK(stores::redacted_target("k8s://admin@kind/dev") == "k8s://admin@kind/dev");
  CHECK(error_of("gitlab-ci://host/group").find("GITLAB_TOKEN") != std::string::npos);
}

TEST_CASE("a private address that a name leads to is refused") {
  const EnvironmentVariable token("GITLAB_TOKEN", "glpat");
  const Listing listing = listed("gitlab-ci://127.0.0.1/group", {});
  CHECK(listing.variables.empty());
  CHECK(skips(listing).find("127.0.0.1") != std::string::npos);
}

TEST_CASE("GitLab: group, subgroup, projects, schedules and triggers, in pages; what may not be read is named") {
  const auto variable = [](const std::string& key, const std::string& value, const std::string& environment, bool guarded) {
    return Json{{"key", key}, {"value", value}, {"variable_type", "env_var"}, {"masked", guarded}, {"protected", guarded}, {"hidden", false}, {"environment_scope", environment}};
  };
  Json hidden = variable("HIDDEN", "", "*", true);
  hidden["value"] = nullptr;
  hidden["hidden"] = true;
  const std::string api = "https://gitlab.test/api/v4";
  const Json routes{
      {"/api/v4/groups/acme?with_projects=false", body({{"id", 1}, {"full_path", "acme"}})},
      {"/api/v4/groups/acme/variables?per_page=100",
       {{"body", {variable("ONE", "first", "*", false)}}, {"headers", {{"Link", "<" + api + "/groups/acme/variables?page=2&per_page=100>; rel=\"next\", <" + api + "/groups/acme/variables?page=2>; rel=\"last\""}}}}},
      {"/api/v4/groups/acme/variables?page=2&per_page=100", body({variable("TWO", "second", "production", true), hidden})},
      {"/api/v4/groups/acme/descendant_groups?per_page=100", body({{{"full_path", "acme/payments"}}})},
      {"/api/v4/groups/acme%2Fpayments/variables?per_page=100", status(403)},
      {"/api/v4/groups/acme/projects?include_subgroups=true&with_shared=false&simple=true&per_page=100", body({{{"path_with_namespace", "acme/payments/api"}}})},
      {"/api/v4/projects/acme%2Fpayments%2Fapi/variables?per_page=100", Json::array({{{"status", 429}, {"headers", {{"Retry-After", "1"}}}}, body({variable("THREE", "third", "*", true)})})},
      {"/api/v4/projects/acme%2Fpayments%2Fapi/pipeline_schedules?per_page=100", body({{{"id", 7}}})},
      {"/api/v4/projects/acme%2Fpayments%2Fapi/pipeline_schedules/7", body({{"id", 7}, {"created_at", "2024-03-01T12:00:00.000Z"}, {"variables", {{{"key", "FOUR"}, {"value", "fourth"}}}}})},
      {"/api/v4/projects/acme%2Fpayments%2Fapi/triggers?per_page=100", body({{{"id", 9}, {"token", "1234"}, {"created_at", "2023-01-01T00:00:00Z"}}, {{"id", 10}, {"token", "a whole token"}}})},
  };
  StoreServer server({{"login", {"PRIVATE-TOKEN", "glpat"}}, {"routes", routes}});
  const EnvironmentVariable token("GITLAB_TOKEN", "glpat");
  const Listing listing = listed("gitlab-ci://gitlab.test/acme", server.options());
  CHECK(all(listing) ==
        "group acme/HIDDEN=(hidden)\n"
        "group acme/ONE=first\n"
        "group acme/TWO (production)=second\n"
        "project acme/payments/api/THREE=third\n"
        "project acme/payments/api, schedule 7/FOUR=fourth\n"
        "project acme/payments/api, trigger 10/TRIGGER_TOKEN=a whole token\n"
        "project acme/payments/api, trigger 9/TRIGGER_TOKEN=(hidden)\n");
  CHECK(skips(listing) == "gitlab-ci://gitlab.test/acme: variables of group acme/payments: the access token has no permission for it (403)\n");
  CHECK(named(listing, "group acme/ONE").about.place.masked == false);
  CHECK(named(listing, "group acme/TWO (production)").about.place.protected_only == true);
  CHECK(named(listing, "group acme/HIDDEN").about.place.value_hidden);
  CHECK(named(listing, "project acme/payments/api, schedule 7/FOUR").about.created_at == 1709294400);
  CHECK(named(listing, "project acme/payments/api/THREE").about.target == "gitlab-ci://gitlab.test/acme");
}

TEST_CASE("GitLab: a project whose CI is off has nothing to read, and one that the token may not see is named") {
  Json routes = Json::array({{"/api/v4/groups/acme?with_projects=false", body({{"id", 1}, {"full_path", "acme"}})},
                             {"/api/v4/groups/acme/variables?per_page=100", body(Json::array())},
                             {"/api/v4/groups/acme/descendant_groups?per_page=100", body(Json::array())},
                             {"/api/v4/groups/acme/projects?include_subgroups=true&with_shared=false&simple=true&per_page=100", body({{{"path_with_namespace", "acme/off"}}, {{"path_with_namespace", "acme/guest"}}})},
                             {"/api/v4/projects/acme%2Foff", body({{"id", 1}, {"jobs_enabled", false}, {"builds_access_level", "disabled"}})},
                             {"/api/v4/projects/acme%2Fguest", body({{"id", 2}, {"builds_access_level", "enabled"}})}});
  for (const std::string project : {"acme%2Foff", "acme%2Fguest"}) {
    for (const std::string list : {"variables?per_page=100", "pipeline_schedules?per_page=100", "triggers?per_page=100"}) routes.push_back({"/api/v4/projects/" + project + "/" + list, status(403)});
  }
  Json by_path = Json::object();
  for (const Json& route : routes) by_path[route[0].get<std::string>()] = route[1];
  StoreServer server({{"login", {"PRIVATE-TOKEN", "glpat"}}, {"routes", by_path}});
  const EnvironmentVariable token("GITLAB_TOKEN", "glpat");
  const Listing listing = listed("gitlab-ci://gitlab.test/acme", server.options());
  CHECK(skips(listing).find("acme/off") == std::string::npos);
  CHECK(listing.skips.size() == 3);
  CHECK(skips(listing).find("triggers of project acme/guest: the access token has no permission for it (403)") != std::string::npos);
}

TEST_CASE("GitLab: the token does not follow a next page to another host, and a page is not asked for ever") {
  const Json one{{"key", "ONE"}, {"value", "first"}};
  const Json routes{
      {"/api/v4/groups/acme%2Fapi?with_projects=false", status(404)},
      {"/api/v4/projects/acme%2Fapi", body({{"id", 1}})},
      {"/api/v4/projects/acme%2Fapi/variables?per_page=100", {{"body", {one}}, {"headers", {{"Link", "<https://gitlab.test.evil.test/api/v4/x>; rel=\"next\""}}}}},
      {"/api/v4/projects/acme%2Fapi/pipeline_schedules?per_page=100", {{"body", {{{"id", 1}}}}, {"headers", {{"Link", "<https://gitlab.test/api/v4/projects/acme%2Fapi/pipeline_schedules?per_page=100>; rel=\"next\""}}}}},
      {"/api/v4/projects/acme%2Fapi/pipeline_schedules/1", text_body("<html>")},
      {"/api/v4/projects/acme%2Fapi/triggers?per_page=100", {{"status", 302}, {"headers", {{"Location", "https://evil.test/"}}}}},
  };
  StoreServer server({{"login", {"PRIVATE-TOKEN", "from-a-file"}}, {"routes", routes}});
  stores::StoreOptions options = server.options();
  options.token_file = test_authority().folder() / "token";
  std::ofstream(options.token_file) << "from-a-file\n";
  const Listing listing = listed("gitlab-ci://gitlab.test/acme/api", options);
  CHECK(all(listing) == "project acme/api/ONE=first\n");
  const std::string missing = skips(listing);
  CHECK(missing.find("variables of project acme/api: its next page is on another host") != std::string::npos);
  CHECK(missing.find("schedules of project acme/api: its next page is the page itself") != std::string::npos);
  CHECK(missing.find("schedule 1: the answer is no JSON") != std::string::npos);
  CHECK(missing.find("triggers of project acme/api: it has moved (302)") != std::string::npos);
  CHECK(listing.skips.size() == 4);
}

TEST_CASE("GitHub: every request is one that its OpenAPI description knows, and its own examples are understood") {
  const Json setting{{"login", {"Authorization", "Bearer ghp"}}, {"openapi", KEYWAKE_SOURCE_DIR "/tests/stores/github_openapi.json"}};
  const EnvironmentVariable token("GITHUB_TOKEN", "ghp");
  StoreServer server(setting);
  const Listing listing = listed("github-actions://github", server.options());
  CHECK(skips(listing).empty());
  std::map<std::string, int> problems;
  for (const Json& request : server.requests()) {
    if (!request["problem"].is_null()) ++problems[request["problem"].get<std::string>()];
  }
  CHECK(problems == std::map<std::string, int>{});
  const StoredVariable& selected = named(listing, "organization github/GH_TOKEN");
  CHECK(selected.about.users == "selected repositories: octocat/Hello-World");
  CHECK_FALSE(selected.value);
  CHECK(named(listing, "organization github/GIST_ID").about.every_project == true);
  CHECK(value_of(named(listing, "organization github/USERNAME")) == "octocat");
  CHECK(value_of(named(listing, "organization github/ACTIONS_RUNNER_DEBUG")) == "true");
  CHECK(named(listing, "organization github/USERNAME").about.created_at == 1565449162);
  CHECK(named(listing, "repository octocat/Hello-World/GH_TOKEN").about.forks == false);
  CHECK_FALSE(named(listing, "repository octocat/Hello-World/GH_TOKEN (staging)").value);
  CHECK(value_of(named(listing, "repository octocat/Hello-World/EMAIL (staging)")) == "octocat@github.com");
  CHECK_FALSE(named(listing, "repository octocat/Hello-World, Dependabot/AZURE_DEVOPS_PAT").value);
  CHECK(named(listing, "repository octocat/Hello-World/GH_TOKEN").about.place.value_hidden);
}

TEST_CASE("GitHub: forks of a private repository, branches of an environment, and a rate limit by 403") {
  const Json secrets{{"total_count", 1}, {"secrets", {{{"name", "DEPLOY"}, {"created_at", "2024-01-01T00:00:00Z"}, {"updated_at", "2024-06-01T02:00:00+02:00"}}}}};
  const Json none{{"total_count", 0}, {"secrets", Json::array()}, {"variables", Json::array()}};
  const std::string repository = "/repos/acme/shop";
  const Json limited{{"status", 403}, {"headers", {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1"}}}};
  const Json routes{
      {repository, Json::array({limited, body({{"full_name", "acme/shop"}, {"private", true}})})},
      {repository + "/actions/permissions/fork-pr-workflows-private-repos", body({{"run_workflows_from_fork_pull_requests", true}, {"send_secrets_and_variables", true}})},
      {repository + "/actions/secrets?per_page=100", body(secrets)},
      {repository + "/actions/variables?per_page=30", body(none)},
      {repository + "/dependabot/secrets?per_page=100", status(403)},
      {repository + "/environments?per_page=100",
       body({{"environments", {{{"name", "prod eu"}, {"deployment_branch_policy", {{"protected_branches", true}}}}, {{"name", "dev"}, {"deployment_branch_policy", nullptr}}}}})},
      {repository + "/environments/prod%20eu/secrets?per_page=100", body(secrets)},
      {repository + "/environments/prod%20eu/variables?per_page=30", body(none)},
      {repository + "/environments/dev/secrets?per_page=100", body(secrets)},
      {repository + "/environments/dev/variables?per_page=30", body(none)},
  };
  StoreServer server({{"login", nullptr}, {"routes", routes}});
  const EnvironmentVariable token("GH_TOKEN", "ghp");
  const Listing listing = listed("github-actions://acme/shop", server.options());
  CHECK(all(listing) == "repository acme/shop/DEPLOY=(hidden)\nrepository acme/shop/DEPLOY (dev)=(hidden)\nrepository acme/shop/DEPLOY (prod eu)=(hidden)\n");
  CHECK(skips(listing) == "github-actions://acme/shop: Dependabot secrets of repository acme/shop: the access token has no permission for it (403)\n");
  CHECK(named(listing, "repository acme/shop/DEPLOY").about.forks == true);
  CHECK(named(listing, "repository acme/shop/DEPLOY").about.place.updated_at == 1717200000);
  CHECK(named(listing, "repository acme/shop/DEPLOY (dev)").about.place.protected_only == false);
  CHECK(named(listing, "repository acme/shop/DEPLOY (prod eu)").about.place.protected_only == true);
}

TEST_CASE("Terraform: ten thousand workspaces, of which some cannot be read, and a limit on the way") {
  constexpr int kPages = 100;
  constexpr int kOnPage = 100;
  Json routes = Json::object();
  const std::string list = "/api/v2/organizations/acme/workspaces?page%5Bsize%5D=100";
  const auto page_path = [&](int page) { return page == 1 ? list : list + "&page%5Bnumber%5D=" + std::to_string(page); };
  for (int page = 1; page <= kPages; ++page) {
    Json data = Json::array();
    for (int i = 0; i < kOnPage; ++i) {
      const std::string number = std::to_string((page - 1) * kOnPage + i);
      data.push_back({{"id", "ws-" + number}, {"attributes", {{"name", "space-" + number}}}});
    }
    const Json next = page == kPages ? Json() : Json(page + 1);
    routes[page_path(page)] = body({{"data", data}, {"meta", {{"pagination", {{"next-page", next}}}}}});
  }
  const auto variables = [](const std::string& id) { return "/api/v2/workspaces/" + id + "/vars?page%5Bsize%5D=100"; };
  routes[variables("ws-5")] = status(403);
  routes[variables("ws-6000")] = status(500);
  routes[variables("ws-9999")] = Json::array({{{"status", 429}, {"headers", {{"Retry-After", "1"}}}}, body({{"data", {{{"attributes", {{"key", "LAST"}, {"value", nullptr}, {"sensitive", true}}}}}}})});
  routes["/api/v2/organizations/acme/varsets?page%5Bsize%5D=100"] = body({{"data", {{{"id", "varset-1"}, {"attributes", {{"name", "everywhere"}, {"global", true}}}}}}});
  routes["/api/v2/varsets/varset-1/relationships/vars?page%5Bsize%5D=100"] = body({{"data", {{{"attributes", {{"key", "SET"}, {"value", "set"}, {"sensitive", false}}}}}}});
  const Json any = body({{"data", {{{"attributes", {{"key", "NAME"}, {"value", "value"}, {"sensitive", false}}}}}}});
  StoreServer server({{"login", {"Authorization", "Bearer tfe"}}, {"routes", routes}, {"patterns", Json::array({Json::array({R"(/api/v2/workspaces/ws-\d+/vars\?page%5Bsize%5D=100)", any})})}});
  const EnvironmentVariable token("TFE_TOKEN", "tfe");
  const Listing listing = listed("terraform-cloud://acme", server.options());
  CHECK(listing.variables.size() == kPages * kOnPage - 2 + 1);
  CHECK(skips(listing) ==
        "terraform-cloud://acme: variables of workspace acme/space-5: the access token has no permission for it (403)\n"
        "terraform-cloud://acme: variables of workspace acme/space-6000: the server answered 500\n");
  CHECK_FALSE(named(listing, "workspace acme/space-9999/LAST").value);
  CHECK(value_of(named(listing, "workspace acme/space-7/NAME")) == "value");
  CHECK(named(listing, "variable set acme/everywhere/SET").about.every_project == true);
}

TEST_CASE("a host that is not there is not asked ten thousand times") {
  Json data = Json::array();
  for (int i = 0; i < 100; ++i) data.push_back({{"id", "ws-" + std::to_string(i)}, {"attributes", {{"name", std::to_string(i)}}}});
  stores::StoreOptions options;
  options.client.connect_to.push_back("::127.0.0.1:1");  // tcpmux, where nobody listens
  const EnvironmentVariable token("TFE_TOKEN", "tfe");
  const Listing listing = listed("terraform-cloud://acme", options);
  CHECK(listing.variables.empty());
  CHECK(listing.skips.size() == 2);
}

TEST_CASE("Bitbucket: workspace, repositories and their environments; secured values are hidden") {
  const std::string api = "https://api.bitbucket.org/2.0";
  const Json routes{
      {"/2.0/workspaces/acme/pipelines-config/variables?pagelen=100", body({{"values", {{{"key", "WIDE"}, {"value", "w"}, {"secured", false}}}}})},
      {"/2.0/repositories/acme?pagelen=100", body({{"values", {{{"slug", "one"}}}}, {"next", api + "/repositories/acme?pagelen=100&page=2"}})},
      {"/2.0/repositories/acme?pagelen=100&page=2", body({{"values", {{{"slug", "two"}}}}})},
      {"/2.0/repositories/acme/one/pipelines_config/variables?pagelen=100", body({{"values", {{{"key", "DEPLOY"}, {"secured", true}}}}})},
      {"/2.0/repositories/acme/one/environments?pagelen=100", body({{"values", {{{"uuid", "{1-2}"}, {"name", "Production"}}}}})},
      {"/2.0/repositories/acme/one/deployments_config/environments/%7B1-2%7D/variables?pagelen=100", body({{"values", {{{"key", "URL"}, {"value", "u"}, {"secured", false}}}}})},
      {"/2.0/repositories/acme/two/pipelines_config/variables?pagelen=100", status(404)},
      {"/2.0/repositories/acme/two/environments?pagelen=100", body({{"values", Json::array()}})},
  };
  StoreServer server({{"login", {"Authorization", "Basic " + base64_encode("ada:app")}}, {"routes", routes}});
  const EnvironmentVariable user("BITBUCKET_USERNAME", "ada");
  const EnvironmentVariable password("BITBUCKET_APP_PASSWORD", "app");
  const Listing listing = listed("bitbucket-pipelines://acme", server.options());
  CHECK(all(listing) == "repository acme/one/DEPLOY=(hidden)\nrepository acme/one/URL (Production)=u\nworkspace acme/WIDE=w\n");
  CHECK(skips(listing) == "bitbucket-pipelines://acme: variables of repository acme/two: there is none, or the access token may not see it (404)\n");
}

TEST_CASE("Jenkins: jobs in folders with their configuration, and the names of credentials") {
  const Json routes{
      {"/api/json?tree=_class%2Cjobs%5Bname%5D", body({{"jobs", {{{"name", "team one"}}}}})},
      {"/job/team%20one/api/json?tree=_class%2Cjobs%5Bname%5D", body({{"jobs", {{{"name", "deploy"}}}}})},
      {"/job/team%20one/job/deploy/api/json?tree=_class%2Cjobs%5Bname%5D", body({{"_class", "hudson.model.FreeStyleProject"}})},
      {"/job/team%20one/config.xml", status(403)},
      {"/job/team%20one/job/deploy/config.xml", text_body("<project><defaultValue>x</defaultValue></project>")},
      {"/credentials/store/system/api/json?tree=domains%5Bcredentials%5Bid%2CtypeName%2Cdescription%5D%5D", body({{"domains", {{"_", {{"credentials", {{{"id", "prod-db"}, {"typeName", "Secret text"}}}}}}}}})},
  };
  StoreServer server({{"login", {"Authorization", "Basic " + base64_encode("ada:jt")}}, {"routes", routes}});
  const EnvironmentVariable user("JENKINS_USER", "ada");
  const EnvironmentVariable token("JENKINS_TOKEN", "jt");
  const Listing listing = listed("jenkins://jenkins.test", server.options());
  CHECK(all(listing) == "job team one/deploy/config.xml=<project><defaultValue>x</defaultValue></project>\nsystem credentials/prod-db=(hidden)\n");
  CHECK(skips(listing) == "jenkins://jenkins.test: configuration of job team one: the access token has no permission for it (403)\n");
}

TEST_CASE("Kubernetes: what kubeconfig says; Secrets, ConfigMaps and workloads, namespace by namespace where the whole is not granted") {
  const auto metadata = [](const std::string& name) { return Json{{"namespace", "prod"}, {"name", name}, {"creationTimestamp", "2024-03-01T12:00:00Z"}}; };
  const Json container{{"name", "app"}, {"env", {{{"name", "URL"}, {"value", "u"}}, {{"name", "FROM"}, {"valueFrom", Json::object()}}}}, {"args", {"--port", "80"}}};
  const Json spec{{"template", {{"spec", {{"containers", {container}}}}}}};
  Json owned = {{"metadata", metadata("copy")}, {"spec", spec}};
  owned["metadata"]["ownerReferences"] = {{{"controller", true}}};
  Json secret = {{"metadata", metadata("db")}, {"data", {{"password", base64_encode("hunter")}}}};
  const auto list = [](Json items) { return body({{"items", std::move(items)}, {"metadata", Json::object()}}); };
  const Json nothing = list(Json::array());
  const Json routes{
      {"/base/api/v1/secrets?limit=250", status(403)},
      {"/base/api/v1/namespaces?limit=250", body({{"items", {{{"metadata", {{"name", "prod"}}}}}}, {"metadata", {{"continue", "a/b"}}}})},
      {"/base/api/v1/namespaces?limit=250&continue=a%2Fb", list({{{"metadata", {{"name", "dev"}}}}})},
      {"/base/api/v1/namespaces/prod/secrets?limit=250", list({secret})},
      {"/base/api/v1/namespaces/dev/secrets?limit=250", status(403)},
      {"/base/api/v1/configmaps?limit=250", list({{{"metadata", metadata("settings")}, {"data", {{"a.properties", "x=1\ny=2"}}}, {"binaryData", {{"b", base64_encode("bytes")}}}}})},
      {"/base/apis/apps/v1/deployments?limit=250", list({{{"metadata", metadata("shop")}, {"spec", spec}}})},
      {"/base/apis/apps/v1/replicasets?limit=250", list({owned})},
      {"/base/apis/batch/v1/cronjobs?limit=250", list({{{"metadata", metadata("nightly")}, {"spec", {{"jobTemplate", {{"spec", spec}}}}}}})},
  };
  StoreServer server({{"login", {"Authorization", "Bearer kt"}}, {"routes", routes}, {"patterns", Json::array({Json::array({"/base/ap.*", nothing})})}});
  const std::filesystem::path config = test_authority().folder() / "kubeconfig";
  std::ofstream(config) << "apiVersion: v1\nkind: Config\ncurrent-context: other\n"
                           "clusters:\n- name: c\n  cluster: {server: 'https://kube.test/base/', certificate-authority: ca.pem}\n"
                           "users:\n- name: u\n  user:\n    token: kt\n- name: plugin\n  user: {exec: {command: aws}}\n"
                           "contexts:\n- name: arn:aws:eks:eu-west-1:1:cluster/prod\n  context: {cluster: c, user: u}\n"
                           "- {name: plugin, context: {cluster: c, user: plugin}}\n";
  const EnvironmentVariable variable("KUBECONFIG", config.native());
  stores::StoreOptions options = server.options();
  options.client.ca_file.clear();  // the kubeconfig's own authority is trusted
  const Listing listing = listed("k8s://arn:aws:eks:eu-west-1:1:cluster/prod", options);
  CHECK(all(listing) ==
        "namespace prod, ConfigMap settings/a.properties=x=1\ny=2\n"
        "namespace prod, ConfigMap settings/b=bytes\n"
        "namespace prod, CronJob nightly, container app/URL=u\n"
        "namespace prod, CronJob nightly, container app/args=--port 80\n"
        "namespace prod, Deployment shop, container app/URL=u\n"
        "namespace prod, Deployment shop, container app/args=--port 80\n"
        "namespace prod, Secret db/password=hunter\n");
  CHECK(skips(listing) == "k8s://arn:aws:eks:eu-west-1:1:cluster/prod: secrets of namespace dev: the access token has no permission for it (403)\n");
  const Listing one = listed("k8s://arn:aws:eks:eu-west-1:1:cluster/prod/prod", options);
  CHECK(all(one) == "namespace prod, Secret db/password=hunter\n");
  CHECK(error_of("k8s://nobody/prod", options).find("there is: arn:aws:eks:eu-west-1:1:cluster/prod, plugin") != std::string::npos);
  CHECK(error_of("k8s://plugin", options).find("kubectl create token") != std::string::npos);
  std::ofstream(config) << "contexts: [";
  CHECK(error_of("k8s://plugin", options).find("not YAML") != std::string::npos);
  std::ofstream(config) << "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + std::string(40, '[') + std::string(40, ']');
  CHECK(error_of("k8s://plugin", options).find(config.native()) != std::string::npos);
}

TEST_CASE("Vault: version 2 with folders and a deleted secret, and version 1") {
  const auto mount = [](const std::string& path, const std::string& version) { return body({{"data", {{"path", path}, {"type", "kv"}, {"options", {{"version", version}}}}}}); };
  const Json routes{
      {"/v1/sys/internal/ui/mounts/secret", mount("secret/", "2")},
      {"/v1/secret/metadata/?list=true", body({{"data", {{"keys", {"db", "team/", "gone"}}}}})},
      {"/v1/secret/metadata/team/?list=true", body({{"data", {{"keys", {"a b"}}}}})},
      {"/v1/secret/data/db", body({{"data", {{"data", {{"password", "p"}, {"ports", {1, 2}}}}, {"metadata", {{"created_time", "2024-03-01T12:00:00.123456789Z"}}}}}})},
      {"/v1/secret/data/team/a%20b", status(403)},
      {"/v1/sys/internal/ui/mounts/old/app", mount("old/", "1")},
      {"/v1/old/app", body({{"data", {{"token", "t"}}}})},
      {"/v1/sys/internal/ui/mounts/pki", body({{"data", {{"path", "pki/"}, {"type", "pki"}}}})},
  };
  StoreServer server({{"login", {"X-Vault-Token", "hvs"}}, {"routes", routes}});
  const EnvironmentVariable token("VAULT_TOKEN", "hvs");
  const Listing second = listed("vault://vault.test/secret", server.options());
  CHECK(all(second) == "secret/db/password=p\nsecret/db/ports=[1,2]\n");
  CHECK(named(second, "secret/db/password").about.place.updated_at == 1709294400);
  CHECK(skips(second) == "vault://vault.test/secret: secret/team/a b: the access token has no permission for it (403)\n");
  const Listing first = listed("vault://vault.test/old/app", server.options());
  CHECK(all(first) == "old/app/token=t\n");
  CHECK(skips(first).empty());
  CHECK(skips(listed("vault://vault.test/pki", server.options())).find("only kv is read") != std::string::npos);
}

}  // namespace keywake::testing
