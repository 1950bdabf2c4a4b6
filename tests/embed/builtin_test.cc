// The tables inside the binary say what patterns/ says, and both engines agree on how long a match
// can be.
#include "rules/builtin.h"

#include <algorithm>
#include <string>

#include "catch.h"
#include "embed/builtin_source.h"
#include "matching/database.h"
#include "rules/canonical_regex.h"
#include "rules/loader.h"

namespace keywake {
namespace {

bool same(const model::Check& a, const model::Check& b) {
  return a.name == b.name && a.argument == b.argument;
}
bool same(const model::Companion& a, const model::Companion& b) {
  return a.name == b.name && a.regex == b.regex && a.within == b.within && a.required == b.required;
}
bool same(std::string_view a, std::string_view b) {
  return a == b;
}
template <typename T>
bool same(std::span<const T> a, std::span<const T> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const T& x, const T& y) { return same(x, y); });
}

TEST_CASE("the built-in tables are patterns/, field by field") {
  rules::Loaded loaded;
  rules::load_path(KEYWAKE_SOURCE_DIR "/patterns", loaded);
  std::span<const model::Pattern> builtin = rules::builtin().patterns;
  REQUIRE(builtin.size() == loaded.rules.patterns().size());
  for (std::size_t i = 0; i < builtin.size(); ++i) {
    const model::Pattern& a = builtin[i];
    const model::Pattern& b = loaded.rules.patterns()[i];
    INFO(b.id);
    CHECK(a.id == b.id);
    CHECK(a.provider == b.provider);
    CHECK(a.title == b.title);
    CHECK(a.kind == b.kind);
    CHECK(a.risk == b.risk);
    CHECK(same(a.anchors, b.anchors));
    CHECK(same(a.keywords, b.keywords));
    CHECK(a.shape == b.shape);
    CHECK(a.within == b.within);
    CHECK(a.regex == b.regex);
    CHECK(a.max_length == b.max_length);
    CHECK(same(a.checks, b.checks));
    CHECK(same(a.companions, b.companions));
    CHECK(a.generic == b.generic);
    CHECK(a.rotate == b.rotate);
    CHECK(a.docs == b.docs);
  }
}

TEST_CASE("there is a database for every CPU level, best first") {
  std::span<const rules::BuiltinDatabase> databases = rules::builtin().databases;
  REQUIRE(databases.size() == matching::kCpuLevels.size());
  for (std::size_t i = 0; i < databases.size(); ++i)
    CHECK(databases[i].cpu == matching::kCpuLevels[i]);
  CHECK(matching::usable_database(databases.back().bytes));
  CHECK_FALSE(matching::usable_database(databases.back().bytes.substr(1)));
}

TEST_CASE("Hyperscan finds the same longest match as the canonicaliser") {
  for (const model::Pattern& pattern : rules::builtin().patterns) {
    INFO(pattern.id << ": " << pattern.regex);
    auto canonical = rules::canonical_regex(pattern.regex);
    REQUIRE(canonical);
    CHECK(canonical->text == pattern.regex);
    Result<std::uint32_t> longest = matching::max_match_length(pattern.regex);
    REQUIRE(longest);
    CHECK(*longest == canonical->max_length.value_or(matching::kUnbounded));
  }
}

TEST_CASE("any text survives as a literal") {
  rules::RuleSet rules;
  const std::string_view anchors[] = {"quote\" back\\slash", "new\nline\t",
                                      std::string_view("nul\0 and 1", 10), "\xc2\xab?\?="};
  rules.add(model::Pattern{.id = "a.b", .anchors = anchors});
  const embed::DatabaseFile files[] = {{"base", "base.keydb", 42}};
  std::string source = embed::rules_source(rules, files);
  CHECK(source.find(R"("quote\" back\\slash"sv)") != std::string::npos);
  CHECK(source.find(R"("new\012line\011"sv)") != std::string::npos);
  CHECK(source.find(R"("nul\000 and 1"sv)") != std::string::npos);
  CHECK(source.find(R"("\302\253??="sv)") != std::string::npos);
  CHECK(source.find("{\"base\"sv, {keywake_database_base, 42}}") != std::string::npos);
  CHECK(embed::databases_source(files).find(".incbin \"base.keydb\"") != std::string::npos);
}

}  // namespace
}  // namespace keywake
