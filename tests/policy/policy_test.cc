// Baseline, keywake.toml and the files of other tools: what each leaves out, and what becomes of bad and hostile ones.
#include "policy/policy.h"

#include <fmt/format.h>

#include <chrono>
#include <map>

#include "base/hash.h"
#include "catch.h"
#include "policy/baseline.h"
#include "policy/settings.h"

namespace {

using namespace keywake;
using namespace keywake::policy;

constexpr std::int64_t kNow = 1'790'000'000;  // 2026-09-21
const std::string kKey(32, 'k');

Place place(std::string_view path, std::string_view secret, std::string_view pattern = "acme.key", std::uint32_t line = 1) {
  Place out;
  out.path = path;
  out.secret = secret;
  out.pattern = pattern;
  out.line = line;
  return out;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::shared_ptr<const Policy> policy_of(const std::map<std::string, std::string>& files, const std::string& betterleaks_key = "") {
  Policy::Options options;
  options.betterleaks_key = betterleaks_key;
  options.key = kKey;
  options.now = kNow;
  return Policy::load(
      [&](std::string_view path, std::size_t) -> Result<std::optional<std::string>> {
        const auto found = files.find(std::string(path));
        return found == files.end() ? std::optional<std::string>() : std::optional(found->second);
      },
      options);
}

BaselineFile baseline_with(std::string_view secret, std::optional<std::int64_t> expires = std::nullopt) {
  BaselineFile file;
  file.id = key_id(kKey);
  const auto hasher = Baseline::make(file, kKey, "b", kNow);
  file.entries[(*hasher)->hash(secret)] = {"acme.key", "known", "robin", "2026-09-01", expires};
  return file;
}

}  // namespace

TEST_CASE("A baseline recognises a value wherever it stands, by its key alone, and until it expires") {
  const BaselineFile file = baseline_with("value-1");
  const std::string text = write_baseline(file);
  CHECK(text.find("value-1") == std::string::npos);
  CHECK(text.find(to_hex(sha256("value-1"))) == std::string::npos);
  const auto again = read_baseline(text, "b");
  REQUIRE(again);
  CHECK(write_baseline(*again) == text);

  const auto policy = policy_of({{".keywake-baseline.json", text}});
  CHECK(policy->by(place("anywhere", "value-1")) == "baseline");
  CHECK(policy->by(place("", "value-1", "other.id")) == "baseline");
  CHECK_FALSE(policy->by(place("anywhere", "value-2")));

  const auto wrong = Baseline::make(file, std::string(32, 'x'), "b", kNow);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message.find("not the one") != std::string::npos);

  const std::int64_t today = *day_of("2026-09-21");
  CHECK(policy_of({{".keywake-baseline.json", write_baseline(baseline_with("v", today))}})->by(place("a", "v")) == "baseline");
  CHECK_FALSE(policy_of({{".keywake-baseline.json", write_baseline(baseline_with("v", today - 1))}})->by(place("a", "v")));
}

TEST_CASE("A baseline without a key hashes slowly, by the salt in the file") {
  BaselineFile file;
  file.scheme = Scheme::kSlow;
  file.id = std::string(32, 'a');
  auto hasher = Baseline::make(file, "", "b", kNow);
  REQUIRE(hasher);
  const auto started = std::chrono::steady_clock::now();
  const std::string hash = (*hasher)->hash("value-1");
  CHECK(std::chrono::steady_clock::now() - started > std::chrono::milliseconds(10));
  CHECK(hash.size() == 64);
  file.entries[hash] = {"acme.key", "known", "robin", "2026-09-01", std::nullopt};
  const auto slow = Baseline::make(file, "", "b", kNow);
  Place known = place("a", "value-1");
  CHECK((*slow)->by(known) == "baseline");
  known.would_be_reported = false;  // what nobody would see is not worth the time
  CHECK_FALSE((*slow)->by(known));
  file.id[0] = 'b';
  CHECK((*Baseline::make(file, "", "b", kNow))->hash("value-1") != hash);
}

