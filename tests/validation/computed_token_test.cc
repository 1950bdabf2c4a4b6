// The tokens that validators sign: a provider gets them, and whoever has the public key can tell that they are right.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/base64.h"
#include "base/hash.h"
#include "catch.h"
#include "crypto/keys.h"
#include "provider_helper.h"
#include "rules/validator_file.h"
#include "validation/ask.h"

namespace keywake::validation {
namespace {

using nlohmann::json;

std::string validators(const std::string& algorithm) {
  return R"(
[[validator]]
id        = "acme.app"
validates = ["acme.key"]
docs      = "https://docs.acme.test"
hosts     = ["api.acme.test"]
[[validator.request]]
url    = "https://api.acme.test/me"
bearer = "{token}"
[[validator.request.compute]]
name      = "token"
algorithm = ")" + algorithm + R"("
key       = "{secret}"
header    = { kid = "{id}" }
text      = '{"iss": "{id}", "iat": {now-60}, "exp": {now+600}}'
[[validator.request.verdict]]
status = 200
is     = "live"
)";
}

struct Token {
  std::string signed_text;
  json header;
  json claims;
  std::string signature;
};

// As the provider got it; asked with this key.
Token token_of(const std::string& algorithm, const std::string& key) {
  rules::LoadedValidators loaded;
  rules::load_validator_text(validators(algorithm), "acme.toml", loaded);
  REQUIRE(loaded.problems.empty());
  testing::Provider provider({"api.acme.test"});
  AskOptions options;
  options.client = provider.options();
  const Secret held(key);
  const std::vector<model::Part> parts{{"id", "app-\"7\""}};  // a quote must not end the claim
  const Question question{&loaded.validators[0], &held, &parts};
  const auto result = ask({&question, 1}, options, [](const AskProgress&) {});
  REQUIRE(result);
  INFO(result->front().reason);
  REQUIRE(model::name(result->front().verdict) == "live");
  const json requests = provider.requests();
  REQUIRE(requests.size() == 1);
  const std::string bearer = requests[0]["headers"]["authorization"];
  const std::string token = bearer.substr(std::string("Bearer ").size());
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  REQUIRE(second != std::string::npos);
  return {token.substr(0, second), json::parse(decode_base64(token.substr(0, first)).value()), json::parse(decode_base64(token.substr(first + 1, second - first - 1)).value()),
          decode_base64(token.substr(second + 1)).value()};
}

void check_claims(const Token& token, const std::string& algorithm) {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  CHECK(token.header == json{{"alg", algorithm}, {"typ", "JWT"}, {"kid", "app-\"7\""}});
  CHECK(token.claims["iss"] == "app-\"7\"");
  CHECK(token.claims["exp"].get<std::int64_t>() - token.claims["iat"].get<std::int64_t>() == 660);
  CHECK(std::abs(token.claims["iat"].get<std::int64_t>() + 60 - now) < 60);
}

std::string made(const std::string& command) {
  std::FILE* const out = ::popen((command + " 2>/dev/null").c_str(), "r");
  REQUIRE(out != nullptr);
  std::string text;
  for (int c = std::fgetc(out); c != EOF; c = std::fgetc(out)) text += static_cast<char>(c);
  ::pclose(out);
  REQUIRE(!text.empty());
  return text;
}

// The last bytes of a SubjectPublicKeyInfo: of RSA 2048 the modulus and 65537 (RFC 8017, A.1.1), of P-256 both coordinates (RFC 5480, 2.2).
std::string public_end(const std::string& pem, std::size_t bytes) {
  const auto key = crypto::PrivateKey::from_pem(pem);
  REQUIRE(key);
  const std::string der = key->public_der();
  REQUIRE(der.size() > bytes);
  return der.substr(der.size() - bytes);
}

TEST_CASE("computed tokens: RS256 verifies with the public key, whatever became of the key's line breaks") {
  const std::string pem = made("openssl genrsa 2048");
  const std::string end = public_end(pem, 256 + 5);  // 02 03 01 00 01 at the end
  const auto public_key = crypto::PublicKey::rsa(end.substr(0, 256), std::string("\x01\x00\x01", 3));
  REQUIRE(public_key);
  std::string escaped;
  for (const char c : pem) escaped += c == '\n' ? "\\n" : std::string(1, c);
  for (const std::string& key : {pem, escaped}) {
    const Token token = token_of("jwt-rs256", key);
    check_claims(token, "RS256");
    CHECK(public_key->verifies("RS256", token.signed_text, token.signature));
    CHECK_FALSE(public_key->verifies("RS256", token.signed_text + "x", token.signature));
  }
}

TEST_CASE("computed tokens: ES256 verifies with the public key") {
  const std::string pem = made("openssl ecparam -name prime256v1 -genkey -noout");
  const std::string point = public_end(pem, 64);
  const auto public_key = crypto::PublicKey::ec("P-256", point.substr(0, 32), point.substr(32));
  REQUIRE(public_key);
  const Token token = token_of("jwt-es256", pem);
  check_claims(token, "ES256");
  CHECK(token.signature.size() == 64);  // RFC 7518, 3.4: no DER
  CHECK(public_key->verifies("ES256", token.signed_text, token.signature));
  CHECK_FALSE(public_key->verifies("ES256", token.signed_text + "x", token.signature));
}

TEST_CASE("computed tokens: HS256 is the HMAC of the secret") {
  const Token token = token_of("jwt-hs256", "not-a-secret");
  check_claims(token, "HS256");
  CHECK(token.signature == hmac("sha256", "not-a-secret", token.signed_text));
}

TEST_CASE("templates: so many seconds may be added to now, and no more than a day") {
  const auto problems = [](const std::string& from, const std::string& to) {
    std::string text = validators("jwt-hs256");
    text.replace(text.find(from), from.size(), to);
    rules::LoadedValidators loaded;
    rules::load_validator_text(text, "acme.toml", loaded);
    return loaded.problems.size();
  };
  CHECK(problems("{now+600}", "{now+1}") == 0);
  CHECK(problems("{now+600}", "{now+86400}") == 0);
  for (const std::string wrong : {"{now+86401}", "{now+0}", "{now+}", "{now-0}", "{now-99999999999999999999}"}) {
    INFO(wrong);
    CHECK(problems("{now+600}", wrong) == 1);
  }
}

}  // namespace
}  // namespace keywake::validation
