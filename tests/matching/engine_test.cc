#include "matching/engine.h"

#include <thread>

#include "catch.h"
#include "matching/cost.h"
#include "matching/database.h"
#include "matching/judge.h"
#include "matching/pem.h"
#include "matching/samples.h"
#include "rules/examples.h"
#include "rules/loader.h"

namespace keywake::matching {
namespace {

rules::Loaded load(std::string_view patterns) {
  rules::Loaded loaded;
  rules::load_text("[provider]\nname = \"Test\"\n" + std::string(patterns), "test.toml", loaded);
  for (const rules::Problem& problem : loaded.problems) FAIL(problem.text());
  return loaded;
}

std::string pattern(std::string_view name, std::string_view rest) {
  return "[[pattern]]\nid = \"test." + std::string(name) +
         "\"\ntitle = \"t\"\nkind = \"api-key\"\nrisk = \"low\"\ndocs = \"https://acme.test\"\n" +
         std::string(rest) + "\nmatch = [\"«a»\", \"«b»\"]\nreject = [\"c\"]\n";
}

struct Results {
  std::vector<std::string> secrets;
  std::vector<std::string> rejected;
  std::vector<Settled> settled;
  Notes notes;
  std::vector<std::vector<model::Part>> parts;
  std::vector<model::Confidence> levels;
};

Results run(const rules::RuleSet& rules, std::string_view text, bool explain = false) {
  auto engine = Engine::compile(rules);
  if (!engine) FAIL(engine.error().message);
  ValueTable values;
  Scanner scanner(**engine, values, {.explain = explain});
  Results out;
  out.notes = testing::scan(scanner, text);
  settle(out.notes, values, out.settled);
  for (const Settled& item : out.settled) {
    const Value& value = values[item.value];
    if (!value.rejected.empty()) {
      out.rejected.push_back(value.rejected);
    } else {
      out.secrets.emplace_back(value.secret.reveal());
      out.parts.push_back(value.parts);
      out.levels.push_back(value.confidence);
    }
  }
  return out;
}

constexpr std::string_view kToken =
    "anchors = [\"tok_\"]\nregex = ''' \\b (?P<secret> tok_[a-z0-9]{8} ) \\b '''";

TEST_CASE("Findings at the ends of a text and nowhere between") {
  auto loaded = load(pattern("token", kToken));
  CHECK(run(loaded.rules, "tok_q7k2m9x4").secrets == std::vector<std::string>{"tok_q7k2m9x4"});
  CHECK(run(loaded.rules, "tok_q7k2m9x4 tok_z7k2m9x4").secrets.size() == 2);
  CHECK(run(loaded.rules, "").secrets.empty());
  CHECK(run(loaded.rules, "tok_q7k2m9x").secrets.empty());
  CHECK(run(loaded.rules, "xtok_q7k2m9x4").secrets.empty());
  CHECK(run(loaded.rules, "tok_q7k2m9x4y").secrets.empty());
  CHECK(run(loaded.rules, std::string("\0tok_q7k2m9x4\xff", 14)).secrets.size() == 1);
}

TEST_CASE("A boundary before an escape's last letter is still a boundary") {
  auto loaded = load(pattern("token", kToken));
  CHECK(run(loaded.rules, R"("line\ntok_q7k2m9x4")").secrets.size() == 1);
  CHECK(run(loaded.rules, "key%3Dtok_q7k2m9x4&").secrets.size() == 1);
  CHECK(run(loaded.rules, R"(tok_q7k2\u006d9x4)").secrets ==
        std::vector<std::string>{"tok_q7k2m9x4"});
}

TEST_CASE("Findings do not depend on where chunks of tier one begin") {
  auto loaded = load(pattern("token", kToken));
  for (std::size_t before : {256 * 1024 - 20, 256 * 1024 - 5, 256 * 1024 - 4, 256 * 1024 - 1,
                             256 * 1024, 256 * 1024 + 3}) {
    INFO(before);
    CHECK(run(loaded.rules, std::string(before, ' ') + "tok_q7k2m9x4 " + std::string(300000, ' '))
              .secrets.size() == 1);
  }
}

TEST_CASE("Shapes see what stands beside a range's edges") {
  // The first is a sequence of bytes, the second is Hyperscan's.
  for (const char* key : {"k", "k[a-z]{0,200}"}) {
    auto loaded = load(pattern("shaped", std::string("shape = ''' \\b") + key + "=[0-9]{6}\\b '''\nregex = ''' \\b" + key +
                                             "=(?P<secret> [0-9]{6} ) \\b '''\nchecks = [\"placeholder-ok\"]"));
    for (std::size_t before = 256 * 1024 - 12; before < 256 * 1024 + 2; ++before) {
      INFO(key << " " << before);
      CHECK(run(loaded.rules, std::string(before, ' ') + "k=135790 " + std::string(9000, ' ')).secrets.size() == 1);
      CHECK(run(loaded.rules, std::string(before, ' ') + "Xk=135790 " + std::string(9000, ' ')).secrets.empty());
      CHECK(run(loaded.rules, std::string(before, ' ') + "k=1357908" + std::string(9000, ' ')).secrets.empty());
    }
  }
}

TEST_CASE("Keywords near a match, within so many bytes and no farther") {
  auto loaded = load(pattern(
      "near",
      "keywords = [\"acmeweb\"]\nwithin = 20\nregex = ''' \\b (?P<secret> [a-f0-9]{16} ) \\b '''"));
  std::string secret = "7c3e9f1b5a8d2064";
  for (const auto& [gap, found] : std::vector<std::pair<std::size_t, bool>>{
           {1, true}, {20, true}, {21, false}, {300, false}}) {
    INFO(gap);
    CHECK(run(loaded.rules, "AcmeWeb" + std::string(gap, ' ') + secret).secrets.size() ==
          (found ? 1 : 0));
    CHECK(run(loaded.rules, secret + std::string(gap, ' ') + "ACMEWEB").secrets.size() ==
          (found ? 1 : 0));
  }
  // A longer token is not cut to size by the edge of the window.
  CHECK(run(loaded.rules, "acmeweb " + std::string(64, 'a') + secret).secrets.empty());
}

TEST_CASE("Companions: the nearest, in reach; a required one") {
  std::string near = std::string(kToken) + "\n";
  std::string companion =
      "[[pattern.companion]]\nname = \"id\"\nwithin = 50\nregex = ''' \\b id=(?P<id> [0-9]{3} ) "
      "\\b '''\n";
  auto with = [&](std::string_view more) {
    std::string text = pattern("token", near);
    return load(text + companion + std::string(more));
  };
  auto optional = with("");
  auto found = run(optional.rules, "id=111 id=222 tok_q7k2m9x4 .......... id=333");
  REQUIRE(found.parts.size() == 1);
  CHECK(found.parts[0] == std::vector<model::Part>{{"id", "222"}});
  CHECK(run(optional.rules, "tok_q7k2m9x4").parts[0].empty());
  auto required = with("required = true\n");
  CHECK(run(required.rules, "id=111 tok_q7k2m9x4").secrets.size() == 1);
  CHECK(run(required.rules, "id=111" + std::string(60, ' ') + "tok_q7k2m9x4").secrets.empty());
  CHECK(run(required.rules, "tok_q7k2m9x4", true).rejected ==
        std::vector<std::string>{"companion: no id within 50 bytes"});
}

TEST_CASE("Rejections are kept to explain, and otherwise not at all") {
  auto loaded = load(pattern("token", kToken));
  CHECK(run(loaded.rules, "tok_xxxxxxxx").notes.empty());
  auto explained = run(loaded.rules, "tok_xxxxxxxx", true);
  REQUIRE(explained.rejected.size() == 1);
  CHECK(explained.rejected[0].starts_with("placeholder: "));
  CHECK(explained.secrets.empty());
}

TEST_CASE("A well-formed stand-in is found at level low and says so; filler is none") {
  constexpr std::string_view kLong = "anchors = [\"tok_\"]\nregex = ''' \\b (?P<secret> tok_[a-z0-9]{16} ) \\b '''";
  auto loaded = load(pattern("token", kLong));
  for (const char* text : {"tok_abcdefghijklmnop", "tok_q7k2example9x4ab", "tok_ab12ab12ab12ab12"}) {
    INFO(text);
    auto found = run(loaded.rules, text);
    REQUIRE(found.parts.size() == 1);
    REQUIRE(found.parts[0].size() == 1);
    CHECK(found.parts[0][0].name == "example");
    CHECK(found.parts[0][0].value.starts_with("a stand-in, it seems: "));
    CHECK(found.levels[0] == model::Confidence::kLow);
  }
  CHECK(run(loaded.rules, "tok_xxxxxxxxxxxxxxxx").secrets.empty());
  auto checked = load(pattern("token", std::string(kLong) + "\nchecks = [\"digits:3\"]"));
  auto refused = run(checked.rules, "tok_abcdefghijklmnop", true);  // the other checks hold for it, too
  CHECK(refused.secrets.empty());
  REQUIRE(refused.rejected.size() == 1);
  CHECK(refused.rejected[0].starts_with("placeholder: "));
}

TEST_CASE("Generic patterns yield where they overlap") {
  auto loaded =
      load(pattern("token", kToken) + pattern("generic",
                                              "generic = true\nanchors = [\"key=\"]\nregex = ''' "
                                              "key=(?P<secret> [a-z0-9_]{6,20} ) '''"));
  CHECK(run(loaded.rules, "key=tok_q7k2m9x4").secrets == std::vector<std::string>{"tok_q7k2m9x4"});
  CHECK(run(loaded.rules, "key=q7k2m9x4").secrets == std::vector<std::string>{"q7k2m9x4"});
  CHECK(run(loaded.rules, "key=q7k2m9x4 tok_q7k2m9x4").secrets.size() == 2);
}

TEST_CASE("A value that a text only mentions is a provider's, at level medium at most") {
  auto loaded = load(pattern("key", "names = [\"acme\"]\nvalue = \"[0-9a-f]{32}\"\nconfidence = \"high\""));
  const std::string value = testing::hex("8Qz1 pLm7 0vXw 3");  // 16 bytes
  auto levels = [&](const std::string& text) { return run(loaded.rules, text).levels; };
  CHECK(levels("the acme token " + value + " was in the log") == std::vector{model::Confidence::kMedium});
  CHECK(levels("ACME_TOKEN=" + value + "\n") == std::vector{model::Confidence::kHigh});
  CHECK(levels("the token " + value + " was in the log").empty());
  CHECK(levels("the acme token " + value + "0 was in the log").empty());
}

TEST_CASE("A far-reaching anchor is noted whether or not it confirms anything") {
  auto loaded = load(pattern(
      "block",
      "anchors = [\"<<BEGIN\"]\nspan = 8000\nregex = ''' <<BEGIN(?P<secret> [^>]{1,} )END>> '''"));
  auto nothing = run(loaded.rules, "text <<BEGIN and no end");
  REQUIRE(nothing.notes.size() == 1);
  CHECK(nothing.notes[0].value == Note::kNoValue);
  CHECK(nothing.settled.empty());
  CHECK(run(loaded.rules, "<<BEGIN" + std::string(7000, 'q') + "zEND>>").secrets.size() ==
        0);  // one character repeated
  CHECK(run(loaded.rules, "<<BEGIN q7k2m9x4 END>>").secrets ==
        std::vector<std::string>{" q7k2m9x4 "});
  std::string body;
  std::mt19937_64 random(1);
  while (body.size() < 9000) body += std::to_string(random());
  CHECK(run(loaded.rules, "<<BEGIN" + body.substr(0, 7900) + "END>>").secrets.size() == 1);
  CHECK(run(loaded.rules, "<<BEGIN" + body.substr(0, 8000) + "END>>")
            .secrets.empty());  // longer than its span
}

TEST_CASE("Databases: for every CPU level, held to their rules, and refused when damaged") {
  auto loaded = load(pattern("token", kToken) + pattern("shaped", "shape = ' k[a-z]{0,200}=[0-9]{6} '\nregex = ' k[a-z]{0,200}=(?P<secret> [0-9]{6} ) '"));
  auto other =
      load(pattern("other", "anchors = [\"oth_\"]\nregex = ''' (?P<secret> oth_[a-z]{8} ) '''"));
  for (std::string_view cpu : kCpuLevels) {
    INFO(std::string(cpu));
    auto database = compile_database(loaded.rules, cpu);
    REQUIRE(database);
    CHECK(Engine::load(loaded.rules, *database).has_value() == usable_database(*database));
    CHECK_FALSE(Engine::load(other.rules, *database));
  }
  auto database = compile_database(loaded.rules, native_cpu());
  REQUIRE(usable_database(*database));
  for (std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{31}, std::size_t{60}, database->size() - 1}) {
    CHECK_FALSE(usable_database(database->substr(0, size)));
    CHECK_FALSE(Engine::load(loaded.rules, database->substr(0, size)));
  }
  for (std::size_t at : {std::size_t{0}, std::size_t{20}, std::size_t{28}, std::size_t{40},
                         database->size() / 2, database->size() - 9}) {
    std::string damaged = *database;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x5a);
    INFO(at);
    CHECK_FALSE(Engine::load(loaded.rules, damaged).has_value());
  }
  CHECK_FALSE(compile_database(loaded.rules, "z80"));
  CHECK_FALSE(compile_database(rules::RuleSet(), "base"));
}

