#include "rules/other_rules.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "catch.h"
#include "rules/other_regex.h"

namespace keywake::rules {
namespace {

constexpr std::string_view kGitleaks = R"toml(title = "ours"
[[rules]]
id = "Fernhill_API.Token"
description = "Fernhill token"
regex = '''(?i)fernhill[\w .-]{0,20}[=:]\s{0,3}["']?(fh_[a-z0-9]{24})(?:["'\s;]|$)'''
entropy = 3.1
keywords = ["FERNHILL"]
[[rules.allowlists]]
regexes = ['''^fh_0+$''']
stopwords = ["sample"]

[[rules]]
id = "moorgate"
regex = '''\b(mg|mh)-([0-9a-f]{32})\b'''
secretGroup = 2
keywords = ["moorgate"]

[[rules]]
id = "behind"
regex = '''(?<=tarn:)[0-9a-f]{32}'''

[[rules]]
id = "moorgate"
regex = '''tarn_[0-9a-f]{32}'''

[[rules]]
id = "name-only"
path = '''\.tarn$'''
)toml";

constexpr std::string_view kKingfisher = R"yaml(rules:
  - name: Tarn key
    id: kingfisher.tarn.1
    pattern: |
      (?x)            # layout
      \b
      tarn [_-] key   # a word
      [\s=:"']{1,8}
      (?P<TOKEN> [a-z0-9]{20} )
      (?: \b | $ )
    min_entropy: 3.0
    confidence: high
    validation:
      type: Http
  - name: Twice
    id: kingfisher.tarn.2
    pattern: 'tarn([0-9])\1{20}'
)yaml";

const model::Pattern& find(const Loaded& loaded, std::string_view id) {
  const model::Pattern* found = loaded.rules.find(id);
  REQUIRE(found != nullptr);
  return *found;
}

bool noted(const Loaded& loaded, std::string_view text) {
  return std::any_of(loaded.notes.begin(), loaded.notes.end(), [&](const Problem& note) { return note.message.find(text) != std::string::npos; });
}

TEST_CASE("rules of gitleaks become patterns, and what cannot run is named") {
  Loaded loaded;
  load_text(kGitleaks, "team.toml", loaded);
  REQUIRE(loaded.problems.empty());
  CHECK(loaded.rules.patterns().size() == 2);
  const model::Pattern& first = find(loaded, "gitleaks.fernhill-api-token");
  CHECK(first.title == "Fernhill token");
  CHECK(first.regex.find("(?P<secret>[Ff][Hh]_[0-9A-Za-z]{24})(?:[") != std::string_view::npos);
  CHECK(first.regex.ends_with("|\\b)"));
  REQUIRE(first.keywords.size() == 1);
  CHECK(first.keywords[0] == "fernhill");
  CHECK(first.within == 0);  // the expression itself has it
  REQUIRE(first.checks.size() == 3);
  CHECK(first.checks[0].argument == "3.1");
  CHECK(first.checks[1].argument == "^fh_0+$");
  CHECK(first.checks[2].argument == "(?:[Ss][Aa][Mm][Pp][Ll][Ee])");
  const model::Pattern& second = find(loaded, "gitleaks.moorgate");
  CHECK(second.regex == "\\b(?:mg|mh)-(?P<secret>[0-9a-f]{32})\\b");
  CHECK(second.within > 0);  // its keyword is no part of it
  CHECK(noted(loaded, "rule behind left out: it has look-around"));
  CHECK(noted(loaded, "rule moorgate left out: there is another with this id"));
  CHECK(noted(loaded, "rule name-only left out"));
}

TEST_CASE("an allowlist of the file is for the rules that it names, or for all") {
  Loaded loaded;
  load_text(R"toml(
[[allowlists]]
stopwords = ["everywhere"]
[[allowlists]]
targetRules = ["moorgate", "another"]
regexes = ["^mg-0+$"]
[[allowlists]]
targetRules = [7]
stopwords = ["nowhere"]
[[rules]]
id = "fernhill"
regex = "fh_[0-9a-f]{32}"
[[rules]]
id = "moorgate"
regex = "mg-[0-9a-f]{32}"
)toml", "team.toml", loaded);
  REQUIRE(loaded.problems.empty());
  auto unwanted = [&](std::string_view id) {
    std::vector<std::string_view> out;
    for (const model::Check& check : find(loaded, id).checks) out.push_back(check.argument);
    return out;
  };
  const std::string_view everywhere = "(?:[Ee][Vv][Ee][Rr][Yy][Ww][Hh][Ee][Rr][Ee])";
  CHECK(unwanted("gitleaks.fernhill") == std::vector<std::string_view>{everywhere});
  CHECK(unwanted("gitleaks.moorgate") == std::vector<std::string_view>{"^mg-0+$", everywhere});
  CHECK_FALSE(noted(loaded, "targetRules"));
}

TEST_CASE("rules of Kingfisher and Nosey Parker become patterns") {
  Loaded loaded;
  load_text(kKingfisher, "tarn.yml", loaded);
  REQUIRE(loaded.problems.empty());
  REQUIRE(loaded.rules.patterns().size() == 1);
  const model::Pattern& tarn = find(loaded, "kingfisher.tarn-1");
  CHECK(tarn.regex == "\\btarn[\\-_]key[\\t\\n\\f\\r \"':=]{1,8}(?P<secret>[0-9a-z]{20})(?:\\b|\\b)");
  CHECK(tarn.confidence == model::Confidence::kHigh);
  CHECK(tarn.anchors.size() == 2);  // tarn_key, tarn-key
  CHECK(noted(loaded, "left out: it has back-references"));
  CHECK(noted(loaded, "\"validation\" is not used, in 1 rule"));

  Loaded parker;
  load_text("rules:\n- name: Tarn\n  id: np.tarn.1\n  pattern: 'tarnkey-([0-9a-f]{20})'\n", "np.yml", parker);
  CHECK(find(parker, "noseyparker.tarn-1").regex == "tarnkey-(?P<secret>[0-9a-f]{20})");
}

TEST_CASE("a keyword that would be found everywhere is not looked for") {
  Loaded loaded;
  load_text("[[rules]]\nid = 'a'\nregex = '\\bz\\.[a-z0-9]{24}\\b'\nkeywords = ['z.']\n[[rules]]\nid = 'b'\nregex = 'z\\.[a-z0-9]+'\nkeywords = ['z.']\n", "team.toml", loaded);
  const model::Pattern& first = find(loaded, "gitleaks.a");
  CHECK(first.keywords.empty());
  CHECK_FALSE(first.shape.empty());
  CHECK(loaded.rules.patterns().size() == 1);
  CHECK(noted(loaded, "rule b left out: it has no keywords of 3 bytes"));
}

TEST_CASE("a file none of whose rules can run is an error") {
  for (const std::string_view text : {"[[rules]]\nid = 'a'\nregex = '(?=a)b'\n", "rules:\n- id: np.a.1\n  pattern: '(?!a)b'\n", "rules: {}\n"}) {
    INFO(text);
    Loaded loaded;
    load_text(text, "a", loaded);
    CHECK_FALSE(loaded.problems.empty());
  }
}

TEST_CASE("hostile rule files end soon, with an error") {
  std::string dotted = "[[rules]]\na";
  for (int i = 0; i < 100'000; ++i) dotted += ".a";
  std::string groups = "[[rules]]\nid = 'a'\nregex = '" + std::string(10'000, '(') + "'\n";
  const std::string texts[] = {dotted + " = 1\n", groups, "rules: " + std::string(500'000, '['), "rules: &a\n- *a\n", "rules:\n- id: \"a\n"};
  for (const std::string& text : texts) {
    INFO(text.substr(0, 40));
    const auto start = std::chrono::steady_clock::now();
    Loaded loaded;
    load_text(text, "hostile", loaded);
    CHECK_FALSE(loaded.problems.empty());
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  }
  Loaded own;
  load_text(dotted.substr(10) + " = 1\n", "own.toml", own);
  CHECK_FALSE(own.problems.empty());
}

TEST_CASE("expressions of others: what is the credential, what stands in every match") {
  const auto either = read_other_regex("(?:a(bcd)|e(fgh))[0-9]{9}", {});
  REQUIRE(either);
  CHECK(either->canonical == "(?P<secret>(?:a(?:bcd)|e(?:fgh))[0-9]{9})");  // neither group is in every match
  REQUIRE_FALSE(either->required.empty());
  CHECK(either->required[0].literals == std::vector<std::string>{"abcd", "efgh"});
  CHECK(read_other_regex("x #y{z", {})->canonical == "(?P<secret>x\\x20\\#y\\{z)");
  CHECK(read_other_regex("ab{2,5000}c", {})->canonical == "(?P<secret>ab{2,}c)");
  CHECK_FALSE(read_other_regex("^abc", {}));
  CHECK_FALSE(read_other_regex("a(b)", {.number = 2, .name = {}}));
  CHECK(read_value_regex("^a|b$") == "^a|b$");
}

}  // namespace
}  // namespace keywake::rules
