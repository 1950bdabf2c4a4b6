// What a provider, a network or a scanned text can do wrong: never a verdict of dead, never a secret where it does not belong.
#include <chrono>

#include "catch.h"
#include "provider_helper.h"
#include "rules/validator_file.h"
#include "validation/ask.h"
#include "validation/validate.h"

namespace keywake::validation {
namespace {

using model::Verdict;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::string_view kValidators = R"(
[[validator]]
id        = "acme.me"
validates = ["acme.token"]
docs      = "https://docs.acme.test"
hosts     = ["api.acme.test"]
rate      = 10000
parallel  = 64
[[validator.request]]
url    = "https://api.acme.test/me"
bearer = "{secret}"
[[validator.request.verdict]]
status = 200
is     = "live"
take   = { owner = "json:/name" }
[[validator.request.verdict]]
status = 401
is     = "dead"

[[validator]]
id        = "acme.self-hosted"
validates = ["acme.self-hosted"]
docs      = "https://docs.acme.test"
hosts     = ["{host}"]
[[validator.request]]
url    = "https://{host}/me"
bearer = "{secret}"
[[validator.request.verdict]]
status = 200
is     = "live"
[[validator.request.verdict]]
status = 401
is     = "dead"

[[validator]]
id        = "acme.hook"
validates = ["acme.hook"]
docs      = "https://docs.acme.test"
hosts     = ["hooks.acme.test"]
[[validator.request]]
url    = "{secret}"
[[validator.request.verdict]]
status = 200
is     = "live"
)";

const model::Validator& validator(std::string_view id) {
  static const rules::LoadedValidators loaded = [] {
    rules::LoadedValidators out;
    rules::load_validator_text(kValidators, "acme.toml", out);
    return out;
  }();
  REQUIRE(loaded.problems.empty());
  for (const model::Validator& each : loaded.validators) {
    if (each.id == id) return each;
  }
  throw std::runtime_error("no such validator");
}

struct Setting {
  testing::Provider provider{{"api.acme.test", "hooks.acme.test", "localhost", "git.victim.test"}};
  AskOptions options;

