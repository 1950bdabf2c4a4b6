// The demo repository of scripts/make-demo: every secret that it plants is found, by the pattern it
// was planted for.
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "catch.h"
#include "cli/keywake_helper.h"

using namespace keywake::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const std::string kMakeDemo = std::string(KEYWAKE_SOURCE_DIR) + "/scripts/make-demo";

struct Planted {
  std::string place;
  std::string pattern;
  std::string token;
};

std::vector<Planted> read_planted(const fs::path& file) {
  std::vector<Planted> all;
  std::istringstream lines(read_text(file));
  for (Planted next; std::getline(lines, next.place, '\t') &&
                     std::getline(lines, next.pattern, '\t') && std::getline(lines, next.token);) {
    all.push_back(next);
  }
  return all;
}

}  // namespace

TEST_CASE("Everything planted in the demo repository is found") {
  TemporaryFolder folder;
  fs::path demo = folder.path() / "leaky";
  Ran made = run_command(folder.path(), {kMakeDemo, demo.string()});
  INFO(made.err);
  REQUIRE(made.status == 0);
  auto planted = read_planted(demo.string() + ".planted");
  REQUIRE(planted.size() == 10);

  for (const Arguments& flags : {Arguments{}, Arguments{"--exhaustive"}}) {
    Arguments words{"scan", "-f", "jsonl", "--show-secrets", demo.string()};
    words.insert(words.end(), flags.begin(), flags.end());
    Ran ran = run_keywake(words);
    INFO(ran.err);
    CHECK(ran.status == 1);
    std::set<std::pair<std::string, std::string>> found;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
      json sighting = json::parse(line);
      found.emplace(sighting.at("pattern"), sighting.at("secret"));
    }
    for (const Planted& one : planted) {
      INFO(one.place << ", " << one.pattern);
      CHECK(found.count({one.pattern, one.token}) == 1);
    }
    CHECK(found.size() ==
          planted.size());  // and nothing else, such as the placeholder in its README
  }
}

TEST_CASE("The demo repository is the same each time, and nothing else is overwritten by it") {
  TemporaryFolder folder;
  for (const char* name : {"one", "two", "two"}) {
    REQUIRE(run_command(folder.path(), {kMakeDemo, name}).status == 0);
  }
  for (const char* what : {"HEAD", "stash"}) {
    CHECK(run_git(folder.path() / "one", {"rev-parse", what}) ==
          run_git(folder.path() / "two", {"rev-parse", what}));
  }
  write_file(folder.path() / "mine/file", "precious");
  CHECK(run_command(folder.path(), {kMakeDemo, "mine"}).status == 2);
  CHECK(read_text(folder.path() / "mine/file") == "precious");
}
