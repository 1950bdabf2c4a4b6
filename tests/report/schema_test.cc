// Writes reports of several results in every format that has a schema or a grammar and hands them
// to schema_check.py.
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catch.h"
#include "sample.h"

namespace keywake::report {
namespace {

namespace fs = std::filesystem;

void write_all(const fs::path& folder, const std::string& stem, const model::ScanResult& result,
               const Options& options) {
  const std::pair<Format, const char*> files[] = {
      {Format::kJson, ".json"},          {Format::kJsonl, ".jsonl"},   {Format::kSarif, ".sarif"},
      {Format::kGitlab, ".gitlab.json"}, {Format::kGithub, ".github"}, {Format::kCsv, ".csv"}};
  for (const auto& [format, extension] : files) {
    std::ofstream out(folder / (stem + extension), std::ios::binary);
    write(format, result, options, out);
    REQUIRE(out.good());
  }
}

TEST_CASE("Reports are valid against their schemas", "[schema]") {
  const fs::path folder = fs::path(KEYWAKE_BINARY_DIR) / "report-schema-check";
  fs::remove_all(folder);
  fs::create_directories(folder);
  Options options = sample_options();
  write_all(folder, "rich", rich_result(), options);
  write_all(folder, "empty", empty_result(), options);
  options.show_secrets = true;
  write_all(folder, "shown", rich_result(), options);
  write_all(folder, "bare", rich_result(), {});

  const std::string command =
      std::string(KEYWAKE_SOURCE_DIR "/tests/report/schema_check.py '") + folder.string() + "'";
  const int status = std::system(command.c_str());
  INFO(
      "schema_check.py says above what is wrong; it needs python3-jsonschema, python3-pip and "
      "PyPI");
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace keywake::report