  Setting() {
    options.client = provider.options();
    options.first_back_off = milliseconds(2);
  }
  model::Validation ask_about(std::string_view id, std::string_view secret, std::vector<model::Part> parts = {}) {
    const Secret held(secret);
    const Question question{&validator(id), &held, &parts};
    auto result = ask({&question, 1}, options, [](const AskProgress&) {});
    REQUIRE(result);
    return result->front();
  }
};

constexpr std::string_view kSecret = "acme-0123456789-not-a-secret";

TEST_CASE("faults: whatever goes wrong is unknown or blocked, with the reason, and never dead") {
  Setting setting;
  struct Row {
    std::string name;
    json answers;
    Verdict verdict;
    std::string reason;
    std::size_t requests;
  };
  const std::vector<Row> rows{
      {"works", {{{"status", 200}, {"body", R"({"name":"ada"})"}}}, Verdict::kLive, "200", 1},
      {"dead", {{{"status", 401}}}, Verdict::kDead, "401", 1},
      {"stalled", {{{"stall", 30}}}, Verdict::kUnknown, "timed out", 4},
      {"slow for ever", {{{"drip", 0.05}, {"bytes", 1000}}}, Verdict::kUnknown, "timed out", 4},
      {"cut off", {{{"cut", true}, {"bytes", 1000}}}, Verdict::kUnknown, "", 4},
      {"no HTTP", {{{"garbage", true}}}, Verdict::kUnknown, "", 4},
      {"closed", {{{"close", true}}}, Verdict::kUnknown, "", 4},
      {"giant body", {{{"bytes", 5'000'000}}}, Verdict::kUnknown, "larger than", 1},
      {"compressed bomb", {{{"bomb", 16 << 20}}}, Verdict::kUnknown, "larger than", 1},
      {"no JSON", {{{"status", 200}, {"body", "<html>"}}}, Verdict::kLive, "200", 1},
      {"server error", {{{"status", 503}}}, Verdict::kUnknown, "503", 4},
      {"server error, then well", {{{"status", 502}}, {{"status", 200}}}, Verdict::kLive, "200", 2},
      {"too many", {{{"status", 429}}}, Verdict::kBlocked, "429", 4},
      {"too many, then well", {{{"status", 429}, {"headers", {{"Retry-After", "1"}}}}, {{"status", 401}}}, Verdict::kDead, "401", 2},
      {"too many, for an hour", {{{"status", 429}, {"headers", {{"Retry-After", "3600"}}}}}, Verdict::kBlocked, "429", 1},
      {"forbidden", {{{"status", 403}}}, Verdict::kUnknown, "403", 1},
      {"moved", {{{"status", 302}, {"headers", {{"Location", "https://hooks.acme.test/take"}}}}}, Verdict::kUnknown, "302", 1},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    setting.provider.answers(row.answers);
    // Short only where it must run out: a loaded machine answers late.
    setting.options.client.timeout = row.reason == "timed out" ? milliseconds(400) : milliseconds(10'000);
    const auto began = std::chrono::steady_clock::now();
    const model::Validation result = setting.ask_about("acme.me", kSecret);
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(60));  // of the hour that one asks for
    INFO(result.reason);
    CHECK(model::name(result.verdict) == model::name(row.verdict));
    CHECK(result.reason.find(row.reason) != std::string::npos);
    CHECK(result.reason.find(kSecret) == std::string::npos);
    const json requests = setting.provider.requests();
    CHECK(requests.size() == row.requests);
    for (const json& request : requests) {
      CHECK(request["path"] == "/me");
      CHECK(request["headers"]["authorization"] == "Bearer " + std::string(kSecret));
    }
  }
}

TEST_CASE("faults: nobody there, no such name, no trust") {
  Setting setting;
  SECTION("nobody listens") {
    setting.options.client.connect_to = {"::127.0.0.1:1"};
    const model::Validation result = setting.ask_about("acme.me", kSecret);
    CHECK(result.verdict == Verdict::kUnknown);
    INFO(result.reason);
    CHECK(result.reason.find("connect") != std::string::npos);
  }
  SECTION("the name does not resolve") {
    setting.options.client.connect_to.clear();
    const model::Validation result = setting.ask_about("acme.me", kSecret);
    CHECK(result.verdict == Verdict::kUnknown);
    INFO(result.reason);
    CHECK(result.reason.find("resolve") != std::string::npos);
  }
  SECTION("an authority that nobody trusts") {
    setting.options.client.ca_file.clear();
    const model::Validation result = setting.ask_about("acme.me", kSecret);
    CHECK(result.verdict == Verdict::kUnknown);
    INFO(result.reason);
    CHECK(result.reason.find("certificate") != std::string::npos);
    CHECK(setting.provider.requests().empty());
  }
  SECTION("a certificate for another host") {
    const std::string port = std::to_string(setting.provider.port());
    setting.options.allowed = {"elsewhere.test"};
    const model::Validation result = setting.ask_about("acme.self-hosted", kSecret, {{"host", "elsewhere.test"}});
    CHECK(result.verdict == Verdict::kUnknown);
    CHECK(setting.provider.requests().empty());
  }
}

TEST_CASE("IPv6: a provider there is asked, and its private addresses are refused like others") {
  Setting setting;
  testing::Provider provider({"api.acme.test"}, {"--ipv6"});
  provider.answers({{{"status", 200}, {"body", R"({"name":"ada"})"}}});
  setting.options.client = provider.options();
  setting.options.client.connect_to = {"::[::1]:" + std::to_string(provider.port())};
  CHECK(setting.ask_about("acme.me", kSecret).verdict == Verdict::kLive);
  CHECK(provider.requests().size() == 1);
  // A name that leads there without the user's word.
  setting.options.client.connect_to = {"::ip6-localhost:" + std::to_string(provider.port())};
  CHECK(setting.ask_about("acme.me", kSecret).verdict != Verdict::kLive);
  CHECK(provider.requests().empty());
}

TEST_CASE("safety: a host that the scanned text names is asked only when the user allowed it") {
  Setting setting;
  setting.provider.answers({{{"status", 200}}});
  const std::vector<model::Part> parts{{"host", "git.victim.test"}};
  const model::Validation refused = setting.ask_about("acme.self-hosted", kSecret, parts);
  CHECK(refused.verdict == Verdict::kSkipped);
  CHECK(refused.reason.find("--allow-host git.victim.test") != std::string::npos);
  CHECK(setting.provider.answers({{{"status", 200}}}).empty());
  for (const std::string allowed : {"git.victim.test", "*.victim.test", "*"}) {
    setting.options.allowed = {allowed};
    CHECK(setting.ask_about("acme.self-hosted", kSecret, parts).verdict == Verdict::kLive);
    CHECK(setting.provider.answers({{{"status", 200}}}).size() == 1);
  }
  setting.options.allowed = {"git.victim.test"};
  for (const std::string host : {"git.victim.test.evil.test", "evil.test/git.victim.test", "user@evil.test", "git.victim.test@evil.test", "evil.test#git.victim.test",
                                 "evil.test?git.victim.test", "evil.test\\git.victim.test", "", "git.victim.test\r\nX: y", "[::1]"}) {
    INFO(host);
    const model::Validation result = setting.ask_about("acme.self-hosted", kSecret, {{"host", host}});
    CHECK((result.verdict == Verdict::kSkipped || result.verdict == Verdict::kUnvalidatable));
    CHECK(setting.provider.answers({{{"status", 200}}}).empty());
  }
}

TEST_CASE("safety: a secret that is an address is asked at its validator's hosts alone") {
  Setting setting;
  setting.provider.answers({{{"status", 200}}});
  CHECK(setting.ask_about("acme.hook", "https://hooks.acme.test/T1/B2").verdict == Verdict::kLive);
  CHECK(setting.provider.answers({{{"status", 200}}}).size() == 1);
  for (const std::string secret : {"https://evil.test/T1", "http://hooks.acme.test/T1", "https://hooks.acme.test@evil.test/", "https://user:pass@hooks.acme.test/",
                                   "https://hooks.acme.test:8443/T1", "file:///etc/passwd", "gopher://hooks.acme.test/", "https://hooks.acme.test.evil.test/"}) {
    INFO(secret);
    const model::Validation result = setting.ask_about("acme.hook", secret);
    CHECK((result.verdict == Verdict::kSkipped || result.verdict == Verdict::kUnvalidatable));
    CHECK(setting.provider.answers({{{"status", 200}}}).empty());
  }
}

TEST_CASE("safety: addresses that are not public are refused after the name was resolved") {
  Setting setting;
  setting.provider.answers({{{"status", 200}}});
  setting.options.client.connect_to.clear();
  setting.options.allowed = {"*"};
  const std::vector<model::Part> here{{"host", "localhost:" + std::to_string(setting.provider.port())}};
  const model::Validation refused = setting.ask_about("acme.self-hosted", kSecret, here);
  CHECK(refused.verdict == Verdict::kSkipped);
  INFO(refused.reason);
  CHECK(refused.reason.find("not public") != std::string::npos);
  CHECK(setting.provider.answers({{{"status", 200}}}).empty());
  for (const std::string address : {"127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "0", "10.0.0.1", "169.254.169.254", "192.168.1.1"}) {
    INFO(address);
    const model::Validation result = setting.ask_about("acme.self-hosted", kSecret, {{"host", address + ":" + std::to_string(setting.provider.port())}});
    CHECK((result.verdict == Verdict::kSkipped || result.verdict == Verdict::kUnvalidatable));
  }
  setting.options.client.allow_private = true;
  CHECK(setting.ask_about("acme.self-hosted", kSecret, here).verdict == Verdict::kLive);
  const model::Validation metadata = setting.ask_about("acme.self-hosted", kSecret, {{"host", "169.254.169.254"}});
  CHECK(metadata.verdict == Verdict::kSkipped);
}

TEST_CASE("safety: a canary is not touched unless the user says so") {
  Setting setting;
  setting.provider.answers({{{"status", 200}, {"body", R"({"name":"ada"})"}}});
  const Validators validators = *Validators::load({}, std::vector<rules::BuiltinFile>{{"acme.toml", kValidators}});
  model::Pattern pattern;
  pattern.id = "acme.token";
  model::Credential credential;
  credential.pattern = &pattern;
  credential.secret = Secret(kSecret);
  credential.parts = {{"canary", "canarytokens.org", false}};
  ValidateOptions options;
  options.ask = setting.options;
  for (const bool touch : {false, true}) {
    options.touch_canaries = touch;
    REQUIRE(validate(std::span(&credential, 1), validators, options, [](const AskProgress&) {}));
    CHECK(credential.validation->verdict == (touch ? Verdict::kLive : Verdict::kSkipped));
    CHECK(setting.provider.answers({{{"status", 200}}}).size() == (touch ? 1 : 0));
  }
}

TEST_CASE("safety: a line break in a secret makes no header") {
  Setting setting;
  const model::Validation result = setting.ask_about("acme.me", "acme-\r\nX-Evil: 1");
  CHECK(result.verdict == Verdict::kUnvalidatable);
  CHECK(setting.provider.requests().empty());
}

TEST_CASE("many: each credential is asked exactly once, and the deadline is kept") {
  Setting setting;
  constexpr std::size_t kMany = 1500;
  std::vector<Secret> secrets;
  const std::vector<model::Part> parts;
  for (std::size_t i = 0; i < kMany; ++i) secrets.emplace_back("acme-" + std::to_string(i));
  std::vector<Question> questions;
  for (const Secret& secret : secrets) questions.push_back({&validator("acme.me"), &secret, &parts});
  SECTION("all of them") {
    setting.provider.answers({{{"status", 200}, {"body", R"({"name":"ada"})"}}});
    const auto results = ask(questions, setting.options, [](const AskProgress&) {});
    REQUIRE(results);
    std::map<std::string, int> asked;
    for (const json& request : setting.provider.requests()) ++asked[request["headers"]["authorization"]];
    CHECK(asked.size() == kMany);
    for (const auto& [secret, times] : asked) CHECK(times == 1);
    for (const model::Validation& result : *results) CHECK(result.verdict == Verdict::kLive);
  }
  SECTION("until the deadline") {
    setting.provider.answers({{{"stall", 5}}});
    setting.options.deadline = std::chrono::seconds(1);
    const auto began = std::chrono::steady_clock::now();
    const auto results = ask(questions, setting.options, [](const AskProgress&) {});
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(30));  // of the two minutes that the answers would take
    REQUIRE(results);
    for (const model::Validation& result : *results) CHECK(result.verdict == Verdict::kUnknown);
  }
}

}  // namespace
}  // namespace keywake::validation
