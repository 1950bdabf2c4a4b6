#include "rules/lint.h"

#include <string>

#include "catch.h"

namespace keywake::rules {
namespace {

/// A pattern file whose pattern has these lines beside the ones no lint is about.
std::string problems(std::string_view lines, std::string_view file = "acme.toml") {
  std::string text = R"toml([provider]
name = "Acme"
[[pattern]]
id = "acme.key"
title = "Acme key"
kind = "api-key"
risk = "high"
regex = "(?P<secret>acme_[0-9a-f]{20})"
)toml";
  Loaded loaded;
  load_text(text.append(lines), file, loaded);
  REQUIRE(loaded.problems.empty());
  std::string out;
  for (const Problem& problem : lint(loaded)) out += problem.text() + "\n";
  return out;
}

constexpr std::string_view kDocs = "docs = 'https://docs.acme.test/keys'\n";
constexpr std::string_view kAnchors = "anchors = ['acme_']\n";
constexpr std::string_view kExamples =
    "match = ['«acme_{hex:20}»', ' «acme_{hex:20}» ']\nreject = ['acme_{hex:19}']\n";

std::string lines(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) out += part;
  return out;
}

TEST_CASE("a pattern that holds to everything has no problems") {
  CHECK(problems(lines({kDocs, kAnchors, kExamples})).empty());
}

TEST_CASE("anchors and keywords must be worth their cost") {
  struct Row {
    std::string_view literals;
    std::string_view problem;
  };
  const Row rows[] = {
      {"anchors = ['ac', 'acme_']",
       "the anchor \"ac\" is shorter than 3 bytes; it would be found everywhere\n"
       "acme.toml:3:1: acme.key: the anchor \"acme_\" contains \"ac\", which is enough\n"},
      {"anchors = ['Token', 'acme_']",
       "the anchor \"Token\" is a common word; choose a rarer literal, or a shape around it\n"},
      {"keywords = ['password', 'acme_']",
       "the keyword \"password\" is a common word; choose a rarer literal, or a shape around it\n"},
      {"anchors = ['acme_', 'acme_k']",
       "the anchor \"acme_k\" contains \"acme_\", which is enough\n"},
      {"anchors = ['acme_', 'acme_']",
       "the anchor \"acme_\" contains \"acme_\", which is enough\n"},
  };
  for (const Row& row : rows) {
    INFO(row.literals);
    CHECK(problems(lines({kDocs, row.literals, "\n", kExamples})) ==
          lines({"acme.toml:3:1: acme.key: ", row.problem}));
  }
}

TEST_CASE("names and addresses") {
  CHECK(problems(lines({kDocs, kAnchors, kExamples}), "rules/other.toml") ==
        "rules/other.toml:3:1: acme.key: the id must begin with the file's name, \"other.\"\n");
  CHECK(problems(lines({"docs = 'http://acme.test/keys'\n", kAnchors, kExamples})) ==
        "acme.toml:3:1: acme.key: \"docs\" must be an https:// address\n");
  CHECK(problems(lines({kDocs, "rotate = 'https://acme.test/a b'\n", kAnchors, kExamples})) ==
        "acme.toml:3:1: acme.key: \"rotate\" must be an https:// address\n");
}

TEST_CASE("examples: enough of them, marked, expandable, with an anchor") {
  struct Row {
    std::string_view examples;
    std::string_view problems;
  };
  const Row rows[] = {
      {"match = ['«acme_{hex:20}»']\nreject = ['x']",
       "acme.toml:3:1: acme.key: at least two \"match\" examples are needed\n"},
      {"match = ['«acme_{hex:20}»', '«acme_{hex:20}»']",
       "acme.toml:3:1: acme.key: at least one \"reject\" example is needed: a near miss\n"},
      {"match = ['«acme_{hex:20}»', 'acme_{hex:20}']\nreject = ['x']",
       "acme.toml:11:29: acme.key: a \"match\" example marks the secret with « »\n"},
      {"match = ['«acme_{hex:20}»',\n '«acme_{hx:20}»']\nreject = ['x']",
       "acme.toml:12:2: acme.key: there is no placeholder {hx:N}; write {{ for a brace; did you "
       "mean \"hex\"?\n"},
      {"match = ['«acme_{hex:20}»', '«bcme_{hex:20}»']\nreject = ['x']",
       "acme.toml:11:29: acme.key: this example contains none of the pattern's anchors and "
       "keywords\n"},
      {"match = ['«acme_{hex:20}»', '«acme_{hex:20}»']\nreject = ['«x»']",
       "acme.toml:12:11: acme.key: a \"reject\" example marks nothing with « »\n"},
  };
  for (const Row& row : rows) {
    INFO(row.examples);
    CHECK(problems(lines({kDocs, kAnchors, row.examples})) == row.problems);
  }
  // Where the anchor may stand apart, or a shape may do without one, an example need not contain
  // it.
  std::string_view apart = "match = ['«b»', '«c»']\nreject = ['x']\n";
  CHECK(problems(lines({kDocs, kAnchors, "within = 9\n", apart})).empty());
  CHECK(problems(lines({kDocs, kAnchors, "shape = 'acm[ef]'\n", apart})).empty());
  CHECK_FALSE(problems(lines({kDocs, kAnchors, apart})).empty());
  CHECK(problems(lines({kDocs, "keywords = ['ACME_']\n",
                        "match = ['«Acme_{hex:20}»', '«acme_{hex:20}»']\nreject = ['x']\n"}))
            .empty());
}

}  // namespace
}  // namespace keywake::rules
