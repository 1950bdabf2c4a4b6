// Logs and artifacts of jobs: which there are, where they are asked for, and what goes to whoever keeps them. GitHub's requests are held to its
// OpenAPI description; GitLab and Jenkins answer as their documentation has it, which their files in src/stores/ cite.
#include "stores/job_output.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "base/base64.h"
#include "catch.h"
#include "listing_helper.h"

namespace keywake::testing {
namespace {

constexpr std::int64_t kSince = 1'717'200'000;  // 2024-06-01

stores::StoreOptions wanted(const StoreServer& server, std::int64_t since = kSince) {
  stores::StoreOptions out = server.options();
  out.outputs = {true, true, since};
  return out;
}

// "project acme/shop, job 2 build/log < /projects/1/jobs/2/trace", a line each.
std::string outputs(const Listing& listing) {
  std::string out;
  for (const stores::JobOutput& each : listing.outputs) out += model::path_of(each.place) + " < " + each.path + "\n";
  return out;
}

const stores::JobOutput& output_named(const Listing& listing, std::string_view path) {
  for (const stores::JobOutput& each : listing.outputs) {
    if (model::path_of(each.place) == path) return each;
  }
  FAIL("no output " << path << " in\n" << outputs(listing));
  std::abort();
}

// The bytes, or why there are none; "(gone)" before what has not failed.
std::string got(const Listing& listing, std::string_view path) {
  auto download = listing.reader->open(output_named(listing, path));
  if (!download) return (download.error().failed ? "" : "(gone) ") + download.error().reason;
  auto bytes = download->read_all(1 << 20);
  return bytes ? *bytes : bytes.error().problem;
}

Json asked_for(StoreServer& server, const std::string& path) {
  for (const Json& request : server.requests()) {
    if (request["path"] == path) return request;
  }
  FAIL("nobody asked for " << path);
  return {};
}

const std::string kProject = "/api/v4/projects/acme%2Fshop";
const std::string kJobs = kProject + "/jobs?per_page=100";
const std::string kKeyset = "&pagination=keyset&order_by=id&sort=desc";

// A project without variables.
Json project_with(Json routes) {
  routes["/api/v4/groups/acme%2Fshop?with_projects=false"] = status(404);
  routes[kProject] = body({{"id", 1}});
  for (const char* list : {"/variables", "/pipeline_schedules", "/triggers"}) routes[kProject + list + "?per_page=100"] = body(Json::array());
  return routes;
}

Json job(int id, const std::string& name, const std::string& day) {
  const std::string date = day + "T12:00:00.000Z";
  return {{"id", id}, {"name", name}, {"created_at", date}, {"started_at", date}, {"finished_at", date}, {"erased_at", nullptr}, {"artifacts_file", nullptr}, {"artifacts_expire_at", nullptr}};
}

}  // namespace

TEST_CASE("GitLab: logs and archives of jobs back to the bound and no further, the newest first") {
  Json whole = job(9, "build", "2024-06-20");
  whole["artifacts_file"] = {{"filename", "dist.zip"}, {"size", 10}};
  whole["finished_at"] = "2024-06-21T12:00:00.000Z";
  Json waiting = job(8, "deploy", "2024-06-19");
  waiting["started_at"] = waiting["finished_at"] = nullptr;
  Json erased = job(7, "erased", "2024-06-19");
  erased["erased_at"] = "2024-06-19T13:00:00.000Z";
  Json expired = job(6, "expired", "2024-06-18");
  expired["finished_at"] = "2024-06-22T12:00:00.000Z";
  expired["artifacts_expire_at"] = "2024-06-25T12:00:00.000Z";
  Json late = job(5, "made before, ended after", "2024-05-31");
  late["finished_at"] = "2024-06-02T12:00:00.000Z";
  const std::string next = "https://gitlab.test" + kJobs + "&cursor=x" + kKeyset;
  const Json routes = project_with({
      {kJobs + kKeyset, {{"body", {whole, waiting, erased, expired}}, {"headers", {{"Link", "<" + next + ">; rel=\"next\""}}}}},
      {kJobs + "&cursor=x" + kKeyset, {{"body", {late, job(4, "old", "2024-05-30")}}, {"headers", {{"Link", "<https://gitlab.test" + kJobs + "&cursor=never>; rel=\"next\""}}}}},
      {kProject + "/jobs/9/trace", text_body("a log")},
      {kProject + "/jobs/6/trace", status(403)},
      {kProject + "/jobs/5/trace", status(404)},
      {kProject + "/jobs/9/artifacts", status(403)},
  });
  StoreServer server({{"login", {"PRIVATE-TOKEN", "glpat"}}, {"routes", routes}});
  const EnvironmentVariable token("GITLAB_TOKEN", "glpat");
  const Listing listing = listed("gitlab-ci://gitlab.test/acme/shop", wanted(server));
  const std::string shop = "project acme/shop, job ";
  CHECK(outputs(listing) ==
        shop + "6 expired/log < /projects/acme%2Fshop/jobs/6/trace\n" +
        shop + "9 build/log < /projects/acme%2Fshop/jobs/9/trace\n" +
        shop + "9 build/artifacts/dist.zip < /projects/acme%2Fshop/jobs/9/artifacts\n" +
        shop + "5 made before, ended after/log < /projects/acme%2Fshop/jobs/5/trace\n");
  const std::string gone = ": " + std::string(stores::kGone) + " (not failed)\n";
  const std::string host = "gitlab-ci://gitlab.test/acme/shop: ";
  CHECK(skips(listing) == host + shop + "7 erased/log" + gone + host + shop + "7 erased/artifacts" + gone + host + shop + "6 expired/artifacts" + gone);
  CHECK(listing.outputs[1].place.provider == "gitlab-ci");
  CHECK(listing.outputs[1].place.updated_at == 1'718'971'200);
  CHECK(listing.outputs[1].place.source == model::CiSource::kLog);
  CHECK(listing.outputs[2].place.source == model::CiSource::kArtifact);
  CHECK(got(listing, shop + "9 build/log") == "a log");
  CHECK(got(listing, shop + "6 expired/log") == "(gone) " + std::string(stores::kNotShown));
  CHECK(got(listing, shop + "5 made before, ended after/log") == "(gone) " + std::string(stores::kGone));
  // Of archives the same status says that the token may not.
  CHECK(got(listing, shop + "9 build/artifacts/dist.zip") == "the access token has no permission for it (403)");
}

TEST_CASE("GitLab: servers that page jobs by number alone; a page that fails is named, and the others are read") {
  const Json routes = project_with({
      {kJobs + kKeyset, status(405)},
      {kJobs, {{"body", {job(9, "build", "2024-06-20")}}, {"headers", {{"Link", "<https://gitlab.test" + kJobs + "&page=2>; rel=\"next\""}}}}},
      {kJobs + "&page=2", status(500)},
  });
  StoreServer server({{"login", {"PRIVATE-TOKEN", "glpat"}}, {"routes", routes}});
  const EnvironmentVariable token("GITLAB_TOKEN", "glpat");
  stores::StoreOptions options = wanted(server);
  options.outputs.artifacts = false;
  const Listing listing = listed("gitlab-ci://gitlab.test/acme/shop", options);
  CHECK(outputs(listing) == "project acme/shop, job 9 build/log < /projects/acme%2Fshop/jobs/9/trace\n");
  CHECK(skips(listing) == "gitlab-ci://gitlab.test/acme/shop: jobs of project acme/shop: the server answered 500\n");
  // Nobody asked for them.
  StoreServer other({{"login", {"PRIVATE-TOKEN", "glpat"}}, {"routes", project_with(Json::object())}});
  const Listing without = listed("gitlab-ci://gitlab.test/acme/shop", other.options());
  CHECK(skips(without).empty());
  CHECK(without.reader == nullptr);
}

TEST_CASE("GitHub: requests for runs, logs and artifacts are ones that its OpenAPI description knows; the login stays with GitHub") {
  const Json contract = KEYWAKE_SOURCE_DIR "/tests/stores/github_openapi.json";
  const std::string repository = "/repos/octocat/Hello-World";
  const Json run{{"id", 30433642}, {"name", "Build"}, {"status", "completed"}, {"run_attempt", 2}, {"created_at", "2020-01-22T19:33:08Z"}, {"run_started_at", "2020-01-23T19:33:08Z"}};
  StoreServer storage({{"login", nullptr}, {"routes", Json::object()}, {"patterns", Json::array({Json::array({"/.*/signedlogcontent.*", text_body("kept elsewhere")})})}});
  StoreServer server({{"login", {"Authorization", "Bearer ghp"}},
                      {"routes", {{repository + "/actions/runs?per_page=100", body({{"total_count", 1}, {"workflow_runs", {run}}})}}},
                      {"openapi", contract}});
  const EnvironmentVariable token("GITHUB_TOKEN", "ghp");
  stores::StoreOptions options = wanted(server, 0);
  options.client.connect_to.insert(options.client.connect_to.begin(), "pipelines.actions.githubusercontent.com:443:127.0.0.1:" + std::to_string(storage.port()));
  const Listing listing = listed("github-actions://octocat/Hello-World", options);
  const std::string of = "repository octocat/Hello-World, run 30433642 Build";
  const std::string base = repository + "/actions";
  CHECK(outputs(listing) == of + "/log < " + base + "/runs/30433642/logs\n" + of + ", attempt 1/log < " + base + "/runs/30433642/attempts/1/logs\n" + of +
                                "/artifacts/Rails.zip < " + base + "/artifacts/11/zip\n" + of + "/artifacts/Test output.zip < " + base + "/artifacts/13/zip\n");
  CHECK(skips(listing).empty());
  CHECK(listing.outputs[0].place.updated_at == 1'579'807'988);
  for (const stores::JobOutput& each : listing.outputs) CHECK(got(listing, model::path_of(each.place)) == "kept elsewhere");
  for (const Json& request : server.requests()) {
    INFO(request.dump());
    CHECK(request["problem"].is_null());
  }
  const Json kept = storage.requests();
  CHECK(kept.size() == 4);
  for (const Json& request : kept) {
    INFO(request.dump());
    CHECK_FALSE(request["headers"].contains("authorization"));
    CHECK_FALSE(request["headers"].contains("x-github-api-version"));
    CHECK(request["headers"]["host"] == "pipelines.actions.githubusercontent.com");
  }
}

TEST_CASE("GitHub: a run that goes on has no log yet, an artifact that has expired is counted, 410 is no failure and 403 is") {
  const std::string base = "/repos/acme/shop/actions";
  const auto run = [](int id, const std::string& state, const std::string& day) {
    return Json{{"id", id}, {"name", "CI"}, {"status", state}, {"run_attempt", 1}, {"created_at", day + "T00:00:00Z"}, {"run_started_at", day + "T00:00:00Z"}};
  };
  Json repeated = run(4, "completed", "2024-05-19");
  repeated["run_started_at"] = "2024-06-02T00:00:00Z";
  const Json none{{"total_count", 0}, {"secrets", Json::array()}, {"variables", Json::array()}, {"environments", Json::array()}, {"artifacts", Json::array()}};
  const Json routes{
      {"/repos/acme/shop", body({{"full_name", "acme/shop"}, {"private", false}})},
      {base + "/runs?per_page=100",
       {{"body", {{"workflow_runs", {run(3, "in_progress", "2024-06-20"), run(2, "completed", "2024-06-19"), run(1, "completed", "2024-05-20")}}}},
        {"headers", {{"Link", "<https://api.github.com" + base + "/runs?per_page=100&page=2>; rel=\"next\""}}}}},
      // Made before the bound, one of them repeated after it.
      {base + "/runs?per_page=100&page=2",
       {{"body", {{"workflow_runs", {repeated, run(1, "completed", "2024-04-20")}}}}, {"headers", {{"Link", "<https://api.github.com" + base + "/runs?per_page=100&page=3>; rel=\"next\""}}}}},
      {base + "/runs/2/artifacts?per_page=100", body({{"artifacts", {{{"id", 5}, {"name", "old"}, {"expired", true}}, {{"id", 6}, {"name", "dist"}, {"expired", false}}}}})},
      {base + "/runs/2/logs", status(410)},
      {base + "/artifacts/6/zip", status(403)},
  };
  StoreServer server({{"login", nullptr}, {"routes", routes}, {"patterns", Json::array({Json::array({"/repos/acme/shop/.*(secrets|variables|environments|/runs/[34]/artifacts)\\?.*", body(none)})})}});
  const EnvironmentVariable token("GH_TOKEN", "ghp");
  const Listing listing = listed("github-actions://acme/shop", wanted(server));
  const std::string of = "repository acme/shop, run 2 CI";
  CHECK(outputs(listing) == of + "/log < " + base + "/runs/2/logs\n" + of + "/artifacts/dist.zip < " + base + "/artifacts/6/zip\nrepository acme/shop, run 4 CI/log < " + base + "/runs/4/logs\n");
  CHECK(skips(listing) == "github-actions://acme/shop: " + of + "/artifacts/old.zip: " + std::string(stores::kGone) + " (not failed)\n");
  CHECK(got(listing, of + "/log") == "(gone) " + std::string(stores::kGone));
  CHECK(got(listing, of + "/artifacts/dist.zip") == "the access token has no permission for it (403)");
}

TEST_CASE("Jenkins: consoles and artifacts of builds, in ranges, back to the bound; a path that leads elsewhere does not") {
  const auto build = [](int number, std::int64_t at) { return Json{{"number", number}, {"timestamp", at * 1000}, {"artifacts", Json::array()}}; };
  const auto range = [](const std::string& job, int first) {
    return job + "/api/json?tree=allBuilds%5Bnumber%2Ctimestamp%2Cartifacts%5BrelativePath%5D%5D%7B" + std::to_string(first) + "%2C" + std::to_string(first + 100) + "%7D";
  };
  Json first = Json::array();
  for (int i = 0; i < 100; ++i) first.push_back(build(300 - i, kSince + 1'000'000 - i));
  first[0]["artifacts"] = {{{"relativePath", "target/a b.war"}}, {{"relativePath", "../../config.xml"}}};
  const std::string deploy = "/job/team/job/deploy";
  const Json routes{
      {"/job/team/api/json?tree=_class%2Cjobs%5Bname%5D", body({{"jobs", {{{"name", "deploy"}}}}})},
      {deploy + "/api/json?tree=_class%2Cjobs%5Bname%5D", body({{"_class", "hudson.model.FreeStyleProject"}})},
      {"/job/team/config.xml", text_body("<x/>")},
      {deploy + "/config.xml", text_body("<x/>")},
      {range(deploy, 0), body({{"allBuilds", first}})},
      {range(deploy, 100), body({{"allBuilds", {build(200, kSince + 5), build(199, kSince - 5)}}})},
      {deploy + "/200/consoleText", text_body("console")},
      {deploy + "/300/artifact/target/a%20b.war", text_body("war")},
  };
  StoreServer server({{"login", {"Authorization", "Basic " + base64_encode("ada:jt")}}, {"routes", routes}});
  const EnvironmentVariable user("JENKINS_USER", "ada");
  const EnvironmentVariable token("JENKINS_TOKEN", "jt");
  const Listing listing = listed("jenkins://jenkins.test/team", wanted(server));
  CHECK(skips(listing).empty());
  CHECK(listing.outputs.size() == 100 + 2 + 1);
  CHECK(got(listing, "job team/deploy, build 200/log") == "console");
  CHECK(got(listing, "job team/deploy, build 300/artifacts/target/a b.war") == "war");
  CHECK(output_named(listing, "job team/deploy, build 300/artifacts/../../config.xml").path == deploy + "/300/artifact/config.xml");
  CHECK(output_named(listing, "job team/deploy, build 200/log").place.updated_at == kSince + 5);
}

TEST_CASE("outputs: redirects that must not be followed, limits that are kept to, storage that refuses") {
  const auto away = [](const std::string& to) { return Json{{"status", 302}, {"headers", {{"Location", to}}}}; };
  Json jobs = Json::array();
  for (int id = 12; id > 0; --id) jobs.push_back(job(id, "j", "2024-06-20"));
  const std::string trace = kProject + "/jobs/";
  const Json routes = project_with({
      {kJobs + kKeyset, body(jobs)},
      {trace + "1/trace", away("http://storage.test/plain")},
      {trace + "2/trace", away("https://storage.test/back")},
      {trace + "3/trace", away("https://storage.test/refused")},
      {trace + "4/trace", away("https://storage.test/expired")},
      {trace + "5/trace", away("/api/v4/elsewhere")},
      {trace + "6/trace", away(trace + "6/trace")},
      {trace + "7/trace", {{"status", 302}}},
      {trace + "8/trace", Json::array({{{"status", 429}, {"headers", {{"Retry-After", "1"}}}}, text_body("after a while")})},
      {trace + "9/trace", Json::array({status(503), text_body("at last")})},
      {trace + "10/trace", away("https://user:word@storage.test/")},
      {trace + "11/trace", away("file:///etc/passwd")},
      {trace + "12/trace", away("https://10.0.0.1/metadata")},
      {"/api/v4/elsewhere", text_body("at home")},
      {"/back", text_body("never with the token")},
  });
  StoreServer storage({{"login", nullptr}, {"routes", {{"/back", away("https://gitlab.test/back")}, {"/refused", status(403)}, {"/expired", status(404)}}}});
  StoreServer server({{"login", nullptr}, {"routes", routes}});
  const EnvironmentVariable token("GITLAB_TOKEN", "glpat");
  stores::StoreOptions options = wanted(server);
  const std::string here = ":127.0.0.1:";
  options.client.connect_to = {"storage.test:443" + here + std::to_string(storage.port()), "gitlab.test:443" + here + std::to_string(server.port())};
  const Listing listing = listed("gitlab-ci://gitlab.test/acme/shop", options);
  const auto log = [&](int id) { return got(listing, "project acme/shop, job " + std::to_string(id) + " j/log"); };
  CHECK(log(1) == "it redirects to http://storage.test, where the connection would not be encrypted");
  CHECK(log(2) == "never with the token");
  CHECK_FALSE(asked_for(server, "/back")["headers"].contains("private-token"));
  CHECK_FALSE(asked_for(storage, "/back")["headers"].contains("private-token"));
  CHECK(log(3) == "storage.test, where it is kept, answered 403");
  CHECK(log(4) == "(gone) " + std::string(stores::kGone));
  CHECK(log(5) == "at home");
  CHECK(asked_for(server, "/api/v4/elsewhere")["headers"]["private-token"] == "glpat");
  CHECK(log(6) == "it redirects more than 5 times");
  CHECK(log(7) == "it redirects to an address that is none");
  const auto begin = std::chrono::steady_clock::now();
  CHECK(log(8) == "after a while");
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::seconds(1));
  CHECK(log(9) == "at last");
  CHECK(log(10).find("a user or a password") != std::string::npos);
  CHECK(log(11).find("it is no https:// address") != std::string::npos);
  // The address policy holds wherever a redirect leads.
  CHECK(log(12).find("it redirects to 10.0.0.1: ") == 0);
  CHECK(log(12).find("not public") != std::string::npos);
}

TEST_CASE("outputs: a server that is gone is not asked for each of them") {
  Json jobs = Json::array();
  for (int id = 1; id <= 50; ++id) jobs.push_back(job(id, "j", "2024-06-20"));
  stores::StoreOptions options;
  Listing listing;
  const EnvironmentVariable token("GITLAB_TOKEN", "glpat");
  {
    StoreServer server({{"login", nullptr}, {"routes", project_with({{kJobs + kKeyset, body(jobs)}})}});
    options = wanted(server);
    listing = listed("gitlab-ci://gitlab.test/acme/shop", options);
  }
  REQUIRE(listing.outputs.size() == 50);
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> failed = 0;
  std::atomic<std::size_t> untried = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < listing.outputs.size(); i = next++) {
      auto download = listing.reader->open(listing.outputs[i]);
      failed += !download && download.error().failed ? 1 : 0;
      untried += !download && download.error().reason.starts_with("not tried") ? 1 : 0;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  }
  CHECK(failed == 50);
  CHECK(untried >= 44);
}

TEST_CASE("outputs: which targets have some") {
  CHECK(stores::has_job_output("gitlab-ci://gitlab.test"));
  CHECK(stores::has_job_output("jenkins://jenkins.test"));
  CHECK_FALSE(stores::has_job_output("vault://vault.test/secret"));
  CHECK_FALSE(stores::has_job_output("."));
  CHECK(stores::job_output_usages().size() == 3);
}

}  // namespace keywake::testing
