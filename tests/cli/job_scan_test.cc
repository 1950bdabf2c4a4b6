// Logs and artifacts of CI jobs, from the command line to the report: what is found in them and where, and what hostile or broken servers can
// do to a scan of them.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "../stores/store_server_helper.h"
#include "base/base64.h"
#include "catch.h"
#include "keywake_helper.h"

namespace keywake::testing {
namespace {

using nlohmann::json;

const std::string kTarget = "gitlab-ci://gitlab.test/acme/shop";
const std::string kProject = "/api/v4/projects/acme%2Fshop";
const std::string kDay = "2024-06-20T12:00:00.000Z";
const Arguments kSince{"--since", "2024-06-01"};

json body(json content) { return {{"body", std::move(content)}}; }
json status(int code) { return {{"status", code}}; }
json binary(const std::string& bytes) { return {{"base64", base64_encode(bytes)}}; }

std::string zip_of(const json& members) {
  TemporaryFolder folder;
  const std::string file = folder.path() / "out.zip";
  run_command(".", {KEYWAKE_SOURCE_DIR "/tests/cli/make_zip.py", file}, members.dump());
  return read_text(file);
}

json job(int id, const std::string& name, const std::string& archive = "") {
  const json file = archive.empty() ? json() : json{{"filename", archive}};
  return {{"id", id}, {"name", name}, {"created_at", kDay}, {"started_at", kDay}, {"finished_at", kDay}, {"erased_at", nullptr}, {"artifacts_file", file}};
}

// A GitLab project without variables and with these jobs; the other routes beside them.
json gitlab(const json& jobs, json routes) {
  routes["/api/v4/groups/acme%2Fshop?with_projects=false"] = status(404);
  routes[kProject] = body({{"id", 1}});
  for (const char* list : {"/variables", "/pipeline_schedules", "/triggers"}) routes[kProject + list + "?per_page=100"] = body(json::array());
  routes[kProject + "/jobs?per_page=100&pagination=keyset&order_by=id&sort=desc"] = body(jobs);
  return {{"login", {"PRIVATE-TOKEN", "glpat"}}, {"routes", std::move(routes)}};
}

struct Scanned {
  Ran ran;
  std::vector<json> found;
  json report;  // as JSON
  unsigned long peak = 0;  // KiB