TEST_CASE("The longest match as Hyperscan sees it") {
  CHECK(max_match_length("\\bghp_[0-9A-Za-z]{36}\\b") == 40);
  CHECK(max_match_length("a+") == kUnbounded);
  CHECK_FALSE(max_match_length("(a"));
}

TEST_CASE("Values are kept once, from any number of threads") {
  ValueTable values;
  std::vector<std::vector<std::uint32_t>> numbers(4, std::vector<std::uint32_t>(500));
  {
    std::vector<std::jthread> threads;
    for (auto& mine : numbers) {
      threads.emplace_back([&] {
        for (std::size_t i = 0; i < mine.size(); ++i) {
          mine[i] = values.intern(
              {.secret = Secret("secret " + std::to_string(i)), .parts = {{"id", "1"}}});
          if (values[mine[i]].secret.reveal() != "secret " + std::to_string(i))
            mine[i] = 0xffffffff;
        }
      });
    }
  }
  CHECK(values.size() == 500);
  for (const auto& other : numbers) CHECK(other == numbers[0]);
  CHECK(values.intern({.secret = Secret("secret 1"), .parts = {{"id", "2"}}}) == 500);
  CHECK(values.intern({.secret = Secret("secret 1"), .parts = {{"id", "1"}}, .decoded = "hex"}) ==
        501);
}

