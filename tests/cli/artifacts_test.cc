// Secrets in what builds leave behind, by themselves, in a zip, and in a jar in an npm tarball: each found, once, where a person can follow.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.h"
#include "keywake_helper.h"

using namespace keywake::testing;
using Json = nlohmann::json;

namespace {

constexpr unsigned kTokens = 14 * 3;

// What tests/cli/plant.py writes: a line "number place" for each token.
std::string plant(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  Arguments command{"python3", std::string(KEYWAKE_SOURCE_DIR) + "/tests/cli/plant.py", folder.string()};
  for (unsigned i = 0; i < kTokens; ++i) command.push_back(github_token(9500 + i));
  const Ran planted = run_command(".", command);
  INFO(planted.err);
  REQUIRE(planted.status == 0);
  return planted.out;
}

// Each token is at its place, after `before`, and nowhere else; `check` sees its record.
void check_places(const std::string& planted, const std::string& jsonl, const std::string& before, const std::function<void(const Json&, const std::string& place)>& check) {
  std::map<std::string, std::vector<Json>> found;
  std::istringstream lines(jsonl);
  for (std::string line; std::getline(lines, line);) {
    const Json record = Json::parse(line);
    if (record["type"] == "sighting") found[record["secret"]].push_back(record);
  }
  std::istringstream places(planted);
  unsigned count = 0;
  for (std::string line; std::getline(places, line); ++count) {
    const std::string wanted = before + line.substr(line.find(' ') + 1);
    const std::vector<Json>& at = found[github_token(9500 + static_cast<unsigned>(std::stoul(line)))];
    INFO(wanted << " found at " << Json(at).dump());
    REQUIRE(at.size() == 1);
    const std::string path = at[0]["path"];
    CHECK((path + ":" + at[0]["line"].dump() == wanted || path == wanted));
    check(at[0], wanted);
  }
  CHECK(count == kTokens);
}

}  // namespace

TEST_CASE("a secret in any kind of artifact is found at its place, at every level of nesting") {
  const TemporaryFolder folder;
  const std::string planted = plant(folder.path());
  const Ran ran = run_keywake({"scan", "--no-history", "--format", "jsonl", "--show-secrets", "."}, {.folder = folder.path()});
  CHECK(ran.err == "");
  check_places(planted, ran.out, "", [](const Json&, const std::string&) {});
}

TEST_CASE("the same in a layer of an image, and in one that a later layer deletes") {
  const TemporaryFolder folder;
  const std::filesystem::path at = folder.path();
  const std::string planted = plant(at / "first/opt");
  const std::string first = planted.substr(planted.find(' ') + 1, planted.find('\n') - planted.find(' ') - 1);
  const std::string deleted = first.substr(0, std::min(first.find(':'), first.find('!')));
  REQUIRE(std::filesystem::exists(at / "first/opt" / deleted));
  const auto name = std::filesystem::path(deleted);
  write_file(at / "second/opt" / name.parent_path() / (".wh." + name.filename().string()), "");
  REQUIRE(run_command(".", {"python3", std::string(KEYWAKE_SOURCE_DIR) + "/tests/cli/make_image.py", (at / "image").string(), "1", (at / "first").string(), (at / "second").string()}).status == 0);
  const Ran ran = run_keywake({"scan", "--format", "jsonl", "--show-secrets", "oci:" + (at / "image").string() + ":1"});
  CHECK(ran.err == "");
  unsigned gone = 0;
  check_places(planted, ran.out, "/opt/", [&](const Json& record, const std::string& place) {
    CHECK(record["image"]["layer_index"] == 1);
    const bool is_gone = place.starts_with("/opt/" + deleted);
    CHECK(record["image"]["deleted_in"] == (is_gone ? Json(2) : Json()));
    gone += is_gone ? 1 : 0;
  });
  CHECK(gone > 0);
}