TEST_CASE("Bad baselines are named, and leave nothing out") {
  const std::string good = write_baseline(baseline_with("v"));
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  struct Row {
    std::string text;
    const char* says;
  };
  const Row rows[] = {
      {"", "not JSON"},
      {std::string("\0\x01\xff", 3), "not JSON"},
      {std::string(1'000'000, '['), "not JSON"},
      {"<<<<<<< HEAD\n" + good, "b:1: holds the marks of a merge"},
      {with("\"version\": 1", "\"version\": 2"), "version is not 1"},
      {with("hmac-sha256", "md5"), "there are hmac-sha256 and scrypt"},
      {with("\"known\"", "\"\""), "\"reason\" is missing"},
      {with("\"who\"", "\"whom\""), "unknown member \"whom\""},
      {with("\"hash\":\"", "\"hash\":\"zz"), "64 hexadecimal digits"},
      {std::string(kMaxFile + 1, ' '), "larger than"},
  };
  for (const Row& row : rows) {
    const auto read = read_baseline(row.text, "b");
    REQUIRE_FALSE(read);
    INFO(read.error().message);
    CHECK(read.error().message.find(row.says) != std::string::npos);
    const auto policy = policy_of({{".keywake-baseline.json", row.text}});
    CHECK_FALSE(policy->by(place("a", "v")));
    REQUIRE(policy->notes().size() == 1);
    CHECK(policy->notes()[0].failed);
  }
}

TEST_CASE("keywake.toml allows by path and pattern, with a reason, until it expires") {
  const auto policy = policy_of({{"keywake.toml",
                                  "[[allow]]\npaths = [\"docs/**\", \"*.md\"]\npatterns = [\"acme.*\"]\nreason = \"printed\"\n"
                                  "[[allow]]\npaths = [\"old\"]\nreason = \"was\"\nexpires = 2026-09-20\n"
                                  "[[allow]]\npatterns = [\"test.key\"]\nreason = \"made up\"\nexpires = \"2026-09-21\"\n"}});
  CHECK(policy->notes().empty());
  CHECK(policy->by(place("docs/a/b.txt", "v")) == "keywake.toml");
  CHECK(policy->by(place("x/README.md", "v")) == "keywake.toml");
  CHECK_FALSE(policy->by(place("docs/a/b.txt", "v", "stripe.key")));
  CHECK_FALSE(policy->by(place("src/docs.txt", "v")));
  CHECK_FALSE(policy->by(place("", "v")));
  CHECK_FALSE(policy->by(place("old", "v")));
  CHECK(policy->by(place("any", "v", "test.key")) == "keywake.toml");
}

