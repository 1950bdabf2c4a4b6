// Secrets in what builds leave behind, by themselves, in a zip, and in a jar in an npm tarball: each found, once, where a person can follow.
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.h"
#include "keywake_helper.h"

using namespace keywake::testing;
using Json = nlohmann::json;

TEST_CASE("a secret in any kind of artifact is found at its place, at every level of nesting") {
  constexpr unsigned kTokens = 14 * 3;
  const TemporaryFolder folder;
  Arguments command{"python3", std::string(KEYWAKE_SOURCE_DIR) + "/tests/cli/plant.py", folder.path().string()};
  for (unsigned i = 0; i < kTokens; ++i) command.push_back(github_token(9500 + i));
  const Ran planted = run_command(".", command);
  INFO(planted.err);
  REQUIRE(planted.status == 0);

  const Ran ran = run_keywake({"scan", "--no-history", "--format", "jsonl", "--show-secrets", "."}, {.folder = folder.path()});
  CHECK(ran.err == "");
  std::map<std::string, std::vector<std::string>> found;  // secret → places, with and without the line
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) {
    const Json record = Json::parse(line);
    if (record["type"] == "sighting") found[record["secret"]].push_back(record["path"].get<std::string>() + ":" + record["line"].dump());
  }
  std::istringstream places(planted.out);
  unsigned count = 0;
  for (std::string line; std::getline(places, line); ++count) {
    const std::size_t space = line.find(' ');
    const std::string wanted = line.substr(space + 1);
    const std::vector<std::string>& at = found[github_token(9500 + static_cast<unsigned>(std::stoul(line)))];
    INFO(wanted << " found at " << Json(at).dump());
    REQUIRE(at.size() == 1);
    CHECK((at[0] == wanted || at[0].substr(0, at[0].rfind(':')) == wanted));
  }
  CHECK(count == kTokens);
}
