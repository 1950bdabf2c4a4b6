// Stores of variables, from the command line to the report.
#include <nlohmann/json.hpp>
#include <set>

#include "../git/run_git_helper.h"
#include "../stores/store_server_helper.h"
#include "catch.h"
#include "keywake_helper.h"

namespace keywake::testing {
namespace {

using nlohmann::json;

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    out.push_back(json::parse(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return out;
}

}  // namespace

TEST_CASE("scan env: finds a token of the environment, and a password by its variable's name") {
  const std::string token = github_token(31);
  const std::string password = github_token(32).substr(4, 20);
  const Ran ran = run_keywake({"scan", "env:", "-f", "jsonl"}, {.environment = {"SOME=" + token, "PROD_DB_PASSWORD=" + password, "HARMLESS=" + password}});
  CHECK(ran.status == 1);
  CHECK_FALSE(contains(ran.out, token));
  CHECK_FALSE(contains(ran.out, password));
  const std::vector<json> lines = lines_of(ran.out);
  REQUIRE(lines.size() == 2);
  for (const json& line : lines) {
    const bool generic = line["provider"] == "generic";
    CHECK(line["path"] == (generic ? "this process/PROD_DB_PASSWORD" : "this process/SOME"));
    CHECK(line["line"] == 1);
    CHECK(line["column"] == 1);
    CHECK(line["end_column"] == (generic ? 21 : 41));
    CHECK(line["git"].is_null());
    CHECK(line["ci"]["provider"] == "env");
    CHECK(line["ci"]["variable"] == (generic ? "PROD_DB_PASSWORD" : "SOME"));
    CHECK(line["ci"]["masked"].is_null());
  }
  const Ran clean = run_keywake({"scan", "env:"}, {});
  CHECK(clean.status == 0);
  CHECK(contains(clean.out, "variables"));
}

TEST_CASE("scan gitlab-ci: the key and its id are one credential; settings that leak and hidden values are told apart from it; what is refused is status 2") {
  const std::string token = github_token(33);
  const auto variable = [](const std::string& key, const json& value, bool guarded) {
    return json{{"key", key}, {"value", value}, {"masked", guarded}, {"protected", guarded}, {"hidden", value.is_null()}, {"environment_scope", "*"}};
  };
  const std::string project = "/api/v4/projects/acme%2Fshop";
  json routes{
      {project, {{"body", {{"id", 1}}}}},
      {project + "/variables?per_page=100",
       {{"body", {variable("LEVEL", "debug", false), variable("FILE", "first: line\nsecond:  " + token + "\n", false), variable("ALSO", token, true), variable("ARM_CLIENT_SECRET", nullptr, true)}}}},
      {project + "/pipeline_schedules?per_page=100", {{"body", json::array()}}},
      {project + "/triggers?per_page=100", {{"status", 403}}},
  };
  StoreServer server({{"login", {"PRIVATE-TOKEN", "glpat"}}, {"routes", routes}});
  TemporaryFolder folder;
  write_file(folder.path() / "token", "glpat\n");
  const auto options = server.options();
  const Arguments how{"--ca-file", options.client.ca_file, "--connect-to", options.client.connect_to[0], "--token-file", folder.path() / "token"};
  const auto with = [&](Arguments arguments) {
    arguments.insert(arguments.end(), how.begin(), how.end());
    return run_keywake(arguments);
  };
  const Ran ran = with({"scan", "gitlab-ci://gitlab.test/acme/shop", "-f", "jsonl"});
  INFO(ran.out << ran.err);
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "triggers of project acme/shop"));
  const std::vector<json> lines = lines_of(ran.out);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0]["path"] == "project acme/shop/ALSO");
  CHECK(lines[1]["path"] == "project acme/shop/FILE");
  CHECK(lines[0]["fingerprint"] == lines[1]["fingerprint"]);
  CHECK(lines[0]["column"] == 1);
  CHECK(lines[1]["line"] == 2);
  CHECK(lines[1]["column"] == 10);
  CHECK(lines[1]["ci"]["masked"] == false);
  CHECK(lines[2]["type"] == "variable");
  CHECK(lines[2]["ci"]["variable"] == "ARM_CLIENT_SECRET");
  CHECK(lines[2]["ci"]["value_hidden"] == true);
  REQUIRE(lines[2]["leaks"].size() == 1);
  CHECK(lines[2]["leaks"][0]["id"] == "static-cloud-key");
  CHECK(lines[3]["ci"]["variable"] == "FILE");
  REQUIRE(lines[3]["leaks"].size() == 2);
  CHECK(lines[3]["leaks"][0]["id"] == "unmasked");
  CHECK(lines[3]["leaks"][1]["id"] == "every-branch");

  const Ran text = with({"scan", "gitlab-ci://gitlab.test/acme/shop"});
  CHECK(contains(text.out, "1 with hidden values, 2 with settings that leak"));
  CHECK(contains(text.out, "4 variables"));
  CHECK(contains(text.out, "1 credential at 2 places"));
  CHECK_FALSE(contains(text.out, "LEVEL"));
  CHECK(with({"scan", "."}).status == 2);
  CHECK(contains(with({"scan", "gitlab-ci://gitlab.test/acme/shop", "vault://vault.test/secret"}).err, "--token-file is for one store"));
}

