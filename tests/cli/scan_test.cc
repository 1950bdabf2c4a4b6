// keywake scan, as a user runs it: what is found, what is printed where, and the exit status.
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "catch.h"
#include "cli/keywake_helper.h"
#include "report/report.h"

using namespace keywake::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// A folder with one token in it, and a clean file.
struct Leaky {
  TemporaryFolder folder;
  std::string token = github_token(1);
  Leaky() {
    write_file(folder.path() / "app/settings.py", "import os\n\nTOKEN = \"" + token + "\"\n");
    write_file(folder.path() / "app/clean.py", "print('hello')\n");
  }
};

std::vector<json> lines_of(const std::string& jsonl) {
  std::vector<json> all;
  std::size_t start = 0;
  for (std::size_t end; (end = jsonl.find('\n', start)) != std::string::npos; start = end + 1) {
    all.push_back(json::parse(jsonl.substr(start, end - start)));
  }
  return all;
}

}  // namespace

TEST_CASE("Exit status: 0 clean, 1 found, 2 could not do it") {
  Leaky leaky;
  std::string root = leaky.folder.path().string();
  struct Row {
    Arguments arguments;
    int status;
  };
  const Row kRows[] = {
      {{"scan", root}, 1},
      {{"scan", root + "/app/settings.py"}, 1},
      {{"scan", root, "--exit-zero"}, 0},
      {{"scan", root + "/app/clean.py"}, 0},
      {{"scan", root, "--exclude", "settings.py"}, 0},
      {{"scan", root, "--include", "clean.py"}, 0},
      {{"scan", root, "--include", "app"}, 1},
      {{"scan", root, "--pattern", "npm.*"}, 0},
      {{"scan", root, "--pattern", "github.*"}, 1},
      {{"scan", root, "--pattern", "github.*", "--pattern", "!*.pat-classic"}, 0},
      {{"scan", root, "--include", "no-such-file"}, 2},
      {{"scan", root, "--max-file-size", "1"}, 2},
      {{"scan", root + "/no-such-folder"}, 2},
      {{"scan", root + "/no-such-folder", "--exit-zero"}, 2},
      {{"scan", root, root + "/no-such-folder"}, 2},
      {{"scan", root, "--no-such-flag"}, 2},
      {{"scan", root, "-o", root + "/no-such-folder/out.json"}, 2},
      {{"scan", root, "-o", root + "/app", "-f", "json"}, 2},
      {{"scan", root, "--range", "A..B"}, 2},
      {{"scan", root, "--staged"}, 2},
      {{"scan", ""}, 2},
      {{}, 2},
      {{"--help"}, 0},
      {{"scan", "--help"}, 0},
      {{"rules", "--help"}, 0},
      {{"--version"}, 0},
      {{"version"}, 0},
  };
  for (const Row& row : kRows) {
    std::string line = "keywake";
    for (const std::string& word : row.arguments) line += " " + word;
    INFO(line);
    Ran ran = run_keywake(row.arguments);
    INFO(ran.err);
    CHECK(ran.status == row.status);
    CHECK((ran.status != 2 || ran.err.starts_with("keywake: ")));
    CHECK((ran.status == 2 || ran.err.empty()));
  }
}

TEST_CASE("An empty folder is no clean scan") {
  TemporaryFolder empty;
  Ran ran = run_keywake({"scan", empty.path().string()});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "nothing was scanned"));
}

TEST_CASE("What cannot be read is named, and the rest is still reported") {
  Leaky leaky;
  SECTION("a target that is not there") {
    Ran ran = run_keywake(
        {"scan", "-f", "jsonl", leaky.folder.path().string(), "/no-such\x1b[2J-folder"});
    CHECK(ran.status == 2);
    CHECK(lines_of(ran.out).size() == 1);
    CHECK(contains(ran.err, "folder"));
    CHECK_FALSE(contains(ran.err, "\x1b"));
  }
  SECTION("a damaged object of a repository") {
    const fs::path root = leaky.folder.path();
    run_git(root, {"init", "-q"});
    run_git(root, {"add", "."});
    run_git(root, {"commit", "-qm", "first"});
    std::string blob = run_git(root, {"rev-parse", "HEAD:app/clean.py"}).substr(0, 40);
    fs::path object = root / ".git/objects" / blob.substr(0, 2) / blob.substr(2);
    fs::permissions(object, fs::perms::owner_all);
    write_file(object, "no object at all");
    Ran ran = run_keywake({"scan", "-f", "jsonl", root.string()});
    CHECK(ran.status == 2);
    CHECK_FALSE(lines_of(ran.out).empty());
    CHECK(contains(ran.err, blob));
  }
}

