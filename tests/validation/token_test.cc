// Tokens and their issuer: a provider on loopback that publishes keys, and tokens signed in the test.
#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <sstream>

#include "authority_helper.h"
#include "base/base64.h"
#include "catch.h"
#include "crypto/keys.h"
#include "provider_helper.h"
#include "rules/validator_file.h"
#include "validation/ask.h"

namespace keywake::validation {
namespace {

using model::Verdict;
using nlohmann::json;

constexpr std::string_view kValidators = R"(
[[validator]]
id        = "acme.issuer"
validates = ["acme.token"]
scheme    = "jwt"
docs      = "https://docs.acme.test"
hosts     = ["id.acme.test"]
)";

std::string command(const std::string& line) {
  std::FILE* from = ::popen(line.c_str(), "r");
  std::string out;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, from)) > 0;) out.append(buffer, got);
  REQUIRE(::pclose(from) == 0);
  return out;
}

// The coordinates of a P-256 key are the last 64 bytes of its DER.
json jwk_of(const crypto::PrivateKey& key, const std::string& id) {
  const std::string der = key.public_der();
  const std::string_view point = std::string_view(der).substr(der.size() - 64);
  return {{"kty", "EC"}, {"crv", "P-256"}, {"kid", id}, {"x", base64url_encode(point.substr(0, 32))}, {"y", base64url_encode(point.substr(32))}};
}

struct Issuer {
  testing::Provider provider{{"id.acme.test", "keys.acme.test"}};
  std::string pem = command("openssl ecparam -name prime256v1 -genkey -noout");
  std::string other_pem = command("openssl ecparam -name prime256v1 -genkey -noout");
  rules::LoadedValidators loaded;
  AskOptions options;

  Issuer() {
    rules::load_validator_text(kValidators, "acme.toml", loaded);
    REQUIRE(loaded.problems.empty());
    options.client = provider.options();
    options.attempts = 1;
  }

  json keys(const std::string& id) const { return {{"keys", {jwk_of(*crypto::PrivateKey::from_pem(pem), id)}}}; }
  std::string token(std::int64_t expires_in, const std::string& key, const std::string& id = "k1", const std::string& issuer = "https://id.acme.test/") const {
    const json claims{{"iss", issuer}, {"sub", "svc-7"}, {"email", "shop@acme.test"}, {"scope", "read write"}, {"exp", std::time(nullptr) + expires_in}};
    return crypto::signed_token("jwt-es256", key, json{{"alg", "ES256"}, {"kid", id}}.dump(), claims.dump());
  }
  model::Validation asked(const std::string& token, const json& answers) {
    provider.answers(answers);
    const Secret secret(token);
    const std::vector<model::Part> parts;
    const Question question{&loaded.validators[0], &secret, &parts};
    return ask(std::span(&question, 1), options, [](const AskProgress&) {})->front();
  }
};

json found(const json& body) { return {{"status", 200}, {"body", body.dump()}}; }

TEST_CASE("a token is live when its issuer's published key verifies it, and is never shown") {
  Issuer issuer;
  const json discovery = found({{"issuer", "https://id.acme.test/"}, {"jwks_uri", "https://id.acme.test/keys"}});
  const std::string token = issuer.token(3600, issuer.pem);
  const model::Validation live = issuer.asked(token, {discovery, found(issuer.keys("k1"))});
  CHECK(live.verdict == Verdict::kLive);
  CHECK_THAT(live.reason, Catch::Contains("signed by its issuer"));
  const json requests = issuer.provider.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests.dump().find(token.substr(token.rfind('.') + 1)) == std::string::npos);
  auto fact = [&](std::string_view name) {
    for (const model::Fact& each : live.facts) {
      if (each.name == name) return each.values;
    }
    return std::vector<std::string>();
  };
  CHECK(fact("owner") == std::vector<std::string>{"svc-7"});
  CHECK(fact("email") == std::vector<std::string>{"shop@acme.test"});
  CHECK(fact("scopes") == std::vector<std::string>{"read", "write"});

  SECTION("signed by somebody else under its key's name: dead") {
    CHECK(issuer.asked(issuer.token(3600, issuer.other_pem), {discovery, found(issuer.keys("k1"))}).verdict == Verdict::kDead);
  }
  SECTION("its key is no longer shown: unknown") {
    CHECK(issuer.asked(token, {discovery, found(issuer.keys("k2"))}).verdict == Verdict::kUnknown);
  }
  SECTION("expired: dead, and nobody is asked") {
    const model::Validation result = issuer.asked(issuer.token(-100, issuer.pem), {discovery});
    CHECK(result.verdict == Verdict::kDead);
    CHECK_THAT(result.reason, Catch::Contains("expired on"));
    CHECK(issuer.provider.requests().empty());
  }
  SECTION("an issuer without discovery, with its keys at the usual place") {
    CHECK(issuer.asked(token, {{{"status", 404}}, found(issuer.keys("k1"))}).verdict == Verdict::kLive);
  }
  SECTION("an issuer that nobody allowed is not asked") {
    const model::Validation result = issuer.asked(issuer.token(3600, issuer.pem, "k1", "https://evil.test"), {discovery});
    CHECK(result.verdict == Verdict::kSkipped);
    CHECK(issuer.provider.requests().empty());
  }
  SECTION("an issuer that sends to keys elsewhere is not followed there") {
    const json elsewhere = found({{"jwks_uri", "https://keys.acme.test/"}});
    CHECK(issuer.asked(token, {elsewhere, found(issuer.keys("k1"))}).verdict == Verdict::kSkipped);
    CHECK(issuer.provider.requests().size() == 1);
  }
  SECTION("garbage instead of keys: unknown") {
    for (const char* body : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[1,{"kty":"RSA","kid":"k1","n":"!","e":""},{"kty":"EC","kid":"k1","crv":"P-256","x":"AA","y":"AA"}]})"}) {
      INFO(body);
      CHECK(issuer.asked(token, {discovery, {{"status", 200}, {"body", body}}}).verdict == Verdict::kUnknown);
    }
  }
  SECTION("signed with a shared key: nobody can tell") {
    const std::string shared = crypto::signed_token("jwt-hs256", "a shared key", R"({"alg":"HS256"})", R"({"iss":"https://id.acme.test"})");
    CHECK(issuer.asked(shared, {discovery}).verdict == Verdict::kUnvalidatable);
  }
}

}  // namespace
}  // namespace keywake::validation
