#include "rules/loader.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "catch.h"

namespace keywake::rules {
namespace {

constexpr std::string_view kPattern = R"toml([provider]
name = "Acme"

[[pattern]]
id = "acme.key"
title = "Acme key"
kind = "api-key"
risk = "high"
docs = "https://docs.acme.test/keys"
anchors = ["acme_"]
regex = ''' \b (?P<secret> acme_ [0-9a-f]{20} ) \b '''
match = ['a=«acme_{hex:20}»', 'b=«acme_{hex:20}»']
reject = ['acme_{hex:19}']
)toml";

/// kPattern with one line replaced, or taken out.
std::string with(std::string_view line_start, std::string_view replacement) {
  std::string text(kPattern);
  std::size_t begin = text.find(std::string("\n").append(line_start)) + 1;
  REQUIRE(begin != 0);
  return text.replace(begin, text.find('\n', begin) - begin, replacement);
}

std::string problems(std::string_view text, std::string_view file = "acme.toml") {
  Loaded loaded;
  load_text(text, file, loaded);
  std::string out;
  for (const Problem& problem : loaded.problems) out += problem.text() + "\n";
  return out;
}

TEST_CASE("names and a value stand for keywords and a regex") {
  Loaded loaded;
  std::string text = with("anchors", "names = ['Acme']");
  text.replace(text.find("regex"), text.find('\n', text.find("regex")) - text.find("regex"), "value = '[0-9a-f]{20}'");
  load_text(text, "acme.toml", loaded);
  REQUIRE(loaded.problems.empty());
  const model::Pattern& pattern = loaded.rules.patterns()[0];
  REQUIRE(pattern.names.size() == 1);
  CHECK(pattern.names[0] == "acme");
  CHECK(pattern.keywords.empty());  // found by the words that all such patterns share
  CHECK(pattern.words.size() > 5);
  CHECK(pattern.regex.find("(?P<secret>") != std::string_view::npos);
  CHECK(pattern.max_length == 20);
  CHECK(problems(with("anchors", "names = ['acme']")) ==
        "acme.toml:4:1: \"value\" is missing: the shape of what the names are given\n"
        "acme.toml:11:9: \"regex\" does not go with \"names\"\n");
  CHECK(problems(with("reject", "reject = ['a']\nwords = ['key']")) == "acme.toml:14:9: \"words\" goes with \"names\" only\n");
}

TEST_CASE("a pattern's every key arrives") {
  Loaded loaded;
  std::string text = R"toml([provider]
name = "Acme"
[[pattern]]
id = "acme.first"
title = "First"
kind = "webhook"
risk = "low"
docs = "https://docs.acme.test/1"
rotate = "https://acme.test/rotate"
keywords = ["ACME_Hook"]
anchors = ["acme-", "acme+"]
shape = " ac [mM] e "
within = 100
regex = "acme (?P<secret> .{1,400}? ) ;"
span = 50
generic = true
checks = ["entropy:3.5", "not: [a-z]+ ", "jwt"]
match = ['«1»', "\n«2»"]
reject = ['3']
[[pattern.companion]]
name = "id"
regex = "id= (?P<id> \\d+ )"
within = 80
required = true
[[pattern.companion]]
name = "host"
regex = "[a-z]{3}"
)toml";
  load_text(text, "rules/acme.toml", loaded);
  REQUIRE(loaded.problems.empty());
  REQUIRE(loaded.rules.patterns().size() == 1);
  const model::Pattern& pattern = loaded.rules.patterns()[0];
  CHECK(pattern.id == "acme.first");
  CHECK(pattern.provider == "acme");
  CHECK(pattern.title == "First");
  CHECK(pattern.kind == model::Kind::kWebhook);
  CHECK(pattern.risk == model::Risk::kLow);
  CHECK(pattern.docs == "https://docs.acme.test/1");
  CHECK(pattern.rotate == "https://acme.test/rotate");
  REQUIRE(pattern.keywords.size() == 1);
  CHECK(pattern.keywords[0] == "acme_hook");
  REQUIRE(pattern.anchors.size() == 2);
  CHECK(pattern.anchors[1] == "acme+");
  CHECK(pattern.shape == "ac[Mm]e");
  CHECK(pattern.within == 100);
  CHECK(pattern.regex == "acme(?P<secret>[^\\n]{1,400}?);");
  CHECK(pattern.max_length == 50);
  CHECK(pattern.generic);
  REQUIRE(pattern.checks.size() == 3);
  CHECK(pattern.checks[0].name == "entropy");
  CHECK(pattern.checks[0].argument == "3.5");
  CHECK(pattern.checks[1].name == "not");
  CHECK(pattern.checks[1].argument == "[a-z]+");
  REQUIRE(pattern.companions.size() == 2);
  CHECK(pattern.companions[0].regex == "id=(?P<id>[0-9]+)");
  CHECK(pattern.companions[0].within == 80);
  CHECK(pattern.companions[0].required);
  CHECK(pattern.companions[1].name == "host");
  CHECK(pattern.companions[1].within == 256);
  CHECK_FALSE(pattern.companions[1].required);
  REQUIRE(loaded.sources.size() == 1);
  const PatternSource& source = loaded.sources[0];
  CHECK(source.provider_name == "Acme");
  CHECK(source.line == 3);
  REQUIRE(source.match.size() == 2);
  CHECK(source.match[1].text == "\n«2»");
  CHECK(source.match[1].number == 2);
  CHECK(source.match[1].line == 18);
  CHECK(source.match[1].column == 17);
  CHECK_FALSE(source.reject[0].is_match);
}