TEST_CASE("One engine serves many threads alike") {
  std::vector<std::string> examples = testing::examples_of(testing::real_patterns().rules);
  std::mt19937_64 random(42);
  std::string text = testing::random_text(random, examples, 60000);
  auto engine = Engine::compile(testing::real_patterns().rules);
  REQUIRE(engine);
  ValueTable values;
  std::vector<std::vector<Settled>> results(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : results) {
      threads.emplace_back([&] {
        Scanner scanner(**engine, values, {});
        Notes notes;
        scanner.scan(text, notes);
        settle(notes, values, mine);
      });
    }
  }
  CHECK(results[0].size() > 50);
  for (const auto& other : results) CHECK(other == results[0]);
}

TEST_CASE("Place judges the generic only") {
  model::Pattern generic{.provider = "generic"};
  model::Pattern specific{.provider = "github"};
  struct Case {
    const char* path;
    bool noise;
  };
  for (const Case& c :
       {Case{"package-lock.json", true}, Case{"web/yarn.lock", true},
        Case{"static/app.min.js", true}, Case{"src/locales/de.json", true}, Case{"po/DE.PO", true},
        Case{"web/node_modules/x/index.js", true}, Case{"app.war!/WEB-INF/Cargo.lock", true},
        Case{"src/main.js", false}, Case{"config/settings.py", false}, Case{".env", false},
        Case{"locals.tf", false}}) {
    INFO(c.path);
    CHECK(noise_reason(generic, {c.path, "password = x"}).empty() != c.noise);
    CHECK(noise_reason(specific, {c.path, "password = x"}).empty());
  }
  CHECK_FALSE(noise_reason(generic, {"src/main.js", std::string(2000, 'x')}).empty());
}