TEST_CASE("scan gitlab-ci: a project without variables was scanned; one that cannot be read was not") {
  const std::string project = "/api/v4/projects/acme%2Fnew";
  json routes{{project, {{"body", {{"id", 1}}}}}};
  for (const std::string what : {"variables", "pipeline_schedules", "triggers"}) routes[project + "/" + what + "?per_page=100"] = {{"body", json::array()}};
  StoreServer server(json{{"routes", routes}});
  const auto options = server.options();
  const auto scan = [&](const std::string& target) {
    return run_keywake({"scan", target, "--ca-file", options.client.ca_file, "--connect-to", options.client.connect_to[0]}, {.environment = {"GITLAB_TOKEN=glpat"}});
  };
  const Ran empty = scan("gitlab-ci://gitlab.test/acme/new");
  INFO(empty.out << empty.err);
  CHECK(empty.status == 0);
  CHECK(contains(empty.out, "0 variables"));
  CHECK(contains(empty.out, "No credentials found."));
  CHECK(scan("gitlab-ci://gitlab.test/acme/other").status == 2);
}

TEST_CASE("scan gitea-actions: ten thousand projects, of which some cannot be read: all that can is found, what cannot is named, in bounded memory") {
  constexpr int kProjects = 10'000;
  constexpr int kOnPage = 50;
  const std::string token = github_token(34);
  json routes{{"/api/v1/orgs/acme", {{"body", {{"username", "acme"}}}}}};
  for (int page = 1; page <= kProjects / kOnPage; ++page) {
    json projects = json::array();
    for (int i = (page - 1) * kOnPage; i < page * kOnPage; ++i) {
      const std::string name = "p" + std::to_string(i);
      // Actions are off in most: a question each for the others would take more than the seconds of a test.
      projects.push_back({{"name", name}, {"full_name", "acme/" + name}, {"has_actions", i % 20 == 0}});
    }
    const std::string path = "/api/v1/orgs/acme/repos?limit=50" + (page == 1 ? "" : "&page=" + std::to_string(page));
    routes[path] = {{"body", projects}, {"headers", {{"X-Total-Count", std::to_string(kProjects)}}}};
  }
  routes["/api/v1/repos/acme/p9980/actions/variables?limit=50"] = {{"body", json::array({{{"name", "LAST_TOKEN"}, {"data", token}}})}, {"headers", {{"X-Total-Count", "1"}}}};
  routes["/api/v1/repos/acme/p20/actions/variables?limit=50"] = {{"status", 403}};
  routes["/api/v1/repos/acme/p40/actions/secrets?limit=50"] = {{"body", "<html>"}};
  routes["/api/v1/repos/acme/p60/actions/variables?limit=50"] = {{"status", 410}};
  const json nothing{{"body", json::array()}, {"headers", {{"X-Total-Count", "0"}}}};
  StoreServer server({{"login", {"Authorization", "token gt"}}, {"routes", routes}, {"patterns", json::array({json::array({".*/actions/(secrets|variables|runners).*", nothing})})}});
  TemporaryFolder folder;
  write_file(folder.path() / "token", "gt\n");
  const auto options = server.options();
  const std::string report = folder.path() / "report.json";
  const std::string wrapper = "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode; "
                              "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)";
  const Ran ran = run_command(".", {"python3", "-c", wrapper, KEYWAKE_BINARY_DIR "/keywake", "scan", "gitea-actions://gitea.test/acme", "-f", "jsonl", "-o", "json:" + report, "--ca-file", options.client.ca_file,
                                    "--connect-to", options.client.connect_to[0], "--token-file", folder.path() / "token"});
  INFO(ran.err);
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "and 2 more"));
  std::set<std::string> skipped;
  const json told = json::parse(read_text(report));
  for (const json& each : told["skipped"]) skipped.insert(each["what"].get<std::string>() + ": " + each["reason"].get<std::string>());
  const std::string host = "gitea-actions://gitea.test/acme: ";
  CHECK(skipped == std::set<std::string>{host + "variables of repository acme/p20: the access token has no permission for it (403)",
                                         host + "secrets of repository acme/p40: the answer is no JSON", host + "variables of repository acme/p60: the server answered 410"});
  const std::vector<json> lines = lines_of(ran.out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["path"] == "repository acme/p9980/LAST_TOKEN");
  CHECK(lines[1]["type"] == "variable");
  const std::size_t peak = ran.err.rfind("peak ");
  REQUIRE(peak != std::string::npos);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(std::stoul(ran.err.substr(peak + 5)) < 200'000);  // KiB, getrusage(2)
#endif
}

}  // namespace keywake::testing