TEST_CASE("the longest match is the expression's bound, or the span where that is less") {
  struct Row {
    std::string_view regex;
    std::uint32_t longest;
  };
  const Row rows[] = {
      {"regex = ' (?P<secret> acme_ [0-9a-f]{20,30} ) '", 35},
      {"regex = ' (?P<secret> acme_ [0-9a-f]{20,30} ) '\nspan = 30", 30},
      {"regex = ' (?P<secret> acme_ [0-9a-f]{20,30} ) '\nspan = 3000", 35},
      {"regex = ' (?P<secret> acme_ [0-9a-f]+ ) '\nspan = 3000", 3000},
  };
  for (const Row& row : rows) {
    INFO(row.regex);
    Loaded loaded;
    load_text(with("regex", row.regex), "acme.toml", loaded);
    REQUIRE(loaded.rules.patterns().size() == 1);
    CHECK(loaded.rules.patterns()[0].max_length == row.longest);
  }
}

TEST_CASE("what is wrong is said with file, line and column") {
  struct Row {
    std::string_view line;         // that begins so
    std::string_view replacement;  // is replaced by this
    std::string_view problems;
  };
  const Row rows[] = {
      {"anchors", "anchor = ['acme_']\nkeywords = ['acme_']",
       "acme.toml:10:1: unknown key \"anchor\"; did you mean \"anchors\"?\n"},
      {"title", "titel = 'Acme key'",
       "acme.toml:4:1: \"title\" is missing\n"
       "acme.toml:6:1: unknown key \"titel\"; did you mean \"title\"?\n"},
      {"title", "title = ''", "acme.toml:6:9: \"title\" is empty\n"},
      {"title", "title = 7", "acme.toml:6:9: \"title\" must be a string\n"},
      {"risk", "risk = \"hihg\"", "acme.toml:8:8: unknown risk \"hihg\"; did you mean \"high\"?\n"},
      {"risk", "risk = \"catastrophic\"",
       "acme.toml:8:8: unknown risk \"catastrophic\"; known are \"low\", \"medium\", \"high\", "
       "\"critical\"\n"},
      {"kind", "kind = \"apikey\"",
       "acme.toml:7:8: unknown kind \"apikey\"; did you mean \"api-key\"?\n"},
      {"id", "id = \"Acme Key\"",
       "acme.toml:5:6: an id is written provider.name, in small letters, digits and -\n"},
      {"id", "id = \"acme\"",
       "acme.toml:5:6: an id is written provider.name, in small letters, digits and -\n"},
      {"anchors", "",
       "acme.toml:4:1: \"anchors\", \"keywords\" or \"shape\" is missing: one of them must say "
       "where to look\n"},
      {"anchors", "anchors = 'acme_'", "acme.toml:10:11: \"anchors\" must be a list of strings\n"},
      {"anchors", "anchors = ['acme_', 3]",
       "acme.toml:10:21: \"anchors\" must be a list of strings\n"},
      {"anchors", "anchors = ['']", "acme.toml:10:12: \"anchors\" has an empty string\n"},
      {"anchors", "shape = '[a-z]+'",
       "acme.toml:10:9: a shape must be bounded, to at most 1024 bytes\n"},
      {"anchors", "shape = '(?P<secret>[a-z]{9})'", "acme.toml:10:9: a shape has no captures\n"},
      {"anchors", "anchors = ['acme_']\nwithin = 3000",
       "acme.toml:11:10: \"within\" must be from 0 to 2048\n"},
      {"anchors", "anchors = ['acme_']\ngeneric = 'yes'",
       "acme.toml:11:11: \"generic\" must be true or false\n"},
      {"regex", "", "acme.toml:4:1: \"regex\" is missing\n"},
      {"regex", "regex = 'acme_[0-9]{9}'",
       "acme.toml:11:9: the expression has no capture (?P<secret>…)\n"},
      {"regex", "regex = '(?P<secret>a*)'\nspan = 9",
       "acme.toml:11:9: the expression matches the empty text\n"},
      {"regex", "regex = '(?P<secret>acme_.*)'",
       "acme.toml:11:9: \"span\" is missing: the expression has no bound of its own, so its "
       "longest match must be given\n"},
      {"regex", "regex = '(?P<secret>acme_.{600}[^a]{600})'",
       "acme.toml:11:9: \"span\" is missing: the expression can match 1205 bytes, so its longest "
       "match must be given\n"},
      {"regex", "regex = '(?P<secret>acme_.{60})'\nspan = 9",
       "acme.toml:12:8: \"span\" is less than the shortest match, 65 bytes\n"},
      // In an expression: the very character, in literal strings; the string, where there may be
      // escapes.
      {"regex", "regex = '(?P<secret>acme_^)'",
       "acme.toml:11:26: \"^\" is not allowed: a match must not depend on where a text ends; write "
       "\\^ for the character\n"},
      {"regex", "regex = '''\n  (?P<secret>acme_\n   (?=x) )'''",
       "acme.toml:13:4: look-around is not allowed: a match must not depend on bytes outside it\n"},
      {"regex", "regex = \"(?P<secret>acme_\\\\z)\"",
       "acme.toml:11:9: \\z is not allowed: a match must not depend on where a text begins or "
       "ends\n"},
      {"reject", "reject = ['a']\nchecks = ['entropi:3']",
       "acme.toml:14:11: unknown check \"entropi\"; did you mean \"entropy\"?\n"},
      {"reject", "reject = ['a']\nchecks = ['jwt:3']",
       "acme.toml:14:11: the check \"jwt\" takes no argument\n"},
      {"reject", "reject = ['a']\nchecks = ['digits']",
       "acme.toml:14:11: write \"digits:N\", N being a whole number above 0\n"},
      {"reject", "reject = ['a']\nchecks = ['digits:2.5']",
       "acme.toml:14:11: write \"digits:N\", N being a whole number above 0\n"},
      {"reject", "reject = ['a']\nchecks = ['entropy:high']",
       "acme.toml:14:11: write \"entropy:N\", N being a number above 0\n"},
      {"reject", "reject = ['a']\nchecks = ['base64-json']",
       "acme.toml:14:11: the check \"base64-json\" needs an argument: \"base64-json:…\"\n"},
      {"reject", "reject = ['a']\nchecks = ['not:a$']",
       "acme.toml:14:17: \"$\" is not allowed: a match must not depend on where a text ends; write "
       "\\$ for the character\n"},
      {"reject", "reject = ['a']\ncompanion = 3",
       "acme.toml:14:13: each companion is written [[pattern.companion]], with two brackets\n"},
      {"reject", "reject = ['a']\n[[pattern.companion]]\nname = 'id'\nregx = 'a'",
       "acme.toml:14:1: \"regex\" is missing\n"
       "acme.toml:16:1: unknown key \"regx\"; did you mean \"regex\"?\n"},
      {"reject", "reject = ['a']\n[[pattern.companion]]\nname = 'id'\nregex = '(?P<key>a)'",
       "acme.toml:16:9: the only capture of a companion is its name, \"id\"\n"},
      {"[provider]", "[provder]",
       "acme.toml:1:1: [provider] is missing; it gives the provider's name\n"
       "acme.toml:1:2: unknown key \"provder\"; did you mean \"provider\"?\n"},
      {"[[pattern]]", "[pattern]",
       "acme.toml:4:1: each pattern is written [[pattern]], with two brackets\n"},
  };
  for (const Row& row : rows) {
    INFO(row.replacement);
    std::string text = row.line == "[provider]"
                           ? std::string(kPattern).replace(0, 10, row.replacement)
                           : with(row.line, row.replacement);
    CHECK(problems(text) == row.problems);
  }
}