TEST_CASE("Private keys by their structure") {
  for (const char* kind :
       {"rsa", "ec", "pkcs8", "openssh", "openssh-encrypted", "pkcs8-encrypted", "dsa", "pgp"}) {
    rules::Example example{.text = "{pem:" + std::string(kind) + "}"};
    std::string block = rules::expand_example("test.key", example)->text;
    auto key = parse_pem_key(block);
    INFO(kind);
    REQUIRE(key);
    CHECK(key->encrypted == std::string_view(kind).ends_with("encrypted"));
    std::string one_line;
    for (char c : block) one_line += c == '\n' ? std::string("\\n") : std::string(1, c);
    CHECK(parse_pem_key(one_line));
    std::string in_code;
    for (char c : block) in_code += c == '\n' ? std::string("\\n\" +\n    \"") : std::string(1, c);
    CHECK(parse_pem_key(in_code));
    std::string cut = block;
    cut.erase(cut.find('\n') + 10, 60);
    CHECK_FALSE(parse_pem_key(cut));
  }
  CHECK_FALSE(parse_pem_key(""));
  CHECK_FALSE(
      parse_pem_key("-----BEGIN RSA PRIVATE KEY-----\nMIIE...\n-----END RSA PRIVATE KEY-----"));
  CHECK_FALSE(parse_pem_key("-----BEGIN PRIVATE KEY-----\nYWJj\n-----END PRIVATE KEY-----"));
}