TEST_CASE("Bad keywake.toml: file, line and remedy") {
  struct Row {
    std::string text;
    const char* says;
  };
  const Row rows[] = {
      {"[[allow]]\npaths = [\"a\"]\n", "keywake.toml:1: \"reason\" is missing"},
      {"[[allow]]\npaths = [\"a\"]\nreason = \"<why>\"\n", "keywake.toml:1: \"reason\" is missing"},
      {"\n[[allow]]\nreason = \"x\"\n", "would allow everything"},
      {"[[allow]]\npath = [\"a\"]\n", "keywake.toml:2: unknown key \"path\"; did you mean \"paths\"?"},
      {"[[alow]]\n", "unknown key \"alow\"; did you mean \"allow\"?"},
      {"[allow]\n", "with two brackets"},
      {"[[allow]]\npaths = \"a\"\nreason = \"x\"\n", "keywake.toml:2: \"paths\" is a list of globs"},
      {"[[allow]]\npaths = [\"a\"]\nreason = \"x\"\nexpires = \"soon\"\n", "keywake.toml:4: \"expires\" is a date"},
      {"[policy]\ntrust_changes = \"yes\"\n", "is true or false"},
      {"a = [", "keywake.toml:1: not TOML"},
      {"a = " + std::string(200'000, '['), "not TOML"},
      {std::string("\0\xff\xfe", 3), "not TOML"},
      {std::string(kMaxFile + 1, '#'), "larger than"},
      {"[[allow]]\npaths = [\"" + std::string(5'000, '*') + "\"]\nreason = \"x\"\n", "a glob of more than"},
  };
  for (const Row& row : rows) {
    INFO(row.text.substr(0, 100));
    const auto read = read_settings(row.text, "keywake.toml", kNow);
    REQUIRE_FALSE(read);
    INFO(read.error().message);
    CHECK(read.error().message.find(row.says) != std::string::npos);
  }
  // What takes a backtracking matcher years.
  std::string glob;
  for (int i = 0; i < 60; ++i) glob += "**a*";
  const auto started = std::chrono::steady_clock::now();
  const auto policy = policy_of({{"keywake.toml", "[[allow]]\npaths = [\"" + glob + "b\"]\nreason = \"x\"\n"}});
  CHECK_FALSE(policy->by(place(std::string(4'000, 'a'), "v")));
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
}

TEST_CASE("Files of other tools") {
  const std::string value = "value-of-somebody";
  SECTION("fingerprints of gitleaks and Betterleaks") {
    const std::string commit(40, 'a');
    const auto policy = policy_of({{".gitleaksignore", "# comment\n" + commit + ":src/a.py:github-pat:7\nsrc/b.py:generic-api-key:3\n\nnonsense\n:::\n"}});
    Place a = place("src/a.py", value, "acme.key", 7);
    CHECK_FALSE(policy->by(a));
    a.commit = commit;
    CHECK(policy->by(a) == ".gitleaksignore");
    CHECK(policy->by(place("src/b.py", value, "acme.key", 3)) == ".gitleaksignore");
    CHECK_FALSE(policy->by(place("src/b.py", value, "acme.key", 4)));
  }
  SECTION("a place as Windows writes it") {
    const auto policy = policy_of({{".gitleaksignore", "src\\a.py:github-pat:7\n"}});
    CHECK(policy->by(place("src/a.py", value, "acme.key", 7)) == ".gitleaksignore");
    CHECK(policy->notes().empty());
  }
  SECTION("fingerprints of values, as Betterleaks 2.0.0-rc.4 makes them") {
    const std::string plain = to_hex(sha256(value));
    const std::string keyed = "hmac-sha256:" + to_hex(hmac("sha256", "made-up key", "second"));
    std::string capitals = plain;
    for (char& c : capitals) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
    for (const std::string& digits : {plain, capitals}) {
      const auto policy = policy_of({{".betterleaksignore", "# why\n  " + digits + "  \n" + keyed + "\nsrc/b.py:generic-api-key:3\n"}}, "made-up key");
      CHECK(policy->notes().empty());
      CHECK(policy->by(place("anywhere", value)) == ".betterleaksignore");
      CHECK(policy->by(place("", value)) == ".betterleaksignore");
      CHECK(policy->by(place("a", "second")) == ".betterleaksignore");
      CHECK(policy->by(place("src/b.py", "third", "acme.key", 3)) == ".betterleaksignore");  // of Betterleaks 1
      CHECK_FALSE(policy->by(place("a", "third")));
    }
    const auto without = policy_of({{".betterleaksignore", keyed + "\n"}});
    CHECK_FALSE(without->by(place("a", "second")));
    REQUIRE(without->notes().size() == 1);
    CHECK(without->notes()[0].reason.find("BETTERLEAKS_FINGERPRINT_HMAC_KEY") != std::string::npos);
    CHECK_FALSE(policy_of({{".betterleaksignore", keyed + "\n"}}, "another")->by(place("a", "second")));
    // What it warns of, and passes over.
    const auto bad = policy_of({{".betterleaksignore", "sha256:" + plain + "\n" + plain + " # why\n" + plain.substr(1) + "\n"}});
    CHECK_FALSE(bad->by(place("a", value)));
    CHECK(bad->notes().size() == 3);
    // In gitleaks' file they mean nothing.
    CHECK_FALSE(policy_of({{".gitleaksignore", plain + "\n"}})->by(place("a", value)));
  }
  SECTION("allowlists of gitleaks: what is for some rules, and what regexes are tried on") {
    const auto policy = policy_of({{".gitleaks.toml",
                                    "[[allowlists]]\ntargetRules = ['Our_Key', 'x']\npaths = ['.*']\n"
                                    "[[allowlists]]\nregexTarget = 'line'\nregexes = ['^only here']\n"
                                    "[[allowlists]]\nregexTarget = 'match'\nregexes = ['^key = ']\n"
                                    "[[rules]]\nid = 'x'\nregex = 'y'\n[[rules.allowlists]]\npaths = ['.*']\n"}});
    CHECK_FALSE(policy->by(place("a", value)));
    CHECK(policy->by(place("a", value, "gitleaks.our-key")) == ".gitleaks.toml");
    Place on_line = place("a", value);
    on_line.line_text = "only here: value";
    CHECK(policy->by(on_line) == ".gitleaks.toml");
    on_line.line_text = "key = value";
    CHECK_FALSE(policy->by(on_line));
    REQUIRE(policy->notes().size() == 3);
    CHECK(policy->notes()[0].reason.find("line 1: its targetRules") != std::string::npos);
    CHECK(policy->notes()[1].reason.find("line 7: its regexes are tried on the credential alone") != std::string::npos);
    CHECK(policy->notes()[2].reason.find("in 1 of them") != std::string::npos);
  }
  SECTION("allowlists of gitleaks") {
    const auto policy = policy_of({{".gitleaks.toml",
                                    "title = 'x'\n[extend]\nuseDefault = true\n[allowlist]\npaths = ['''vendor/.*''']\nstopwords = ['EXAMPLEWORD']\n"
                                    "[[allowlists]]\ncondition = 'AND'\npaths = ['tests/']\nregexes = ['^value-', '(?=x)']\n"
                                    "[[allowlists]]\ntargetRules = ['github-pat']\npaths = ['.*']\n"}});
    CHECK(policy->by(place("vendor/a", value)) == ".gitleaks.toml");
    CHECK(policy->by(place("a", "has-exampleword-in-it")) == ".gitleaks.toml");
    CHECK(policy->by(place("tests/a", value)) == ".gitleaks.toml");
    CHECK_FALSE(policy->by(place("tests/a", "other")));
    CHECK_FALSE(policy->by(place("a", value)));
    REQUIRE(policy->notes().size() == 2);  // what RE2 cannot express, and rules that have other names here
    CHECK_FALSE(policy->notes()[0].failed);
  }
  SECTION("a baseline of detect-secrets") {
    const auto policy =
        policy_of({{".secrets.baseline", fmt::format(R"({{"version":"1.5.0","results":{{"a.py":[{{"type":"T","filename":"a.py","hashed_secret":"{}","line_number":1}}]}}}})", to_hex(sha1(value)))}});
    CHECK(policy->by(place("a.py", value)) == ".secrets.baseline");
    CHECK_FALSE(policy->by(place("b.py", value)));
    CHECK_FALSE(policy->by(place("a.py", "other")));
    // As version 1.5.0 writes it of a GitHub token: the hash is that of "ghp".
    const auto github =
        policy_of({{".secrets.baseline", fmt::format(R"({{"results":{{"a.env":[{{"type":"GitHub Token","hashed_secret":"{}","line_number":2}}]}}}})", to_hex(sha1("ghp")))}});
    CHECK(github->by(place("a.env", "ghp_made-up", "acme.key", 2)) == ".secrets.baseline");
    CHECK_FALSE(github->by(place("a.env", "ghp_made-up", "acme.key", 3)));
    CHECK_FALSE(github->by(place("a.env", "gho_made-up", "acme.key", 2)));
  }
  SECTION("what detect-secrets 1.5 hashes of keys and tokens is their beginning") {
    const auto entry = [](std::string_view type, std::string_view hashed, unsigned line) {
      return fmt::format(R"({{"type":"{}","filename":"a","hashed_secret":"{}","is_verified":false,"line_number":{}}})", type, to_hex(sha1(hashed)), line);
    };
    const auto policy = policy_of({{".secrets.baseline", fmt::format(R"({{"results":{{"a":[{},{},{}]}}}})", entry("Private Key", "BEGIN RSA PRIVATE KEY", 4), entry("GitLab Token", "glpat", 9),
                                                                     entry("Azure Storage Account access key", "AccountKey=" + value, 12))}});
    const std::string key = "-----BEGIN RSA PRIVATE KEY-----\nmade up\n-----END RSA PRIVATE KEY-----";
    CHECK(policy->by(place("a", key, "private-key.rsa", 4)) == ".secrets.baseline");
    CHECK_FALSE(policy->by(place("a", key, "private-key.rsa", 5)));
    CHECK_FALSE(policy->by(place("b", key, "private-key.rsa", 4)));
    CHECK_FALSE(policy->by(place("a", "-----BEGIN EC PRIVATE KEY-----\nmade up\n-----END EC PRIVATE KEY-----", "private-key.ec", 4)));
    CHECK(policy->by(place("a", "glpat-made-up", "gitlab.pat", 9)) == ".secrets.baseline");
    CHECK_FALSE(policy->by(place("a", "glpat-made-up", "gitlab.pat", 4)));
    CHECK_FALSE(policy->by(place("a", "BEGIN RSA PRIVATE KEY-and more", "acme.key", 9)));
    CHECK(policy->by(place("a", value, "azure.storage", 1)) == ".secrets.baseline");
  }
  SECTION("ggshield's settings, both versions") {
    const auto policy = policy_of({{".gitguardian.yaml", "version: 2\nsecret:\n  ignored_paths: ['doc/*']\n  ignored_matches:\n    - name: x\n      match: " +
                                                             to_hex(sha256(value + ",apikey")) + "\n    - {name: y, match: " + to_hex(sha256("second")) + "}\n"},
                                   {".gitguardian.yml", "paths-ignore: ['old/**']\nmatches-ignore:\n  - third\n"}});
    CHECK(policy->by(place("a", value)) == ".gitguardian.yaml");
    CHECK(policy->by(place("a", "second")) == ".gitguardian.yaml");
    CHECK(policy->by(place("doc/a", "any")) == ".gitguardian.yaml");
    CHECK(policy->by(place("old/b/c", "any")) == ".gitguardian.yml");
    CHECK(policy->by(place("a", "third")) == ".gitguardian.yml");
    CHECK_FALSE(policy->by(place("a", "fourth")));
  }
  SECTION("GitHub's paths") {
    const auto policy = policy_of({{".github/secret_scanning.yml", "paths-ignore:\n  - \"docs/**\"\n"}});
    CHECK(policy->by(place("docs/a", value)) == "secret_scanning.yml");
    CHECK_FALSE(policy->by(place("src/a", value)));
  }
  SECTION("damaged and hostile ones are notes, and leave nothing out") {
    std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c < 'k'; ++c) bomb += fmt::format("{}: &{} [*{},*{},*{},*{},*{},*{},*{},*{}]\n", c, c, char(c - 1), char(c - 1), char(c - 1), char(c - 1), char(c - 1), char(c - 1), char(c - 1), char(c - 1));
    for (const auto& [file, text] : std::map<std::string, std::string>{{".gitleaks.toml", "a = ["},
                                                                      {".secrets.baseline", "{\"results\":" + std::string(4'000'000, '[')},
                                                                      {".gitguardian.yaml", bomb},
                                                                      {".gitguardian.yml", "\t: : ["},
                                                                      {"gitleaks.toml", "a" + repeated(".a", 100'000) + " = 1\n"},
                                                                      {".github/secret_scanning.yml", std::string(20'000, '[')}}) {
      INFO(file);
      const auto policy = policy_of({{file, text}});
      CHECK_FALSE(policy->by(place("a", value)));
      REQUIRE(policy->notes().size() == 1);
      CHECK_FALSE(policy->notes()[0].failed);
    }
  }
}

TEST_CASE("what is beyond a file's bounds is said, not dropped") {
  const auto globs = [](std::size_t count) {
    std::string out = "paths-ignore:\n";
    for (std::size_t i = 0; i < count; ++i) out += fmt::format("  - d{}/x\n", i);
    return out;
  };
  CHECK(policy_of({{".github/secret_scanning.yml", globs(kMaxExpressions)}})->notes().empty());
  const auto policy = policy_of({{".github/secret_scanning.yml", globs(kMaxExpressions + 5)}});
  REQUIRE(policy->notes().size() == 1);
  CHECK(policy->notes()[0].reason == "not honoured: all globs beyond the first 2,000");
  CHECK(policy->by(place("d1999/x", "v")));
  CHECK_FALSE(policy->by(place("d2000/x", "v")));

  const auto note = [](const std::string& glob) { return policy_of({{".github/secret_scanning.yml", "paths-ignore: ['" + glob + "']\n"}})->notes().at(0).reason; };
  CHECK(note(std::string(5'000, 'a')).find("a glob of more than 4096 bytes") != std::string::npos);
  CHECK(note(std::string(2'500, '?')).find("a glob that would take too long") != std::string::npos);

  // Twenty notes of a file, and how many more there are.
  const auto many = policy_of({{".gitleaksignore", repeated("nonsense\n", 50)}});
  REQUIRE(many->notes().size() == 21);
  CHECK(many->notes().back().reason == "not honoured: and 30 more");
}

TEST_CASE("the expressions of one file share what they may take, in however many lists") {
  const std::string list = "[[allowlists]]\nregexes = [" + repeated("'x[a-z]{0,900}z',", 20) + "]\n";
  CHECK(policy_of({{".gitleaks.toml", list}})->notes().empty());
  const auto policy = policy_of({{".gitleaks.toml", repeated(list, 4)}});
  REQUIRE_FALSE(policy->notes().empty());
  CHECK(policy->notes()[0].reason.find("too long, by itself or with those before it in this file") != std::string::npos);
}

TEST_CASE("files that would take a parser's stack or hours are refused at once") {
  const auto started = std::chrono::steady_clock::now();
  for (const char* file : {".keywake-baseline.json", ".secrets.baseline"}) {
    for (const std::string_view unit : {"[", "{\"a\":"}) {
      const auto policy = policy_of({{file, repeated(unit, kMaxFile / unit.size())}});
      REQUIRE(policy->notes().size() == 1);
    }
  }
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(1));
  CHECK(read_settings("a" + repeated(".a", 100'000) + " = 1\n", "keywake.toml", kNow).error().message.find("too many dotted parts") != std::string::npos);
  CHECK(read_settings("a" + repeated(".\"=\".a", 50'000) + " = 1\n", "keywake.toml", kNow).error().message.find("too many dotted parts") != std::string::npos);
  CHECK(policy_of({{".gitguardian.yaml", repeated("[ # ]\n", 40'000)}})->notes().size() == 1);
  CHECK(read_settings("[[allow]]\npaths = [\"" + repeated("a.b/", 200) + "\"]\nreason = \"x\"\n", "keywake.toml", kNow).has_value());
  const auto policy = policy_of({{".gitleaks.toml", "[allowlist]\nregexes = [" + repeated("'(x|y1)*[a-z]{0,900}z',", 1000) + "]\n"}});
  REQUIRE(policy->notes().size() >= 1);
  CHECK(policy->notes()[0].reason.find("too long") != std::string::npos);
}
