// --confidence, as a user gives it: what is shown, what is counted, and the exit status.
#include <nlohmann/json.hpp>

#include "catch.h"
#include "cli/keywake_helper.h"

using namespace keywake::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// A token in a test (high), a password in code (medium) and, repeated there, in a test; another
// password in a test only (low).
struct Project {
  TemporaryFolder folder;
  Project() {
    const std::string password = std::string("Summer!") + "2019x";
    const std::string other = std::string("Winter!") + "2021q";
    write_file(folder.path() / "tests/token.py", "t = \"" + github_token(1) + "\"\n");
    write_file(folder.path() / "app/db.py", "password = \"" + password + "\"\n");
    write_file(folder.path() / "tests/db.py",
               "password = \"" + password + "\"\npassword = \"" + other + "\"\n");
  }
};

}  // namespace

TEST_CASE(
    "--confidence decides what is shown; the rest is counted and does not change the status") {
  Project project;
  const std::string root = project.folder.path().string();
  struct Row {
    Arguments arguments;
    std::vector<std::string> shown;  // confidence of each credential
    int medium, low;                 // held back
    int status;
  };
  const Row rows[] = {
      {{root}, {"high", "medium"}, 0, 1, 1},
      {{root, "--confidence", "medium"}, {"high", "medium"}, 0, 1, 1},
      {{root, "--confidence", "low"}, {"high", "medium", "low"}, 0, 0, 1},
      {{root, "--confidence", "high"}, {"high"}, 1, 1, 1},
      {{root, "--confidence=high", "--pattern", "generic.*"}, {}, 1, 1, 0},
      {{root, "--include", "tests", "--pattern", "generic.*"}, {}, 0, 2, 0},
      {{root, "--include", "tests", "--pattern", "generic.*", "--confidence", "low"},
       {"low", "low"},
       0,
       0,
       1},
  };
  for (const Row& row : rows) {
    Arguments arguments{"scan", "-f", "json"};
    std::string line;
    for (const std::string& word : row.arguments) {
      arguments.push_back(word);
      line += " " + word;
    }
    INFO(line);
    Ran ran = run_keywake(arguments);
    CHECK(ran.status == row.status);
    const json report = json::parse(ran.out);
    CHECK(report["summary"]["held_back"] == json({{"medium", row.medium}, {"low", row.low}}));
    std::vector<std::string> shown;
    for (const json& credential : report["credentials"]) {
      shown.push_back(credential["confidence"]);
      // All places, those of lower confidence too.
      const bool everywhere = line.find("--include") == std::string::npos;
      if (shown.back() == "medium" && everywhere) {
        REQUIRE(credential["sightings"].size() == 2);
        CHECK(credential["sightings"][0]["confidence"] == "medium");
        CHECK(credential["sightings"][1]["confidence"] == "low");
      }
    }
    CHECK(shown == row.shown);
  }
}

TEST_CASE("The text report counts what was held back") {
  Project project;
  const std::string root = project.folder.path().string();
  Ran usual = run_keywake({"scan", root});
  CHECK(contains(usual.out, "Held back 1 of low confidence (--confidence low shows it)\n"));
  CHECK(contains(usual.out, "MEDIUM · medium confidence  Password"));
  CHECK(contains(usual.out, "tests/db.py:1:13  low confidence\n"));
  CHECK(contains(usual.out, "HIGH  GitHub"));
  CHECK_FALSE(contains(run_keywake({"scan", root, "--confidence", "low"}).out, "Held back"));
}

TEST_CASE("--confidence takes its three levels only") {
  Ran ran = run_keywake({"scan", "--confidence", "hihg"});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "did you mean high?"));
}