TEST_CASE("Half a credential is of medium confidence at most") {
  auto loaded = load(pattern("pair", "anchors = [\"kid_\"]\nregex = ''' \\b (?P<secret> kid_[0-9a-z]{8} ) \\b '''") +
                     "[[pattern.companion]]\nname = \"key\"\nregex = ''' key=(?P<key> [0-9a-z]{12} ) '''\nwithin = 40\nsecret = true\nother_half = true\n");
  auto engine = Engine::compile(loaded.rules);
  REQUIRE(engine);
  for (const auto& [text, level] : std::vector<std::pair<std::string, model::Confidence>>{
           {"kid_q7k2m9x4", model::Confidence::kMedium}, {"kid_q7k2m9x4 key=8fj3k2m9x7q1", model::Confidence::kHigh}}) {
    ValueTable values;
    Scanner scanner(**engine, values, {});
    Notes notes;
    scanner.scan(text, notes);
    REQUIRE(notes.size() == 1);
    CHECK(values[notes[0].value].confidence == level);
  }
}

TEST_CASE("What rules cost") {
  auto loaded = load(pattern("token", kToken));
  auto engine = Engine::compile(loaded.rules);
  REQUIRE(engine);
  CostMeter meter(**engine);
  meter.scan("tok_q7k2m9x4 stok_ tok_");
  meter.scan("nothing");
  CostMeter::Report report = meter.report();
  CHECK(report.bytes == 30);
  REQUIRE(report.patterns.size() == 1);
  CHECK(report.patterns[0].hits == 1);  // what no match can follow is no hit
  CHECK(report.patterns[0].tried == 1);
  CHECK(report.patterns[0].findings == 1);
  REQUIRE(report.patterns[0].anchors.size() == 1);
  CHECK(report.patterns[0].anchors[0].text == "tok_");
}

}  // namespace
}  // namespace keywake::matching
