#include "image_scan_helper.h"

#include <sstream>

#include "catch.h"
#include "images/registry_helper.h"

namespace keywake::testing {

using Json = nlohmann::json;

void make_image(const std::filesystem::path& layout, const std::string& name, const std::vector<std::filesystem::path>& layers) {
  Arguments command{"python3", std::string(KEYWAKE_SOURCE_DIR) + "/tests/cli/make_image.py", layout.string(), name};
  for (const std::filesystem::path& layer : layers) command.push_back(layer.string());
  const Ran made = run_command(".", command);
  INFO(made.err);
  REQUIRE(made.status == 0);
}

Json Scanned::at(unsigned token, const std::string& path) const {
  for (const Json& each : sightings) {
    if (each["secret"] == github_token(token) && each["path"] == path) return each;
  }
  FAIL("no token " << token << " at " << path << " in " << ran.out << ran.err);
  return {};
}

Scanned scan_images(const Arguments& more, const Setting& setting) {
  const Scratch folder;
  const std::string summary = (folder.path() / "out.json").string();
  Arguments arguments{"scan", "--format", "jsonl", "--show-secrets", "-o", summary};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Scanned out{run_keywake(arguments, setting), {}, {}};
  std::istringstream lines(out.ran.out);
  for (std::string line; std::getline(lines, line);) {
    out.sightings.push_back(Json::parse(line));
    out.sightings.back()["exposure"].erase("last_seen");
  }
  const Json all = Json::parse(read_text(summary), nullptr, false);
  if (all.is_object()) out.summary = all["summary"];
  return out;
}

}  // namespace keywake::testing
