// Logins at a real Redis: users of its ACL, over TLS and without.
#include "catch.h"
#include "server_helper.h"

namespace keywake::testing {
namespace {

using model::Verdict;

TEST_CASE("Redis: who is let in, who is not, and what it tells") {
  const Authority authority({"cache.acme.test"});
  const Folder folder;
  const int plain = free_port();
  const int tls = free_port();
  const std::string configuration = folder.write("redis.conf",
                                                 "port " + std::to_string(plain) + "\ntls-port " + std::to_string(tls) +
                                                     "\nbind 127.0.0.1\nsave \"\"\ntls-auth-clients no\ntls-cert-file " + authority.certificate() +
                                                     "\ntls-key-file " + authority.key() + "\ntls-ca-cert-file " + authority.ca() +
                                                     "\nrequirepass the-admins-own\n"
                                                     "user app on >the-apps-own ~app:* +@read +ping\n"
                                                     "user former off >the-formers-own ~* +@all\n");
  const Server server({"redis-server", configuration}, tls);

  struct Row {
    std::string scheme, user, password;
    Verdict verdict;
    std::string reason;
    std::string owner;
    std::string roles;
  };
  const Row rows[] = {
      {"rediss", "", "the-admins-own", Verdict::kLive, "let in", "default", "master, admin"},
      {"rediss", "app", "the-apps-own", Verdict::kLive, "let in", "", ""},
      {"rediss", "app", "another", Verdict::kDead, "WRONGPASS", "", ""},
      {"rediss", "former", "the-formers-own", Verdict::kDead, "WRONGPASS", "", ""},  // switched off: the server does not tell these apart
      {"rediss", "nobody", "whatever", Verdict::kDead, "WRONGPASS", "", ""},
      {"redis", "app", "the-apps-own", Verdict::kSkipped, "--allow-plaintext", "", ""},
  };
  for (const Row& row : rows) {
    INFO(row.scheme << " " << row.user << " " << row.password);
    const Login login{"redis.url", row.password, {{"scheme", row.scheme}, {"user", row.user}, {"host", "cache.acme.test"}}};
    const model::Validation result = asked(login, row.scheme == "redis" ? plain : tls, authority.ca());
    CHECK(model::name(result.verdict) == model::name(row.verdict));
    CHECK_THAT(result.reason, Catch::Contains(row.reason));
    CHECK(fact(result, "owner") == row.owner);
    CHECK(fact(result, "roles") == row.roles);
    CHECK(result.reason.find(row.password) == std::string::npos);
  }
  SECTION("in plain text when the user allows it") {
    const Login login{"redis.url", "the%2Dapps%2Down", {{"scheme", "redis"}, {"user", "app"}, {"host", "cache.acme.test:7000"}}};
    CHECK(asked(login, plain, authority.ca(), true).verdict == Verdict::kLive);
  }
  SECTION("a certificate for another host is no answer") {
    const Login login{"redis.url", "the-apps-own", {{"scheme", "rediss"}, {"user", "app"}, {"host", "other.acme.test"}}};
    const model::Validation result = asked(login, tls, authority.ca());
    CHECK(result.verdict == Verdict::kUnknown);
    CHECK_THAT(result.reason, Catch::Contains("certificate"));
  }
}

TEST_CASE("Redis: without a password anybody is let in") {
  const int port = free_port();
  const Server server({"redis-server", "--port", std::to_string(port), "--bind", "127.0.0.1", "--save", ""}, port);
  const model::Validation result = asked({"redis.url", "any", {{"scheme", "redis"}, {"user", ""}, {"host", "cache.acme.test"}}}, port, "", true);
  CHECK(result.verdict == Verdict::kUnknown);
  CHECK_THAT(result.reason, Catch::Contains("has no password"));
}

}  // namespace
}  // namespace keywake::testing