  // "project …:3:10-50 github.pat-classic", sorted.
  [[nodiscard]] std::vector<std::string> places() const {
    std::vector<std::string> out;
    for (const json& each : found) {
      out.push_back(each["path"].get<std::string>() + ":" + each["line"].dump() + ":" + each["column"].dump() + "-" + each["end_column"].dump());
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  // "what: reason", an exclamation mark before those that failed.
  [[nodiscard]] std::set<std::string> skipped() const {
    std::set<std::string> out;
    for (const json& each : report["skipped"]) out.insert((each["failed"].get<bool>() ? "! " : "") + each["what"].get<std::string>() + ": " + each["reason"].get<std::string>());
    return out;
  }
};

Scanned scan(const stores::StoreOptions& options, const std::string& target, Arguments more, const Arguments& environment = {"GITLAB_TOKEN=glpat"}) {
  TemporaryFolder folder;
  const std::string file = folder.path() / "report.json";
  static const std::string kWrapper = "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode; "
                                      "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)";
  Arguments arguments{"python3", "-c", kWrapper, KEYWAKE_BINARY_DIR "/keywake", "scan", target, "-o", "json:" + file, "--ca-file", options.client.ca_file};
  for (const std::string& each : options.client.connect_to) arguments.insert(arguments.end(), {"--connect-to", each});
  arguments.insert(arguments.end(), more.begin(), more.end());
  Scanned out;
  out.ran = run_command(".", arguments, {}, environment);
  UNSCOPED_INFO(out.ran.out << out.ran.err);
  if (!std::filesystem::exists(file)) return out;
  out.report = json::parse(read_text(file));
  for (const json& credential : out.report["credentials"]) {
    for (json sighting : credential["sightings"]) {
      sighting["pattern"] = credential["pattern"];
      out.found.push_back(std::move(sighting));
    }
  }
  if (const std::size_t peak = out.ran.err.rfind("peak "); peak != std::string::npos) out.peak = std::stoul(out.ran.err.substr(peak + 5));
  return out;
}

Arguments with(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

TEST_CASE("scan --logs: colours, sections and the dates of lines hide nothing, and places are those of the log as it is") {
  const std::string date = "2024-05-22T12:43:46.962646Z 00O ";
  const auto token = [](unsigned i) { return github_token(400 + i); };
  const auto password = [](unsigned i) { return github_token(400 + i).substr(4, 20); };
  const std::vector<std::string> lines{
      "plain " + token(1),                                                      // 7-47
      "\x1b[36;1m" + token(2) + "\x1b[0;m",                                     // the letter that ends a colour is none of the token's: 8-48
      "DB_PASSWORD=\x1b[1m" + password(3) + "\x1b[0m",                          // 17-37
      "section_start:1560896352:step[collapsed=true]\r\x1b[0KDB_PASSWORD=" + password(4),  // 63-83
      date + "DB_PASSWORD: " + password(5),                                     // 46-66
      "2024-01-01T00:00:00.0000000Z password: " + password(6),                  // 40-60
      "[2024-01-01T00:00:00.000Z] \x1b[32mDB_PASSWORD=" + password(7) + "\x1b[0m",  // 45-65
      "10 %\r20 %\r" + token(8) + "\r",                                         // 11-51
      date + "DB_PASSWORD=" + password(9).substr(0, 5),                         // a line that the runner sent in two parts: 45-…
      "2024-05-22T12:43:47.000000Z 00O+" + password(9).substr(5),               // …48
      token(10).substr(0, 12) + "\x1b[33m" + token(10).substr(12),              // 1-46
      "cursor\x1b[2A" + token(11),                                              // 11-51
  };
  std::string log;
  for (const std::string& line : lines) log += line + "\n";
  for (const char* masked : {"[MASKED]", "***", "*****", "x[MASKED]"}) {
    for (const char* before : {"DB_PASSWORD=", "password: ", "export API_TOKEN=", "Authorization: Bearer ", "mysql -uroot -p"}) log += date + before + masked + "\n";
    log += "https://ci:" + std::string(masked) + "@git.acme.example/x.git postgres://app:" + masked + "@db.acme.example/x\n";
  }
  StoreServer server(gitlab(json::array({job(4711, "test build")}), {{kProject + "/jobs/4711/trace", body(log)}}));
  const Scanned scanned = scan(server.options(), kTarget, with({"--logs", "--confidence", "low"}, kSince));
  CHECK(scanned.ran.status == 1);
  const std::string path = "project acme/shop, job 4711 test build/log:";
  std::vector<std::string> expected;
  for (const char* place : {"1:7-47", "2:8-48", "3:17-37", "4:63-83", "5:46-66", "6:40-60", "7:45-65", "8:11-51", "9:45-48", "11:1-46", "12:11-51"}) expected.push_back(path + place);
  std::sort(expected.begin(), expected.end());
  CHECK(scanned.places() == expected);
  for (const json& each : scanned.found) {
    CHECK(each["target"] == kTarget);
    CHECK(each["confidence"] != "low");  // a job called test is no test
    CHECK(each["ci"]["provider"] == "gitlab-ci");
    CHECK(each["ci"]["scope"] == "project acme/shop, job 4711 test build");
    CHECK(each["ci"]["variable"] == "log");
    CHECK(each["ci"]["source"] == "log");
    CHECK(each["ci"]["updated_at"] == "2024-06-20T12:00:00Z");
    if (each["line"] == 9) CHECK(each["end_line"] == 10);
  }
  CHECK(scanned.report["summary"]["logs"] == 1);
  CHECK(scanned.report["summary"]["artifacts"] == 0);
  CHECK(scanned.report["summary"]["job_days"].is_null());
  CHECK(contains(scanned.ran.out, "1 job log"));
  CHECK_FALSE(contains(scanned.ran.out, "last 30 days"));
}

TEST_CASE("scan --logs --artifacts: what GitHub keeps as zips elsewhere; keys of several lines; steps that repeat a job; the token stays") {
  const std::string date = "2024-01-01T00:00:00.0000000Z ";
  const std::string key = run_command(".", {"openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}).out;
  const auto dated = [&](const std::string& text) {
    std::string out;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin) + 1;
      out += date + text.substr(begin, end - begin);
      begin = end;
    }
    return out;
  };
  const std::string in_both = github_token(451) + "\n";
  const std::string in_step = github_token(452) + "\n";
  const std::string logs = zip_of({{"0_build.txt", "\xef\xbb\xbf" + dated("password: " + github_token(450).substr(4, 20) + "\n" + key + in_both)},
                                   {"build/1_Set up job.txt", dated(in_both)},
                                   {"build/2_Run make.txt", dated(in_step)}});
  const std::string dist = zip_of({{"conf/app.properties", "# settings\n\ndb.password=" + github_token(453).substr(4, 20) + "\n"},
                                   {"tests/login.js", "const password = \"" + github_token(454).substr(4, 20) + "\";\n"},
                                   {"lib/in.jar", {{"zip", {{"x/y.txt", github_token(455) + "\n"}}}}}});
  const std::string actions = "/repos/acme/shop/actions";
  const json none{{"total_count", 0}, {"secrets", json::array()}, {"variables", json::array()}, {"environments", json::array()}};
  const json run{{"id", 12}, {"name", "CI"}, {"status", "completed"}, {"run_attempt", 1}, {"created_at", "2024-06-20T00:00:00Z"}, {"run_started_at", "2024-06-20T00:00:00Z"}};
  const auto away = [](const std::string& path) { return json{{"status", 302}, {"headers", {{"Location", "https://storage.test" + path}}}}; };
  const json routes{
      {"/repos/acme/shop", body({{"full_name", "acme/shop"}, {"private", false}})},
      {actions + "/runs?per_page=100", body({{"workflow_runs", {run}}})},
      {actions + "/runs/12/artifacts?per_page=100", body({{"artifacts", {{{"id", 5}, {"name", "dist"}, {"expired", false}}, {{"id", 6}, {"name", "old"}, {"expired", true}}}}})},
      {actions + "/runs/12/logs", away("/logs?signature=1")},
      {actions + "/artifacts/5/zip", away("/dist?signature=2")},
  };
  StoreServer storage({{"login", nullptr}, {"routes", {{"/logs?signature=1", binary(logs)}, {"/dist?signature=2", binary(dist)}}}});
  StoreServer server({{"login", {"Authorization", "Bearer ghp"}}, {"routes", routes}, {"patterns", json::array({json::array({"/repos/acme/shop/.*(secrets|variables|environments)\\?.*", body(none)})})}});
  stores::StoreOptions options = server.options();
  options.client.connect_to.insert(options.client.connect_to.begin(), "storage.test:443:127.0.0.1:" + std::to_string(storage.port()));
  const Scanned scanned = scan(options, "github-actions://acme/shop", with({"--logs", "--artifacts"}, kSince), {"GITHUB_TOKEN=ghp"});
  CHECK(scanned.ran.status == 1);
  const std::string of = "repository acme/shop, run 12 CI/";
  std::set<std::string> places;  // and what is there
  for (const json& each : scanned.found) places.insert(each["path"].get<std::string>() + ":" + each["line"].dump() + ":" + each["column"].dump() + " " + each["pattern"].get<std::string>());
  const std::string last = std::to_string(1 + std::count(key.begin(), key.end(), '\n') + 1);
  CHECK(places == std::set<std::string>{of + "log!/0_build.txt:1:43 generic.password", of + "log!/0_build.txt:2:30 private-key.pkcs8",
                                        of + "log!/0_build.txt:" + last + ":30 github.pat-classic", of + "log!/build/2_Run make.txt:1:30 github.pat-classic",
                                        of + "artifacts/dist.zip!/conf/app.properties:3:13 generic.password", of + "artifacts/dist.zip!/lib/in.jar!/x/y.txt:1:1 github.pat-classic",
                                        of + "artifacts/dist.zip!/tests/login.js:1:19 generic.password"});
  // Files are judged by where they are.
  for (const json& each : scanned.found) {
    const std::string path = each["path"];
    if (path.ends_with("login.js")) CHECK(each["confidence"] == "medium");
    if (path.ends_with("app.properties")) CHECK(each["confidence"] == "high");
  }
  CHECK(scanned.report["summary"]["artifacts"] == 1);
  CHECK(scanned.skipped() == std::set<std::string>{"github-actions://acme/shop: " + of + "artifacts/old.zip: " + std::string(stores::kGone)});
  CHECK(contains(scanned.ran.out, "1 expired, erased or removed"));
  for (const json& request : storage.requests()) {
    INFO(request.dump());
    CHECK_FALSE(contains(request["headers"].dump(), "ghp"));
  }
  const Scanned shallow = scan(options, "github-actions://acme/shop", with({"--artifacts", "--no-archives"}, kSince), {"GITHUB_TOKEN=ghp"});
  CHECK(shallow.places() == std::vector<std::string>{of + "artifacts/dist.zip!/conf/app.properties:3:13-33", of + "artifacts/dist.zip!/tests/login.js:1:19-39"});
  const Scanned some = scan(options, "github-actions://acme/shop", with({"--artifacts", "--include", "conf/**", "--exclude", "*.jar"}, kSince), {"GITHUB_TOKEN=ghp"});
  CHECK(some.places() == std::vector<std::string>{of + "artifacts/dist.zip!/conf/app.properties:3:13-33"});
}

TEST_CASE("scan --logs: what has expired is no failure; what breaks off, stalls or fails is one that names the job, and the rest is scanned") {
  const std::string trace = kProject + "/jobs/";
  const std::string token = github_token(460);
  json jobs = json::array();
  for (int id = 9; id > 0; --id) jobs.push_back(job(id, "j", id == 8 ? "broken.zip" : id == 9 ? "cut.zip" : ""));
  const std::string good = zip_of({{"a.txt", github_token(461) + "\n"}, {"b.txt", std::string(100'000, 'b')}});
  const std::string early = github_token(462) + "\n";
  StoreServer server(gitlab(jobs, {{trace + "1/trace", body(token)},
                                   {trace + "2/trace", status(404)},
                                   {trace + "3/trace", status(410)},
                                   {trace + "4/trace", status(403)},
                                   {trace + "5/trace", status(500)},
                                   {trace + "6/trace", {{"text", early}, {"times", 100'000}, {"cut", 1'000'000}}},
                                   {trace + "7/trace", {{"text", early}, {"times", 100'000}, {"stall", 10'000}}},
                                   {trace + "8/trace", body("")},
                                   {trace + "9/trace", body("nothing")},
                                   {trace + "8/artifacts", binary(good.substr(0, 60) + std::string(300, '\x55'))},
                                   {trace + "9/artifacts", {{"base64", base64_encode(good)}, {"cut", good.size() / 2}}}}));
  const Scanned scanned = scan(server.options(), kTarget, with({"--logs", "--artifacts", "--validation-timeout", "1"}, kSince));
  CHECK(scanned.ran.status == 2);
  const std::string of = kTarget + ": project acme/shop, job ";
  const std::string gone = ": " + std::string(stores::kGone);
  std::set<std::string> skipped = scanned.skipped();
  for (const char* id : {"2", "3"}) CHECK(skipped.erase(of + id + " j/log" + gone) == 1);
  CHECK(skipped.erase(of + "4 j/log: " + std::string(stores::kNotShown)) == 1);
  CHECK(skipped.erase("! " + of + "5 j/log: the server answered 500") == 1);
  CHECK(skipped.erase("! " + of + "7 j/log: nothing came in time") == 1);
  // The words of what is left are libcurl's and libarchive's.
  std::string all;
  for (const std::string& each : skipped) all += each + "\n";
  CAPTURE(all);
  for (const std::string& start : {"! " + of + "6 j/log: ", "! " + of + "9 j/artifacts/cut.zip: ", of + "8 j/artifacts/broken.zip!/a.txt: damaged"}) {
    const auto found = std::find_if(skipped.begin(), skipped.end(), [&](const std::string& each) { return each.starts_with(start); });
    CAPTURE(start);
    REQUIRE(found != skipped.end());
    skipped.erase(found);
  }
  CHECK(skipped.empty());
  CHECK(contains(scanned.ran.out, "2 expired, erased or removed"));
  std::set<std::string> files;
  for (const json& each : scanned.found) files.insert(each["path"]);
  CHECK(files == std::set<std::string>{"project acme/shop, job 1 j/log", "project acme/shop, job 6 j/log", "project acme/shop, job 7 j/log", "project acme/shop, job 9 j/artifacts/cut.zip!/a.txt"});
  CHECK(scanned.report["summary"]["logs"] == 5);
}

TEST_CASE("scan --logs --artifacts: long logs and zip bombs leave memory as it is") {
  const std::string trace = kProject + "/jobs/";
  const std::string line = "2024-05-22T12:43:46.962646Z 00O \x1b[32mcompiling\x1b[0m src/main.cc with 4 warnings\n";
  const std::string text = "compiling src/main.cc with 4 warnings\n";
  json jobs = json::array({job(1, "bomb", "bomb.zip")});
  json routes{{trace + "1/trace", body("")}, {trace + "1/artifacts", binary(zip_of({{"a.bin", {{"times", 300}}}, {"b.zip", {{"zip", {{"c.bin", {{"times", 200}}}, {"d.txt", github_token(470)}}}}}}))}};
  for (int id = 2; id < 6; ++id) {
    jobs.push_back(job(id, "long"));
    routes[trace + std::to_string(id) + "/trace"] = {{"text", line}, {"times", 1'000'000}};  // 76 MB
  }
  StoreServer server(gitlab(jobs, routes));
  const Scanned scanned = scan(server.options(), kTarget, with({"--logs", "--artifacts"}, kSince));
  CHECK(scanned.ran.status == 1);
  CHECK(scanned.places() == std::vector<std::string>{"project acme/shop, job 1 bomb/artifacts/bomb.zip!/b.zip!/d.txt:1:1-41"});
  const std::string bomb = kTarget + ": project acme/shop, job 1 bomb/artifacts/bomb.zip!/";
  CHECK(scanned.skipped() == std::set<std::string>{bomb + "a.bin: archive member larger than 256 MiB"});
  const std::uint64_t members = (200ull << 20) + github_token(470).size();
  const std::uint64_t bytes = scanned.report["summary"]["bytes"];
  CHECK(bytes >= 4 * 1'000'000 * text.size() + members);
  CHECK(bytes < 4 * 1'000'000 * text.size() + members + (1 << 20));  // and b.zip as it lies
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(scanned.peak < 250'000);
#endif
}

TEST_CASE("scan --logs: a log larger than a piece, with places that count on") {
  const std::string line = "\x1b[32m2024-01-01T00:00:00Z\x1b[0m all is well\n";
  std::string log;
  std::vector<std::string> expected;
  for (unsigned i = 0; log.size() < 20'000'000; ++i) {
    log += line;
    if (i % 30'000 != 29'999) continue;
    const std::string token = github_token(600 + i / 30'000);
    expected.push_back("project acme/shop, job 1 j/log:" + std::to_string(i + 2) + ":37-77");
    log += "2024-01-01T00:00:00Z \x1b[1mtoken\x1b[0m: " + token + " end\n";
    log += line.substr(0, 5) + "\n";
    ++i;
    ++i;
  }
  StoreServer server(gitlab(json::array({job(1, "j")}), {{kProject + "/jobs/1/trace", body(log)}}));
  const Scanned scanned = scan(server.options(), kTarget, with({"--logs"}, kSince));
  std::sort(expected.begin(), expected.end());
  CHECK(expected.size() > 10);
  CHECK(scanned.places() == expected);
}

TEST_CASE("scan --logs --artifacts: Jenkins: consoles, files and archives; a file that is too large is left out and named") {
  TemporaryFolder folder;
  write_file(folder.path() / "deploy.sh", "#!/bin/sh\nexport TOKEN=" + github_token(491) + "\n");
  run_command(folder.path(), {"tar", "-czf", "dist.tgz", "deploy.sh"});
  const std::string job = "/job/deploy";
  const json build{{"number", 12}, {"timestamp", 1'718'884'800'000}, {"artifacts", {{{"relativePath", "conf/app.properties"}}, {{"relativePath", "dist.tgz"}}, {{"relativePath", "dump.txt"}}, {{"relativePath", "gone.txt"}}}}};
  const json routes{
      {job + "/api/json?tree=_class%2Cjobs%5Bname%5D", body({{"_class", "hudson.model.FreeStyleProject"}})},
      {job + "/config.xml", body("<project/>")},
      {job + "/api/json?tree=allBuilds%5Bnumber%2Ctimestamp%2Cartifacts%5BrelativePath%5D%5D%7B0%2C100%7D", body({{"allBuilds", {build}}})},
      {job + "/12/consoleText", body("Started by user ada\n[2024-06-20T12:00:00.000Z] + curl -u ci:" + github_token(490) + " https://acme.example\n")},
      {job + "/12/artifact/conf/app.properties", body("db.password=" + github_token(492).substr(4, 20) + "\n")},
      {job + "/12/artifact/dist.tgz", binary(read_text(folder.path() / "dist.tgz"))},
      {job + "/12/artifact/dump.txt", {{"text", github_token(493) + "\n"}, {"times", 100'000}}},
  };
  StoreServer server({{"login", {"Authorization", "Basic " + base64_encode("ada:jt")}}, {"routes", routes}});
  const Scanned scanned = scan(server.options(), "jenkins://jenkins.test/deploy", with({"--logs", "--artifacts", "--max-file-size", "1M"}, kSince), {"JENKINS_USER=ada", "JENKINS_TOKEN=jt"});
  CHECK(scanned.ran.status == 1);
  const std::string of = "job deploy, build 12/";
  CHECK(scanned.places() == std::vector<std::string>{of + "artifacts/conf/app.properties:1:13-33", of + "artifacts/dist.tgz!/deploy.sh:2:14-54", of + "log:2:41-81"});
  CHECK(scanned.skipped() == std::set<std::string>{"jenkins://jenkins.test/deploy: " + of + "artifacts/dump.txt: larger than --max-file-size",
                                                   "jenkins://jenkins.test/deploy: " + of + "artifacts/gone.txt: " + std::string(stores::kGone)});
  for (const json& each : scanned.found) CHECK(each["ci"]["source"] == (each["path"] == of + "log" ? "log" : "artifact"));
}

TEST_CASE("recheck: what a report found in a log is read there again, and no other log") {
  json older = job(1, "older");
  for (const char* date : {"created_at", "started_at", "finished_at"}) older[date] = "2024-06-19T12:00:00.000Z";
  StoreServer server(gitlab(json::array({job(2, "j"), older}), {{kProject + "/jobs/2/trace", body("token " + github_token(480) + "\n")}, {kProject + "/jobs/1/trace", body("nothing")}}));
  const auto options = server.options();
  TemporaryFolder folder;
  const std::string report = folder.path() / "report.jsonl";
  const Arguments reach{"--ca-file", options.client.ca_file, "--connect-to", options.client.connect_to[0]};
  const struct Setting setting{.environment = {"GITLAB_TOKEN=glpat"}};
  CHECK(run_keywake(with(with({"scan", kTarget, "--logs", "-q", "-o", report}, reach), kSince), setting).status == 1);
  const std::size_t before = server.requests().size();
  const Ran again = run_keywake(with({"recheck", report}, reach), setting);
  INFO(again.out << again.err);
  CHECK(contains(again.out, "project acme/shop, job 2 j/log:1"));
  CHECK_FALSE(contains(again.out, "cannot be read any more"));
  const json requests = server.requests();
  const auto asked = [&](const std::string& path) {
    return std::count_if(requests.begin() + static_cast<std::ptrdiff_t>(before), requests.end(), [&](const json& each) { return each["path"] == path; });
  };
  CHECK(asked(kProject + "/jobs/2/trace") == 1);
  CHECK(asked(kProject + "/jobs/1/trace") == 0);
}

TEST_CASE("scan --logs, --artifacts: which targets have some, which date is one, and what is said without any") {
  const auto refused = [](Arguments arguments) { return run_keywake(std::move(arguments), {.environment = {"GITLAB_TOKEN=x"}}); };
  const Ran vault = refused({"scan", "vault://vault.test/secret", "--logs"});
  CHECK(vault.status == 2);
  CHECK(contains(vault.err, "vault://vault.test/secret has none"));
  CHECK(contains(vault.err, "these have: gitlab-ci://host[/group[/project]], github-actions://owner[/repository], jenkins://host[/job]"));
  CHECK(contains(refused({"scan", ".", "--artifacts"}).err, "--artifacts is for"));
  CHECK(contains(refused({"scan", "gitlab-ci://gitlab.test", "--logs", "--since", "yesterday"}).err, "not a date"));
  json today = job(1, "j");
  json server_jobs = json::array({today});
  StoreServer server(gitlab(server_jobs, {{kProject + "/jobs/1/trace", body("x")}}));
  const Scanned scanned = scan(server.options(), kTarget, {"--logs", "--artifacts"});
  CHECK(contains(scanned.ran.out, "no job logs or artifacts of the last 30 days"));
  CHECK(contains(scanned.ran.out, "--since for"));
  CHECK(scanned.report["summary"]["job_days"] == 30);
}

}  // namespace keywake::testing
