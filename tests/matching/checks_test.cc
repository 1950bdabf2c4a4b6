#include "matching/checks.h"

#include "base/hash.h"
#include "base/checked_text.h"
#include "catch.h"
#include "matching/password.h"
#include "matching/placeholders.h"
#include "matching/rarity.h"
#include "matching/samples.h"
#include "rules/check_names.h"

namespace keywake::matching {
namespace {

std::optional<std::string> run(std::string_view check, std::string_view secret,
                               std::string_view argument, std::vector<model::Part>& parts) {
  CheckFunction function = find_check(check);
  REQUIRE(function != nullptr);
  return function({secret, secret, argument, &parts});
}

// A token with GitHub's checksum, made here so that none stands in this file.
std::string with_crc(std::string prefix, const std::string& random) {
  static constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string checksum(6, '0');
  std::uint64_t crc = crc32(random);
  for (std::size_t i = 6; i-- > 0; crc /= 62) checksum[i] = kDigits[crc % 62];
  return prefix + random + checksum;
}

std::string jwt(const std::string& header, const std::string& payload) {
  auto part = [](const std::string& json) {
    std::string text = testing::base64(json);
    text.erase(text.find_last_not_of('=') + 1);
    return text;
  };
  return part(header) + "." + part(payload) + ".c2ln";
}

TEST_CASE("Every check that rule files may name is there") {
  for (const rules::CheckName& check : rules::kCheckNames) {
    INFO(std::string(check.name));
    bool by_confirm = check.name == "not" || check.name == "placeholder-ok";
    CHECK((find_check(check.name) != nullptr) != by_confirm);
  }
  CHECK(find_check("no-such-check") == nullptr);
}

TEST_CASE("Checks") {
  struct Case {
    std::string check;
    std::string argument;
    std::string secret;
    bool passes;
  };
  std::string random = "8Zk2Qw7Xn4Rt6Yb1Lp9Hs3Dg5Fj0Vc";
  std::string uuid_like = "3f2c9a1e-7b4d-4e8a-9c61-5d0f8b2a7e43";
  const std::vector<Case> cases{
      {"crc32-base62", "6", with_crc("ghp_", random), true},
      {"crc32-base62", "6", with_crc("github_pat_", random), true},
      {"crc32-base62", "6", "ghp_" + random + "000000", false},
      {"crc32-base62", "6", "ghp_abc", false},
      {"entropy", "3.5", random, true},
      {"entropy", "3.5", "aaaaabbbbbcccccddddd", false},
      {"entropy", "2", "aaaaabbbbbcccccddddd", true},
      {"token", "", random, true},
      {"token", "", "f3a9c1d27be84065a1c9d3e7", true},
      {"token", "", "getUserAccessTokenFromRequest", false},
      {"token", "", "my-application-credentials", false},
      {"token", "", "src/main/java/com/acme/Main.java", false},
      {"token", "", "1234567890123456", false},
      {"digits", "3", "abc12", false},
      {"digits", "3", "a1b2c3", true},
      {"letters", "3", "a1b2c3", true},
      {"letters", "3", "a1b23", false},
      {"upper", "2", "aBcD", true},
      {"upper", "2", "aBcd", false},
      {"lower", "2", "aBcD", true},
      {"lower", "2", "ABCd", false},
      {"distinct", "4", "abca", false},
      {"distinct", "4", "abcd", true},
      {"jwt", "", jwt(R"({"alg":"HS256"})", R"({"sub":"1"})"), true},
      {"jwt", "", jwt(R"({"typ":"JWT"})", R"({"sub":"1"})"), false},
      {"jwt", "", jwt(R"({"alg":"HS256"})", "no json"), false},
      {"jwt", "", jwt("no json", R"({"sub":"1"})"), false},
      {"jwt", "", "eyJ.eyJ", false},
      {"base64", "", testing::base64("any \xff bytes"), true},
      {"base64", "", "abc*", false},
      {"base64-json", "iat", testing::base64(R"({"iat":1})"), true},
      {"base64-json", "iat", testing::base64(R"({"exp":1})"), false},
      {"base64-json", "iat", testing::base64("[1]"), false},
      {"base64-json", "iat",
       "sntrys_" + testing::base64(R"({"iat":1, "url":"https://sentry.io"})") + "_" + random, true},
      {"base64-text", "", testing::base64("plain text\n"), true},
      {"base64-text", "", testing::base64("\x01\x02"), false},
      {"base64-userpass", "", testing::base64("deploy:kT9sWq2LmvZ"), true},
      {"base64-userpass", "", testing::base64("user:password"), false},
      {"base64-userpass", "", testing::base64("no colon in here"), false},
      {"base64-userpass", "", testing::base64("user:"), false},
      {"aws-key-id", "", "AKIAY34FZKBOKMUTVV7A", true},
      {"aws-key-id", "", "AKIAY34FZKBOKMUTVV1A",
       true},  // the last characters hold nothing that can be read
      {"aws-key-id", "", "AKIAY10FZKBOKMUTVV7A", false},  // 1 and 0 are no base32
      {"aws-key-id", "", "AKIA7777777777777777", false},  // an account of more than 12 digits
      {"uuid", "", uuid_like, true},
      {"uuid", "", "00000000-0000-0000-0000-000000000000", false},
      {"uuid", "", "00000000-0000-0000-0000-000000000001", false},
      {"uuid", "", "12345678-1234-1234-1234-123456789012", false},
      {"uuid", "", "3f2c9a1e7b4d4e8a9c615d0f8b2a7e43", false},
      {"uuid", "", "3f2c9a1g-7b4d-4e8a-9c61-5d0f8b2a7e43", false},
  };
  for (const Case& c : cases) {
    std::vector<model::Part> parts;
    auto reason = run(c.check, c.secret, c.argument, parts);
    INFO(c.check << ":" << c.argument << " " << c.secret << ": " << reason.value_or("passes"));
    CHECK(!reason == c.passes);
    if (reason) CHECK(reason->starts_with(c.check == "password" ? "password" : c.check));
  }
}

TEST_CASE("Checks add parts") {
  std::vector<model::Part> parts;
  CHECK_FALSE(run("aws-key-id", "ASIAY34FZKBOKMUTVV7A", "", parts));
  // The worked example of the format's description.
  CHECK(parts == std::vector<model::Part>{{"account", "609629065308"}});
  parts.clear();
  CHECK_FALSE(run("aws-key-id", "AKIAI44QH8DHBEXAMPLE", "", parts) ==
              std::nullopt);  // 8 is no base32
  CHECK_FALSE(
      run("aws-key-id", "AKIAIOSFODNN7EXAMPLE", "", parts));  // the older kind has no account
  CHECK(parts.empty());
  CHECK_FALSE(run("aws-key-id", std::string("AKIA") + "QYLPMN5HAAAAAAAA", "", parts));
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].name == "canary");  // Thinkst's account
  CHECK(parts[1].value == "052310077262");
  parts.clear();
  CHECK_FALSE(run("gitlab-routable", gitlab_routable("glpat-", "QUFBQUFBQUFBQUFBQUFBQW86MQp1OjF6Bw"), "", parts));  // 16 A, "o:1", "u:1z"
  CHECK(parts == std::vector<model::Part>{{"organization", "1"}, {"user", "71"}});
  parts.clear();
  CHECK_FALSE(run("base64-userpass", testing::base64("deploy:kT9sWq2LmvZ"), "", parts));
  CHECK(parts == std::vector<model::Part>{{"user", "deploy"}});
}

TEST_CASE("Placeholders") {
  for (const char* text :
       {"xxxxxxxxxxxxxxxx",    "XXXXXXXX",         "aaaaaaaaaaaa",      "0000000000000000",
        "your-api-key-here",   "YOUR_TOKEN",       "<your token>",      "${API_KEY}",
        "{{ .Values.token }}", "%(token)s",        "1234567890abcdef",  "abcdefghijklmnop",
        "IOSFODNN7EXAMPLE",    "0123456789",       "changeme123456",    "replace-me-please",
        "abcabcabcabcabc",     "deadbeefdeadbeef", "9cbaf023786cd7...", "abc12345def67890ghi",
        "****************",    "3f2cXXXXXXXX9a1e", "Buffer|Uint8Array|Blob|string", "str | None", "string[]|null"}) {
    INFO(text);
    CHECK(placeholder_reason(text));
  }
  for (const char* text : {"a1|b2|c3", "horse|battery", "kT9|string!", "string|"}) {
    INFO(text);
    CHECK_FALSE(placeholder_reason(text));
  }
  std::mt19937_64 random(7);
  static constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (int i = 0; i < 20000; ++i) {
    std::size_t alphabet = i % 2 == 0 ? 62 : 16;  // base62, or hexadecimal
    std::string text;
    for (int k = 0; k < 36; ++k) {
      char c = kDigits[testing::below(random, alphabet)];
      text += alphabet == 16 && c >= 'A' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    INFO(text << ": " << placeholder_reason(text).value_or(""));
    REQUIRE_FALSE(placeholder_reason(text));
    REQUIRE(is_rare(text));
  }
}

TEST_CASE("Passwords") {
  for (const char* text : {"kT9sWq2LmvZ", "W!nter7q2xAb", "Summer!2019", "slurmCl4ssic",
                           "correct-Horse7!battery", "p9$Lx#2v", "OhG0dPlease1nsertLiquor!"}) {
    INFO(text << ": " << password_reason(text).value_or("passes"));
    CHECK_FALSE(password_reason(text));
  }
  for (const char* text : {"short",
                           "password",
                           "Password1",
                           "p4ssw0rd",
                           "changeme",
                           "secret123",
                           "admin123",
                           "test1234",
                           "hunter2",
                           "letmein!",
                           "${PASSWORD}",
                           "$DB_PASSWORD",
                           "%PASSWORD%",
                           "{password}",
                           "<password>",
                           "getenv('PW')",
                           "user.password",
                           "process.env.PW",
                           "string",
                           "String",
                           "resetPasswordForm",
                           "application/json",
                           "input-field",
                           "2023-01-01",
                           "127.0.0.1",
                           "1.2.3.4",
                           "enter your name",
                           "********",
                           "xxxxxxxx",
                           "config[\"pw\"]",
                           "os.environ['PW']",
                           "$2a$10$sCBi9fy9814vUPf2ZRbtp.fR5/VgRk2iBFZ.ypu5IyZ28bZgxrVDa",
                           "{SSHA}PpuEwfdj7M1rs0C2W4ssSM2XEN/Y6S5U",
                           "pass%20pass"}) {
    INFO(text);
    CHECK(password_reason(text));
  }
}

TEST_CASE("Weak passwords are told from what only names one and from what is none") {
  for (const char* text : {"postgres", "guest", "s3cr3t", "admin123", "test", "mds", "123", "spanish-inquisition", "superUser", "123456"}) {
    INFO(text);
    CHECK(is_weak_password(text));
    CHECK(password_reason(text));
  }
  for (const char* text : {"password", "mypassword", "client-secret", "secret-password", "password_here", "TODO", "x-oauth-basic", "${PASSWORD}", "$password", "&shop_password", "changeme", "-Value", "string.empty",
                           "a", "1.2.3.4", "xxxxxxxx", "enter your name", "a-name-much-too-long-for-a-password-of-anybody"}) {
    INFO(text);
    CHECK_FALSE(is_weak_password(text));
  }
}

TEST_CASE("Rarity tells language from random text") {
  for (const char* text :
       {"getUserAccessToken", "HTTPServerConnectionPool", "my_database_password", "authentication",
        "kubernetes-dashboard", "ThisIsALongSentenceInCamelCase", "src/matching/engine.cc",
        "x-amz-security-token"}) {
    INFO(text << " " << surprise(text));
    CHECK(surprise(text) < 0);
    CHECK_FALSE(is_rare(text));
  }
  for (const char* text : {"8Zk2Qw7Xn4Rt6Yb1Lp9H", "f3a9c1d27be84065a1c9", "qzxvkjwqpfhgbtrnxcvz",
                           "JBSWY3DPQ5XG2YLTKVVA"}) {
    INFO(text << " " << surprise(text));
    CHECK(surprise(text) > 15);
    CHECK(is_rare(text));
  }
  CHECK(surprise("") == 0);
}

TEST_CASE("The body of a secret is what follows its literal prefix") {
  static constexpr std::string_view kAnchors[] = {"sk_", "sk_live_"};
  static constexpr std::string_view kKeywords[] = {"tok-"};
  model::Pattern pattern{.anchors = kAnchors, .keywords = kKeywords};
  CHECK(body_of(pattern, "sk_live_abc") == "abc");
  CHECK(body_of(pattern, "sk_test_abc") == "test_abc");
  CHECK(body_of(pattern, "TOK-abc") == "abc");
  CHECK(body_of(pattern, "sk_") == "sk_");
  CHECK(body_of(pattern, "other") == "other");
}

}  // namespace
}  // namespace keywake::matching
