// Every format against a stored file. After a change that is meant: KEYWAKE_UPDATE_GOLDEN=1
// build/release/tests/test_report
// "[golden]", then read the diff. Goldens hold redactions only; what --show-secrets adds is in
// secrets_test.cc.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "catch.h"
#include "sample.h"

namespace keywake::report {
namespace {

struct Golden {
  const char* file;
  Format format;
  model::ScanResult (*result)();
  bool colour = false;
  unsigned width = 100;
};

const Golden kGoldens[] = {
    {"rich.txt", Format::kText, rich_result},
    {"rich-colour.txt", Format::kText, rich_result, true},
    {"rich-narrow.txt", Format::kText, rich_result, false, 60},
    {"rich.json", Format::kJson, rich_result},
    {"rich.jsonl", Format::kJsonl, rich_result},
    {"rich.sarif", Format::kSarif, rich_result},
    {"rich.gitlab.json", Format::kGitlab, rich_result},
    {"rich.github", Format::kGithub, rich_result},
    {"rich.csv", Format::kCsv, rich_result},
    {"empty.txt", Format::kText, empty_result},
    {"empty.json", Format::kJson, empty_result},
    {"empty.jsonl", Format::kJsonl, empty_result},
    {"empty.sarif", Format::kSarif, empty_result},
    {"empty.gitlab.json", Format::kGitlab, empty_result},
    {"empty.github", Format::kGithub, empty_result},
    {"empty.csv", Format::kCsv, empty_result},
};

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  INFO("cannot read " << path << "; KEYWAKE_UPDATE_GOLDEN=1 makes it");
  REQUIRE(in.good());
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// The first line in which two texts differ, for a failure one can read.
std::string first_difference(const std::string& expected, const std::string& actual) {
  std::istringstream a(expected);
  std::istringstream b(actual);
  std::string line_a;
  std::string line_b;
  for (int number = 1;; ++number) {
    const bool more_a = !!std::getline(a, line_a);
    const bool more_b = !!std::getline(b, line_b);
    if (!more_a && !more_b) return "line ends only";
    if (more_a != more_b || line_a != line_b) {
      return "line " + std::to_string(number) + "\n  golden: " + (more_a ? line_a : "(end)") +
             "\n  now:    " + (more_b ? line_b : "(end)");
    }
  }
}

TEST_CASE("Reports equal their golden files", "[golden]") {
  for (const Golden& golden : kGoldens) {
    Options options = sample_options();
    options.colour = golden.colour;
    options.width = golden.width;
    const std::string actual = written(golden.format, golden.result(), options);
    const std::string path = std::string(KEYWAKE_SOURCE_DIR "/tests/report/golden/") + golden.file;
    if (std::getenv("KEYWAKE_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path, std::ios::binary) << actual;
    }
    const std::string expected = read(path);
    INFO(golden.file << ": " << first_difference(expected, actual));
    CHECK((expected == actual));
  }
}

}  // namespace
}  // namespace keywake::report
