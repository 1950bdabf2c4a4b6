#include "rules/canonical_regex.h"

#include <string>

#include "catch.h"

namespace keywake::rules {
namespace {

TEST_CASE("canonical_regex writes one text for both engines") {
  struct Row {
    std::string_view expression;
    std::string_view canonical;
    std::uint32_t min;
    std::int64_t max;  // -1: no bound
  };
  const Row rows[] = {
      // Layout goes, outside classes only.
      {" \\b (?P<secret> ghp_ [0-9A-Za-z]{36} ) \\b ", "\\b(?P<secret>ghp_[0-9A-Za-z]{36})\\b", 40,
       40},
      {"a # the first\n b# the second", "ab", 2, 2},
      {"a\\ b\\#c[ #]", "a\\x20b\\#c[ #]", 6, 6},
      {"[a] {2,3}", "a{2,3}", 2, 3},
      // \s and the other shorthands, inside classes and out.
      {"\\s", "[\\t\\n\\f\\r ]", 1, 1},
      {"[\\s,]", "[\\t\\n\\f\\r ,]", 1, 1},
      {"[^\\s]\\S", "[^\\t\\n\\f\\r ][^\\t\\n\\f\\r ]", 2, 2},
      {"\\d\\w", "[0-9][0-9A-Z_a-z]", 2, 2},
      {"[[:xdigit:]_]", "[0-9A-F_a-f]", 1, 1},
      {"[]a][^]a]", "[\\]a][^\\]a]", 2, 2},
      {"[a-][-a][\\-a]", "[\\-a][\\-a][\\-a]", 3, 3},
      {"[a-cb-e]", "[a-e]", 1, 1},
      {"[ab]", "[ab]", 1, 1},
      {"[x]", "x", 1, 1},
      // Flags are worked out.
      {"(?i)k9-", "[Kk]9-", 3, 3},
      {"(?i: a (?-i: b ) c ) d", "(?:[Aa](?:b)[Cc])d", 4, 4},
      {"(?: a (?i) b | c ) d", "(?:a[Bb]|[Cc])d", 2, 3},
      {"(?i)[^a-c]", "[^A-Ca-c]", 1, 1},
      {".(?s:.)", "[^\\n](?:[\\x00-\\xff])", 2, 2},
      // Groups.
      {"(a|bc)", "(?:a|bc)", 1, 2},
      {"(?<id>x)", "(?P<id>x)", 1, 1},
      {"a(?:|b)", "a(?:|b)", 1, 2},
      // Escapes.
      {"\\x{41}\\x42\\.\\/\\_\\\"", "AB\\./_\"", 6, 6},
      {"\\xc2\\xab\\x00", "\\xc2\\xab\\x00", 3, 3},
      {"}]\\{", "\\}\\]\\{", 3, 3},
      // Repeats.
      {"a*b+?c{2,}", "a*b+?c{2,}", 3, -1},
      {"(?:ab?){2,4}", "(?:ab?){2,4}", 2, 8},
      {"a{1000}", "a{1000}", 1000, 1000},
      {"(?:[ab]{20}){50}", "(?:[ab]{20}){50}", 1000, 1000},
      {"(?:a*){0,0}b", "(?:a*){0,0}b", 1, 1},
  };
  for (const Row& row : rows) {
    INFO(row.expression);
    auto result = canonical_regex(row.expression);
    REQUIRE(result);
    CHECK(result->text == row.canonical);
    CHECK(result->min_length == row.min);
    CHECK((result->max_length ? static_cast<std::int64_t>(*result->max_length) : -1) == row.max);
    // What is canonical stays as it is.
    auto again = canonical_regex(result->text);
    REQUIRE(again);
    CHECK(again->text == result->text);
  }
}

TEST_CASE("canonical_regex lists captures in order") {
  auto result = canonical_regex("(?P<user>a)(?:(?P<secret>b(?P<tail>c)))");
  REQUIRE(result);
  CHECK(result->captures == std::vector<std::string>{"user", "secret", "tail"});
}

TEST_CASE("canonical_regex refuses what the engines do not share, and says where") {
  struct Row {
    std::string_view expression;
    std::size_t offset;
    std::string_view message;  // part of it
  };
  const Row rows[] = {
      {"^a", 0, "\"^\" is not allowed"},
      {"a | b $", 6, "\"$\" is not allowed"},
      {"a\\z", 1, "where a text begins or ends"},
      {"\\Aa", 0, "where a text begins or ends"},
      {"a\\Z", 1, "where a text begins or ends"},
      {"a(?=b)", 1, "look-around"},
      {"(?!b)a", 0, "look-around"},
      {"(?<=b)a", 0, "look-around"},
      {"(?<!b)a", 0, "look-around"},
      {"(a)\\1", 3, "back-references"},
      {"(?P<x>a)(?P=x)", 8, "back-references"},
      {"\\k<x>", 0, "back-references"},
      {"\\C", 0, "\\C is not allowed"},
      {"a\\pL", 1, "\\p is not allowed"},
      {"\\P{Greek}", 0, "\\P is not allowed"},
      {"\\v", 0, "write \\x0b"},
      {"\\h", 0, "write [ \\t]"},
      {"\\012", 0, "octal"},
      {"\\Qa\\E", 0, "escape character by character"},
      {"[\\b]", 1, "inside a class"},
      {"\\xg0", 0, "two hexadecimal digits"},
      {"\\x{100}", 0, "two hexadecimal digits"},
      {"a\xc3\xa9", 1, "write \\xc3"},
      {"a\\", 1, "a backslash ends"},
      {"*a", 0, "nothing to repeat"},
      {"a**", 2, "nothing to repeat"},
      {"a{2}{3}", 4, "nothing to repeat"},
      {"a|+", 2, "nothing to repeat"},
      {"\\b+", 2, "nothing here that could be repeated"},
      {"a++", 2, "possessive"},
      {"(?>a)", 0, "atomic"},
      {"(?#x)a", 0, "comment"},
      {"(?m)a", 0, "of the groups that begin with (?"},
      {"(?x)a", 0, "of the groups that begin with (?"},
      {"(?)a", 0, "of the groups that begin with (?"},
      {"a{1001}", 1, "may not exceed 1000"},
      {"a{2,1001}", 1, "may not exceed 1000"},
      {"(?:a{40}){26}", 9, "nested ones multiplied"},
      {"a{3,2}", 1, "wrong way round"},
      {"a{x}", 1, "must begin a repeat"},
      {"a{,3}", 1, "must begin a repeat"},
      {"a{ 3}", 1, "must begin a repeat"},
      {"(a", 0, "not closed"},
      {"b(?:a(c)", 1, "not closed"},
      {"a)", 1, "closes no group"},
      {"[a", 0, "not closed"},
      {"[]", 0, "not closed"},
      {"[z-a]", 1, "wrong way round"},
      {"[\\w-z]", 3, "cannot begin with a class"},
      {"[a-\\d]", 3, "cannot end with a class"},
      {"[a-c-e]", 4, "neither a range"},
      {"[^\\s\\S]", 0, "matches no byte"},
      {"[[:word:]]", 1, "named class"},
      {"[a\nb]", 2, "write \\x0a"},
      {"(?P<1a>b)", 0, "a capture is written"},
      {"(?P<a>b)(?P<a>c)", 8, "two captures named \"a\""},
  };
  for (const Row& row : rows) {
    INFO(row.expression);
    auto result = canonical_regex(row.expression);
    REQUIRE_FALSE(result);
    INFO(result.error().message);
    CHECK(result.error().message.find(row.message) != std::string::npos);
    CHECK(result.error().offset == row.offset);
  }
}

TEST_CASE("canonical_regex holds its limits") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += '(';
  CHECK_FALSE(canonical_regex(deep));
  CHECK_FALSE(canonical_regex(deep.substr(0, 60) + "a" + std::string(60, ')')));
  CHECK(canonical_regex(deep.substr(0, 40) + "a" + std::string(40, ')')));
  CHECK(canonical_regex(std::string(16 * 1024, 'a')));
  CHECK_FALSE(canonical_regex(std::string(16 * 1024 + 1, 'a')));
}

}  // namespace
}  // namespace keywake::rules