TEST_CASE("files that are not rule files say so") {
  CHECK(problems("") ==
        "acme.toml:1:1: [provider] is missing; it gives the provider's name\nacme.toml:1:1: there "
        "is no [[pattern]]\n");
  CHECK(problems("a = 'b").starts_with("acme.toml:1:7: "));
  CHECK(problems("a = '\xff'").starts_with("acme.toml:1:"));
  CHECK(problems(std::string("a\0b", 3)).starts_with("acme.toml:1:"));
  // The name of a file is as hostile as its contents.
  CHECK(problems("", "a\x1b[31m.toml").find('\x1b') == std::string::npos);
  CHECK(problems("\"\\u001b[31m\" = 1").find('\x1b') == std::string::npos);
  std::string deep = "a = ";
  for (int i = 0; i < 100'000; ++i) deep += '[';
  CHECK(problems(deep).starts_with("acme.toml:1:"));
}

TEST_CASE("a pattern with a problem is left out, the others are loaded") {
  std::string second(kPattern.substr(kPattern.find("[[pattern]]")));
  Loaded loaded;
  load_text(with("risk", "risk = 'none'") + second.replace(second.find("acme.key"), 8, "acme.two"),
            "acme.toml", loaded);
  CHECK(loaded.problems.size() == 1);
  REQUIRE(loaded.rules.patterns().size() == 1);
  CHECK(loaded.rules.patterns()[0].id == "acme.two");
  CHECK(loaded.sources[0].pattern == 0);
}

TEST_CASE("an id that is loaded already is refused, also across files and built-in patterns") {
  const model::Pattern builtin{.id = "acme.key"};
  Loaded loaded;
  loaded.rules = RuleSet(std::span(&builtin, 1));
  load_text(kPattern, "acme.toml", loaded);
  REQUIRE(loaded.problems.size() == 1);
  CHECK(loaded.problems[0].text() ==
        "acme.toml:5:6: there is another pattern with the id \"acme.key\"");
  CHECK(loaded.rules.patterns().size() == 1);
}

TEST_CASE("patterns stay valid when the set is moved") {
  RuleSet rules;
  {
    Loaded loaded;
    load_text(kPattern, "acme.toml", loaded);
    rules = std::move(loaded.rules);
  }
  REQUIRE(rules.find("acme.key") != nullptr);
  CHECK(rules.find("acme.key")->anchors[0] == "acme_");
}

TEST_CASE("a folder's rule files are read in order of name; what cannot be read is named") {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("keywake-loader-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "c.toml");  // a folder, not a file
  std::string second = with("id", "id = \"b.key\"");
  std::ofstream(folder / "b.toml") << second;
  std::ofstream(folder / "a.toml") << kPattern;
  std::ofstream(folder / "notes.txt") << "no rules";
  Loaded loaded;
  load_path(folder, loaded);
  REQUIRE(loaded.rules.patterns().size() == 2);
  CHECK(loaded.rules.patterns()[0].provider == "a");
  CHECK(loaded.rules.patterns()[1].provider == "b");
  REQUIRE(loaded.problems.size() == 1);
  CHECK(loaded.problems[0].text().find("c.toml") != std::string::npos);

  std::ofstream(folder / "a.toml") << std::string(2'000'000, '#');
  Loaded large;
  load_path(folder / "a.toml", large);
  REQUIRE(large.problems.size() == 1);
  CHECK(large.problems[0].text().find("larger than") != std::string::npos);
  std::filesystem::remove_all(folder);

  Loaded missing;
  load_path(folder, missing);
  load_path(folder / "a.toml", missing);
  REQUIRE(missing.problems.size() == 2);
  CHECK(missing.problems[0].text().find(folder.string()) != std::string::npos);
}

}  // namespace
}  // namespace keywake::rules
