// Rules of other scanners by --rules, from the file to the finding: each in its tool's documented form, each with a value made from a seed.
#include <random>

#include "catch.h"
#include "cli/keywake_helper.h"

using namespace keywake::testing;

namespace {

std::string made_up(std::string_view prefix, std::size_t size, unsigned seed) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::mt19937 random(seed);
  std::string out(prefix);
  for (std::size_t i = 0; i < size; ++i) out += kLetters[random() % kLetters.size()];
  return out;
}

struct Row {
  const char* file;
  const char* rules;
  const char* pattern;  // of the finding
  std::string value, line;
  const char* noted;    // on standard error; empty: nothing
};

}  // namespace

TEST_CASE("rules of gitleaks, Betterleaks, Kingfisher and Nosey Parker find what they are for") {
  const std::string fernhill = made_up("fhl_", 24, 1);
  const std::string moorgate = made_up("mgt-", 32, 2);
  const std::string tarn = made_up("tarnk", 28, 3);
  const std::string ashdale = made_up("ash.", 30, 4);
  const Row rows[] = {
      {"gitleaks.toml", R"toml(title = "ours"
[[rules]]
id = "fernhill-token"
description = "Fernhill token"
regex = '''(?i)fernhill[\w .-]{0,20}[=:]\s{0,3}["']?(fhl_[a-z0-9]{24})(?:["'\s;]|$)'''
entropy = 3
keywords = ["fernhill"]
)toml",
       "gitleaks.fernhill-token", fernhill, "FERNHILL=" + fernhill + "\n", ""},
      {"betterleaks.toml", R"toml(title = "ours"
[[rules]]
id = "moorgate-key"
description = "Moorgate key"
regex = '''\b(mgt-[a-z0-9]{32})\b'''
keywords = ["mgt-"]
confidence = "high"
validate = '''http.get("https://api.moorgate.test/", {}).status == 200'''
)toml",
       "gitleaks.moorgate-key", moorgate, "key: '" + moorgate + "'\n", "\"validate\" is not run"},
      {"kingfisher.yml", R"yaml(rules:
  - name: Tarn key
    id: kingfisher.tarn.1
    pattern: |
      (?x)
      \b
      (?P<TOKEN> tarnk[a-z0-9]{28} )
      \b
    min_entropy: 3.0
    confidence: medium
    examples:
      - tarnk
)yaml",
       "kingfisher.tarn-1", tarn, "tarn = \"" + tarn + "\"\n", ""},
      {"noseyparker.yml", R"yaml(rules:
- name: Ashdale API key
  id: np.ashdale.1
  pattern: |
    (?x)
    \b
    ( ash\.[a-z0-9]{30} )    # the key
    (?: [^a-z0-9] | $ )
  examples: []
)yaml",
       "noseyparker.ashdale-1", ashdale, "x(" + ashdale + ")\n", ""},
  };
  for (const Row& row : rows) {
    TemporaryFolder folder;
    write_file(folder.path() / "rules" / row.file, row.rules);
    write_file(folder.path() / "code/a.txt", row.line);
    const auto scan = [&](Arguments more) {
      Arguments arguments{"scan", "--show-secrets", "--format", "jsonl", "code"};
      arguments.insert(arguments.end(), more.begin(), more.end());
      return run_keywake(arguments, {.folder = folder.path()});
    };
    const Ran ran = scan({"--rules", std::string("rules/") + row.file});
    INFO(row.file << "\n" << ran.out << ran.err);
    CHECK(ran.status == 1);
    CHECK(contains(ran.out, std::string("\"") + row.pattern + "\""));
    CHECK(contains(ran.out, row.value));
    if (*row.noted == '\0') CHECK(ran.err.empty());
    CHECK(contains(ran.err, row.noted));
    CHECK_FALSE(contains(scan({}).out, row.value));  // nothing but that rule knows it
  }
}

TEST_CASE("notes on rules are told, twenty of them") {
  TemporaryFolder folder;
  std::string rules = "[[rules]]\nid = 'good'\nregex = '''\\b(fhl_[a-z0-9]{24})\\b'''\nkeywords = ['fhl_']\n";
  for (int i = 0; i < 45; ++i) rules += "[[rules]]\nid = 'r" + std::to_string(i) + "'\nregex = '(?=x)y'\n";
  write_file(folder.path() / "rules.toml", rules);
  write_file(folder.path() / "code/a.txt", "x\n");
  const Ran ran = run_keywake({"scan", "--rules", "rules.toml", "code"}, {.folder = folder.path()});
  CHECK(ran.status == 0);
  CHECK(count_of(ran.err, "left out") == 20);
  CHECK(contains(ran.err, "--rules: and 25 more\n"));
}
