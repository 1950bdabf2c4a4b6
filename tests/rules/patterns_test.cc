// The real patterns/ folder, and golden files: data/sample.toml with everything it becomes,
// data/broken.toml with everything that is said of it. KEYWAKE_UPDATE_GOLDEN=1 test_rules writes
// the golden files anew.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "base/hash.h"
#include "catch.h"
#include "rules/examples.h"
#include "rules/lint.h"

namespace keywake::rules {
namespace {

const std::string kData = KEYWAKE_SOURCE_DIR "/tests/rules/data/";

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void check_golden(const std::string& name, const std::string& text) {
  if (std::getenv("KEYWAKE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(kData + name, std::ios::binary) << text;
  }
  CHECK(read(kData + name) == text);
}

std::string problems_text(const Loaded& loaded) {
  std::string out;
  for (const Problem& problem : loaded.problems) out += problem.text() + "\n";
  for (const Problem& problem : lint(loaded)) out += problem.text() + "\n";
  return out;
}

/// Examples appear by their digest only: what they expand to must look like secrets, so it is not
/// written down.
std::string digest(const model::Pattern& pattern, const Example& example) {
  auto expanded = expand_example(pattern.id, example);
  REQUIRE(expanded);
  std::string out = to_hex(sha256(expanded->text)).substr(0, 16);
  for (const auto& marked : expanded->marked)
    out += fmt::format(" {}-{}", marked.begin, marked.end);
  return out;
}

std::string describe(const Loaded& loaded) {
  std::string out;
  for (const PatternSource& source : loaded.sources) {
    const model::Pattern& pattern = loaded.rules.patterns()[source.pattern];
    out += fmt::format("{} ({}, {} risk), line {}\n", pattern.id, name(pattern.kind),
                       name(pattern.risk), source.line);
    for (std::string_view anchor : pattern.anchors) out += fmt::format("  anchor    {}\n", anchor);
    for (std::string_view keyword : pattern.keywords)
      out += fmt::format("  keyword   {}\n", keyword);
    if (!pattern.shape.empty()) out += fmt::format("  shape     {}\n", pattern.shape);
    out += fmt::format("  regex     {}\n  longest   {}\n", pattern.regex, pattern.max_length);
    for (const model::Check& check : pattern.checks)
      out += fmt::format("  check     {} {}\n", check.name, check.argument);
    for (const model::Companion& companion : pattern.companions) {
      out += fmt::format("  companion {} within {}: {}\n", companion.name, companion.within,
                         companion.regex);
    }
    for (const Example& example : source.match)
      out += fmt::format("  match     {}\n", digest(pattern, example));
    for (const Example& example : source.reject)
      out += fmt::format("  reject    {}\n", digest(pattern, example));
  }
  return out;
}

TEST_CASE("a file and everything it becomes") {
  Loaded loaded;
  load_text(read(kData + "sample.toml"), "sample.toml", loaded);
  CHECK(problems_text(loaded).empty());
  check_golden("sample.txt", describe(loaded));
}

TEST_CASE("a broken file and everything that is said of it") {
  Loaded loaded;
  load_text(read(kData + "broken.toml"), "broken.toml", loaded);
  check_golden("broken.txt", problems_text(loaded));
}

TEST_CASE("patterns/ holds to docs/patterns.md") {
  Loaded loaded;
  load_path(KEYWAKE_SOURCE_DIR "/patterns", loaded);
  CHECK(problems_text(loaded).empty());
  std::set<std::string_view> ids;
  for (const model::Pattern& pattern : loaded.rules.patterns()) ids.insert(pattern.id);
  CHECK(ids.size() == loaded.rules.patterns().size());
  CHECK(loaded.sources.size() == loaded.rules.patterns().size());
  CHECK(ids.contains("github.pat-classic"));
}

}  // namespace
}  // namespace keywake::rules