TEST_CASE("No format shows a secret unless asked to") {
  Leaky leaky;
  for (std::string_view format : keywake::report::kFormatNames) {
    INFO(format);
    Ran redacted = run_keywake({"scan", "-f", std::string(format), leaky.folder.path().string()});
    CHECK(redacted.status == 1);
    CHECK(contains(redacted.out, "settings.py"));
    CHECK_FALSE(contains(redacted.out, leaky.token));
    CHECK_FALSE(contains(redacted.out, leaky.token.substr(8, 20)));
    Ran shown = run_keywake(
        {"scan", "-f", std::string(format), "--show-secrets", leaky.folder.path().string()});
    CHECK(shown.status == 1);
    CHECK(contains(shown.out, leaky.token));
  }
}

TEST_CASE("Several reports at once, each in its format") {
  Leaky leaky;
  TemporaryFolder out;
  Ran ran = run_keywake({"scan", leaky.folder.path().string(), "-o", "a.sarif", "-o", "json:b.out",
                         "-o", "c.csv", "-o", "d.jsonl", "-o", "gl-secret-detection-report.json"},
                        {.folder = out.path()});
  CHECK(ran.status == 1);
  CHECK(contains(ran.out, "settings.py"));  // the text report is still there
  CHECK(json::parse(read_text(out.path() / "a.sarif")).at("version") == "2.1.0");
  CHECK(json::parse(read_text(out.path() / "b.out")).is_object());
  CHECK(count_of(read_text(out.path() / "c.csv"), "settings.py") == 1);
  CHECK(lines_of(read_text(out.path() / "d.jsonl")).at(0).at("line") == 3);
  CHECK(json::parse(read_text(out.path() / "gl-secret-detection-report.json"))
            .contains("vulnerabilities"));
}

TEST_CASE("A report with secrets is for its owner's eyes only") {
  Leaky leaky;
  TemporaryFolder out;
  auto mode = [&](const char* name) {
    struct stat status{};
    REQUIRE(stat((out.path() / name).c_str(), &status) == 0);
    return status.st_mode & 0777;
  };
  write_file(out.path() / "old.json", "{}");
  fs::permissions(out.path() / "old.json", fs::perms(0644));
  run_keywake({"scan", "-q", "--show-secrets", leaky.folder.path().string(), "-o", "new.json", "-o",
               "old.json"},
              {.folder = out.path()});
  CHECK(mode("new.json") == 0600);
  CHECK(mode("old.json") == 0600);
  CHECK(contains(read_text(out.path() / "old.json"), leaky.token));
}

TEST_CASE("--quiet prints nothing, writes files, and keeps the status") {
  Leaky leaky;
  TemporaryFolder out;
  Ran ran = run_keywake({"scan", "-q", leaky.folder.path().string(), "-o", "a.json"},
                        {.folder = out.path()});
  CHECK(ran.status == 1);
  CHECK(ran.out.empty());
  CHECK(ran.err.empty());
  CHECK(json::parse(read_text(out.path() / "a.json")).is_object());
}

TEST_CASE("A report that cannot be written is an error") {
  Leaky leaky;
  Ran ran = run_keywake({"scan", "-q", leaky.folder.path().string(), "-o", "text:/dev/full"});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "/dev/full"));
  std::string command = std::string(KEYWAKE_BINARY_DIR) + "/keywake scan " +
                        leaky.folder.path().string() + " >/dev/full";
  CHECK(run_command(".", {"sh", "-c", command}).status == 2);
}

