// The commands that ask providers, against a server on loopback.
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <set>

#include "catch.h"
#include "keywake_helper.h"
#include "../git/run_git_helper.h"
#include "../validation/provider_helper.h"

namespace keywake::testing {
namespace {

using nlohmann::json;

const json kLive = {{{"status", 200}, {"headers", {{"x-oauth-scopes", "repo, admin:org"}}}, {"body", R"({"login":"octocat","email":"octo@example.com"})"}}};
const json kDead = {{{"status", 401}, {"body", R"({"message":"Bad credentials"})"}}};

struct Setting {
  Provider provider{{"api.github.com"}};
  TemporaryFolder folder;
  Arguments with(Arguments arguments) const {
    const net::ClientOptions options = provider.options();
    for (const std::string& word : {std::string("--ca-file"), options.ca_file, std::string("--connect-to"), options.connect_to[0]}) arguments.push_back(word);
    return arguments;
  }
};

TEST_CASE("scan --validate asks, and every format says what came of it") {
  Setting setting;
  const std::string token = github_token(1);
  write_file(setting.folder.path() / "a.env", "GITHUB_TOKEN=" + token + "\n");
  write_file(setting.folder.path() / "b.env", "TOKEN=" + token + "\n");
  setting.provider.answers(kLive);
  Ran text = run_keywake(setting.with({"scan", "--validate"}), {.folder = setting.folder.path()});
  INFO(text.out << text.err);
  CHECK(text.status == 1);
  CHECK(contains(text.out, "CRITICAL"));  // live, with administrative rights
  CHECK(contains(text.out, "LIVE, as api.github.com says (200)"));
  CHECK(contains(text.out, "owner octocat"));
  CHECK_FALSE(contains(text.out, token));
  const json requests = setting.provider.answers(kLive);  // two places, one question; then what else there is to know
  CHECK(std::count_if(requests.begin(), requests.end(), [](const json& request) { return request["path"] == "/user"; }) == 1);

  Ran lines = run_keywake(setting.with({"scan", "--validate", "-f", "jsonl"}), {.folder = setting.folder.path()});
  const json line = json::parse(lines.out.substr(0, lines.out.find('\n')));
  CHECK(line["validation"]["verdict"] == "live");
  CHECK(line["validation"]["host"] == "api.github.com");
  CHECK(line["identity"]["scopes"] == json{"repo", "admin:org"});
  CHECK(line["owners"][0]["name"] == "octocat");
  CHECK(line["risk"] == "critical");
  setting.provider.answers(kLive);

  CHECK(run_keywake({"scan"}, {.folder = setting.folder.path()}).status == 1);
  CHECK(setting.provider.requests().empty());  // off until asked
}

TEST_CASE("validate takes a text, or a bare secret and what it is") {
  Setting setting;
  setting.provider.answers(kDead);
  Ran bare = run_keywake(setting.with({"validate", "--pattern", "github.pat-classic"}), {.input = "anything-at-all\n"});
  INFO(bare.out << bare.err);
  CHECK(bare.status == 0);
  CHECK(contains(bare.out, "dead, as api.github.com says (401"));
  CHECK(setting.provider.answers(kLive)[0]["headers"]["authorization"] == "Bearer anything-at-all");
  Ran text = run_keywake(setting.with({"validate"}), {.input = "token: " + github_token(2)});
  CHECK(text.status == 1);
  Ran nothing = run_keywake(setting.with({"validate"}), {.input = "nothing"});
  CHECK(nothing.status == 2);
  CHECK(contains(nothing.err, "--pattern"));
}

TEST_CASE("recheck says what changed since a report, without a secret in it") {
  Setting setting;
  const std::string lost = github_token(3);
  write_file(setting.folder.path() / "a.env", "GITHUB_TOKEN=" + github_token(1) + "\n");
  write_file(setting.folder.path() / "b.env", "GITHUB_TOKEN=" + lost + "\n");
  setting.provider.answers(kLive);
  run_keywake(setting.with({"scan", "--validate", "-q", "-o", "report.json", "-o", "report.jsonl"}), {.folder = setting.folder.path()});
  CHECK_FALSE(contains(read_text(setting.folder.path() / "report.json"), lost));
  write_file(setting.folder.path() / "b.env", "rotated\n");
  for (const std::string report : {"report.json", "report.jsonl"}) {
    setting.provider.answers(kLive);
    Ran still = run_keywake(setting.with({"recheck", report}), {.folder = setting.folder.path()});
    INFO(still.out << still.err);
    CHECK(still.status == 1);
    CHECK(contains(still.out, "still live  a.env:1"));
    CHECK(contains(still.out, "cannot be read any more"));
    setting.provider.answers(kDead);
    Ran dead = run_keywake(setting.with({"recheck", report}), {.folder = setting.folder.path()});
    CHECK(dead.status == 2);  // of one it could not be found out
    CHECK(contains(dead.out, "now dead, was live  a.env:1"));
  }
  write_file(setting.folder.path() / "empty.json", "{}");
  CHECK(run_keywake({"recheck", "empty.json"}, {.folder = setting.folder.path()}).status == 2);
}

TEST_CASE("owner hints know who changed the file since, and who is gone") {
  using git::test::run_git;
  Setting setting;
  const auto& folder = setting.folder.path();
  auto commit = [&](const std::string& who, const std::string& date) {
    run_git(folder, {"add", "-A"});
    git::test::run_command(folder, {"git", "commit", "-qm", "work"}, {},
            {"GIT_AUTHOR_NAME=" + who, "GIT_AUTHOR_EMAIL=" + who + "@acme.test", "GIT_COMMITTER_NAME=" + who, "GIT_COMMITTER_EMAIL=" + who + "@acme.test",
                           "GIT_AUTHOR_DATE=" + date, "GIT_COMMITTER_DATE=" + date});
  };
  const std::string lately = std::to_string(std::time(nullptr) - 86'400) + " +0000";
  const std::string token = github_token(6);
  run_git(folder, {"init", "-q", "-b", "main"});
  write_file(folder / "deploy/prod.env", "GITHUB_TOKEN=" + token + "\n");
  commit("ada", "2021-03-01T10:00:00Z");
  write_file(folder / "other.txt", "x\n");
  commit("carol", "2022-03-01T10:00:00Z");
  write_file(folder / "deploy/prod.env", "REGION=eu\nGITHUB_TOKEN=" + token + "\n");
  commit("grace.old", lately);
  write_file(folder / "CODEOWNERS", "/deploy/ @acme/platform\n");
  write_file(folder / ".mailmap", "Grace Hopper <grace@acme.test> <grace.old@acme.test>\n");
  commit("alan", lately);
  run_git(folder, {"clone", "-q", "--bare", ".", "bare.git"});
  for (const std::string target : {".", "bare.git"}) {
    INFO(target);
    setting.provider.answers({{{"status", 200}, {"body", "{}"}}});
    const Ran ran = run_keywake(setting.with({"scan", "--validate", "-f", "json", target}), {.folder = folder});
    const json report = json::parse(ran.out);
    REQUIRE(report["credentials"].size() == 1);
    const json& owners = report["credentials"][0]["owners"];
    INFO(owners.dump(1));
    auto hint = [&](const std::string& source) {
      for (const json& owner : owners) {
        if (owner["source"] == source) return owner;
      }
      return json{{"name", "none"}};
    };
    CHECK(hint("CODEOWNERS")["name"] == "@acme/platform");
    CHECK(hint("brought it in")["name"] == "ada");
    CHECK(hint("brought it in")["active"] == false);
    CHECK(hint("changed the file since")["name"] == "Grace Hopper");
    CHECK(hint("changed the file since")["active"] == true);
    CHECK(owners.dump().find("carol") == std::string::npos);
    CHECK(report["credentials"][0]["exposure"]["at_tip"] == true);
    CHECK(report["credentials"][0]["revoke"].get<std::string>().find("$SECRET") != std::string::npos);
  }
}

TEST_CASE("a file of the work tree that was never committed is exposed today") {
  Setting setting;
  git::test::run_git(setting.folder.path(), {"init", "-q"});
  write_file(setting.folder.path() / "new.env", "GITHUB_TOKEN=" + github_token(7) + "\n");
  setting.provider.answers(kDead);
  const json report = json::parse(run_keywake(setting.with({"scan", "--validate", "-f", "json"}), {.folder = setting.folder.path()}).out);
  REQUIRE(report["credentials"].size() == 1);
  CHECK(report["credentials"][0]["exposure"]["at_tip"] == true);
  CHECK(report["credentials"][0]["exposure"]["first_seen"].is_null());
}

TEST_CASE("--reuse-answers takes what was said before, for as long as it is said to") {
  Setting setting;
  const std::string token = github_token(5);
  write_file(setting.folder.path() / "a.env", "GITHUB_TOKEN=" + token + "\n");
  const std::string cache = (setting.folder.path() / "cache").string();
  auto scan = [&](const std::string& seconds) {
    return run_keywake(setting.with({"scan", "--validate", "-f", "jsonl", "--reuse-answers", seconds, "a.env"}),
                       {.folder = setting.folder.path(), .environment = {"XDG_CACHE_HOME=" + cache}});
  };
  setting.provider.answers(kLive);
  CHECK(contains(scan("3600").out, R"("verdict":"live")"));
  CHECK_FALSE(setting.provider.answers(kDead).empty());
  const Ran again = scan("3600");
  CHECK(contains(again.out, R"("verdict":"live")"));
  CHECK(contains(again.out, R"("name":"octocat")"));
  CHECK(setting.provider.answers(kDead).empty());
  CHECK(contains(scan("0").out, R"("verdict":"dead")"));
  const std::string kept = read_text(setting.folder.path() / "cache/keywake/answers.json");
  CHECK_FALSE(contains(kept, token));
  CHECK(std::filesystem::status(setting.folder.path() / "cache/keywake/answers.json").permissions() == std::filesystem::perms(0600));
  for (const std::string& damaged : {std::string("{"), std::string("[]"), std::string(R"({"version":1,"salt":7,"answers":{"x":{"facts":3}}})"), kept.substr(0, kept.size() / 2)}) {
    write_file(setting.folder.path() / "cache/keywake/answers.json", damaged);
    setting.provider.answers(kDead);
    INFO(damaged);
    CHECK(contains(scan("3600").out, R"("verdict":"dead")"));
  }
}

TEST_CASE("validation leaves no file behind, in no folder that programs write to") {
  Setting setting;
  const auto& folder = setting.folder.path();
  write_file(folder / "work/a.env", "GITHUB_TOKEN=" + github_token(9) + "\n");
  std::filesystem::create_directories(folder / "tmp");
  std::filesystem::create_directories(folder / "home");
  auto files = [&] {
    std::set<std::string> out;
    for (const auto& each : std::filesystem::recursive_directory_iterator(folder)) out.insert(each.path().string());
    return out;
  };
  const auto before = files();
  const Arguments environment{"TMPDIR=" + (folder / "tmp").string(), "HOME=" + (folder / "home").string()};
  for (const Arguments& words : {Arguments{"scan", "--validate", "."}, Arguments{"validate", "--pattern", "github.pat-classic"}}) {
    setting.provider.answers(kLive);
    CHECK(run_keywake(setting.with(words), {.folder = folder / "work", .input = github_token(9), .environment = environment}).status == 1);
  }
  CHECK(files() == before);
}

TEST_CASE("--part takes a file, so that no secret stands among the arguments") {
  const TemporaryFolder folder;
  write_file(folder.path() / "none.pem", "no certificate\n");
  const std::string key = git::test::run_command(folder.path(), {"openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"}).out;
  write_file(folder.path() / "key.pem", key);
  git::test::run_command(folder.path(), {"openssl", "req", "-x509", "-key", "key.pem", "-subj", "/CN=shop", "-days", "2", "-out", "own.pem"});
  const Ran own = run_keywake({"validate", "--part", "certificate=@own.pem"}, {.folder = folder.path(), .input = key});
  INFO(own.out << own.err);
  CHECK(contains(own.out, "signed by itself"));
  CHECK(contains(own.out, "shop"));
  CHECK(contains(run_keywake({"validate", "--part", "certificate=@none.pem"}, {.folder = folder.path(), .input = key}).out, "no certificate was found with it"));
  const Ran missing = run_keywake({"validate", "--part", "certificate=@absent.pem"}, {.folder = folder.path(), .input = key});
  CHECK(missing.status == 2);
  CHECK(contains(missing.err, "absent.pem"));
}

TEST_CASE("--verbose says who is asked, and never a secret") {
  Setting setting;
  const std::string token = github_token(8);
  write_file(setting.folder.path() / "a.env", "GITHUB_TOKEN=" + token + "\n");
  for (const json& answers : {kLive, kDead, json{{{"status", 503}, {"body", token}}}}) {
    setting.provider.answers(answers);
    const Ran ran = run_keywake(setting.with({"scan", "--validate", "--verbose", "a.env"}), {.folder = setting.folder.path()});
    INFO(ran.err);
    CHECK(contains(ran.err, "github.user  api.github.com: " + answers[0]["status"].dump() + ", "));
    CHECK_FALSE(contains(ran.err, token));
    CHECK_FALSE(contains(ran.out, token));
  }
  // Nobody there: what libcurl says of it holds no URL.
  const Ran ran = run_keywake({"scan", "--validate", "--verbose", "--connect-to", "::127.0.0.1:1", "a.env"}, {.folder = setting.folder.path()});
  CHECK(contains(ran.err, "attempt 2"));
  CHECK_FALSE(contains(ran.err, token));
}

TEST_CASE("rules endpoints lists the hosts there are") {
  Ran ran = run_keywake({"rules", "endpoints"});
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "api.github.com"));
}

TEST_CASE("a user's own validator comes before the built-in one") {
  Setting setting;
  write_file(setting.folder.path() / "mine.toml",
             "[[validator]]\nid = \"mine.check\"\nvalidates = [\"github.pat-classic\"]\ndocs = \"https://x.test\"\nhosts = [\"api.github.com\"]\n"
             "[[validator.request]]\nurl = \"https://api.github.com/mine\"\n[[validator.request.verdict]]\nstatus = 204\nis = \"dead\"\nreason = \"mine\"\n");
  setting.provider.answers({{{"status", 204}}});
  Ran ran = run_keywake(setting.with({"validate", "--validators", "mine.toml"}), {.folder = setting.folder.path(), .input = github_token(1)});
  INFO(ran.out << ran.err);
  CHECK(contains(ran.out, "204, mine"));
  CHECK(setting.provider.requests()[0]["path"] == "/mine");
  write_file(setting.folder.path() / "bad.toml", "[[validator]]\nid = \"mine.check\"\nhost = 1\n");
  Ran bad = run_keywake(setting.with({"validate", "--validators", "bad.toml"}), {.folder = setting.folder.path(), .input = github_token(1)});
  CHECK(bad.status == 2);
  CHECK(contains(bad.err, "did you mean \"hosts\"?"));
}

}  // namespace
}  // namespace keywake::testing