TEST_CASE("Standard input is a target") {
  Leaky leaky;
  Ran ran = run_keywake({"scan", "-f", "jsonl", "-"}, {.input = "a\nb " + leaky.token + "\n"});
  CHECK(ran.status == 1);
  auto found = lines_of(ran.out);
  REQUIRE(found.size() == 1);
  CHECK(found[0].at("path") == "-");
  CHECK(found[0].at("line") == 2);
  CHECK(found[0].at("column") == 3);
  CHECK(run_keywake({"scan", "-"}, {.input = "nothing here\n"}).status == 0);
}

TEST_CASE("Without a target the current directory is scanned") {
  Leaky leaky;
  CHECK(run_keywake({"scan"}, {.folder = leaky.folder.path()}).status == 1);
}

TEST_CASE("A user's own patterns") {
  TemporaryFolder folder;
  write_file(folder.path() / "acme.toml", R"([provider]
name = "Acme"

[[pattern]]
id = "acme.token"
title = "Acme token"
kind = "api-key"
risk = "high"
docs = "https://docs.acme.test/tokens"
anchors = ["acmetok_"]
regex = ''' \b (?P<secret> acmetok_ [0-9a-f]{16} ) \b '''
match = ['T=«acmetok_{hex:16}»', '"«acmetok_{hex:16}»"']
reject = ['acmetok_{hex:15}']
)");
  write_file(folder.path() / "tree/a.txt", "x = acmetok_" + std::string("7f3a09c4") + "d1e85b26\n");
  const std::string rules = (folder.path() / "acme.toml").string();
  const std::string tree = (folder.path() / "tree").string();
  CHECK(run_keywake({"scan", tree}).status == 0);
  Setting own_cache{.environment = {"XDG_CACHE_HOME=" + (folder.path() / "cache").string()}};
  for (int round = 0; round < 2; ++round) {  // the second time from the cache
    Ran ran = run_keywake({"scan", "-f", "jsonl", "--rules", rules, tree}, own_cache);
    CHECK(ran.status == 1);
    REQUIRE(lines_of(ran.out).size() == 1);
    CHECK(lines_of(ran.out)[0].at("pattern") == "acme.token");
  }
  CHECK_FALSE(fs::is_empty(folder.path() / "cache/keywake"));
  CHECK(contains(run_keywake({"rules", "show", "--rules", rules, "acme.token"}).out, "Acme token"));
  CHECK(run_keywake({"rules", "check", rules}).status == 0);

  SECTION("a fault in them stops the scan, and is named with its place") {
    write_file(folder.path() / "acme.toml",
               read_text(rules) + "\n[[pattern]]\nid = \"acme.other\"\nanchor = [\"x\"]\n");
    Ran ran = run_keywake({"scan", "--rules", rules, tree}, own_cache);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(contains(ran.err, "acme.toml:17:1: unknown key"));
  }
}

TEST_CASE("The same report for any number of threads, and from an exhaustive scan") {
  Leaky leaky;
  const fs::path root = leaky.folder.path();
  run_git(root, {"init", "-q"});
  for (unsigned version = 0; version < 12; ++version) {
    write_file(root / "app/settings.py", "# version " + std::to_string(version) + "\nTOKEN = \"" +
                                             github_token(version % 5) + "\"\n");
    run_git(root, {"add", "."});
    run_git(root, {"commit", "-qm", "version " + std::to_string(version)});
    if (version == 7) run_git(root, {"repack", "-qad"});
  }
  // What is at a tip was last seen now: to the second, which passes between two runs.
  auto report = [&](Arguments flags) {
    flags.insert(flags.begin(), {"scan", "-f", "jsonl"});
    flags.push_back(root.string());
    const Ran ran = run_keywake(flags);
    CHECK(ran.status == 1);
    static const std::regex kLastSeen(R"("last_seen":"[^"]*")");
    return std::regex_replace(ran.out, kLastSeen, R"("last_seen":"now")");
  };
  const std::string one = report({"-j", "1"});
  CHECK(lines_of(one).size() >= 5);
  CHECK((report({"-j", "4"}) == one));
  CHECK((report({"--exhaustive"}) == one));
}
