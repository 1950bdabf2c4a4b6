// Logins at a real OpenLDAP, with its password policy.
#include <cstdlib>

#include "catch.h"
#include "server_helper.h"

namespace keywake::testing {
namespace {

using model::Verdict;

constexpr const char* kEntries = R"(
dn: dc=acme,dc=test
objectClass: domain
dc: acme

dn: cn=default,dc=acme,dc=test
objectClass: pwdPolicy
objectClass: device
cn: default
pwdAttribute: userPassword
pwdLockout: TRUE

dn: cn=short,dc=acme,dc=test
objectClass: pwdPolicy
objectClass: device
cn: short
pwdAttribute: userPassword
pwdMaxAge: 60

dn: cn=app,dc=acme,dc=test
objectClass: inetOrgPerson
cn: app
sn: app
mail: app@acme.test
userPassword: the-apps-own

dn: cn=locked,dc=acme,dc=test
objectClass: inetOrgPerson
cn: locked
sn: locked
userPassword: the-lockeds-own
pwdAccountLockedTime: 000001010000Z

dn: cn=old,dc=acme,dc=test
objectClass: inetOrgPerson
cn: old
sn: old
userPassword: the-olds-own
pwdPolicySubentry: cn=short,dc=acme,dc=test
pwdChangedTime: 20200101000000Z
)";

TEST_CASE("LDAP: who is let in, who is not, and what it tells") {
  const Authority authority({"ldap.acme.test"});
  const Folder folder;
  const int plain = free_port();
  const int tls = free_port();
  const bool offers_tls = GENERATE(true, false);
  std::filesystem::create_directory(folder.path() / "data");
  std::filesystem::permissions(folder.path() / "data", std::filesystem::perms::all);
  const std::string configuration = folder.write("slapd.conf",
      "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\ninclude /etc/ldap/schema/inetorgperson.schema\n"
      "modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload ppolicy\npidfile " + folder.path().string() + "/pid\n" +
      (offers_tls ? "TLSCertificateFile " + authority.certificate() + "\nTLSCertificateKeyFile " + authority.key() + "\n" : "") +
      "database mdb\nmaxsize 10485760\nsuffix dc=acme,dc=test\nrootdn cn=admin,dc=acme,dc=test\nrootpw the-admins-own\ndirectory " + folder.path().string() + "/data\n"
      "overlay ppolicy\nppolicy_default cn=default,dc=acme,dc=test\nppolicy_use_lockout\n");
  run({"/usr/sbin/slapadd", "-f", configuration, "-l", folder.write("entries.ldif", kEntries)});
  const std::string addresses = "ldap://127.0.0.1:" + std::to_string(plain) + "/" + (offers_tls ? " ldaps://127.0.0.1:" + std::to_string(tls) + "/" : "");
  const Server server({"/usr/sbin/slapd", "-d", "0", "-f", configuration, "-h", addresses}, plain);
  auto login = [&](const std::string& scheme, const std::string& user, const std::string& password, const std::string& host = "ldap.acme.test") {
    return Login{"ldap.command-line", password, {{"scheme", scheme}, {"user", user}, {"host", host}}};
  };
  if (!offers_tls) {
    const model::Validation refused = asked(login("ldap", "cn=app,dc=acme,dc=test", "the-apps-own"), plain, "");
    CHECK(refused.verdict == Verdict::kSkipped);
    CHECK_THAT(refused.reason, Catch::Contains("--allow-plaintext"));
    CHECK(asked(login("ldap", "cn=app,dc=acme,dc=test", "the-apps-own"), plain, "", true).verdict == Verdict::kLive);
    return;
  }
  struct Row {
    std::string user, password;
    Verdict verdict;
    std::string reason, owner, email;
  };
  const Row rows[] = {
      {"cn=app,dc=acme,dc=test", "the-apps-own", Verdict::kLive, "let in", "app", "app@acme.test"},
      {"cn=admin,dc=acme,dc=test", "the-admins-own", Verdict::kLive, "let in", "dn:cn=admin,dc=acme,dc=test", ""},
      {"cn=app,dc=acme,dc=test", "another", Verdict::kDead, "wrong name or password", "", ""},
      {"cn=nobody,dc=acme,dc=test", "whatever", Verdict::kDead, "wrong name or password", "", ""},
      {"cn=locked,dc=acme,dc=test", "the-lockeds-own", Verdict::kBlocked, "locked", "", ""},
      {"cn=old,dc=acme,dc=test", "the-olds-own", Verdict::kDead, "expired", "", ""},
      {"no name", "the-apps-own", Verdict::kUnknown, "does not say", "", ""},
      {"", "the-apps-own", Verdict::kSkipped, "no name", "", ""},
  };
  // What steers libldap must not switch off verification here.
  ::setenv("LDAPTLS_REQCERT", "never", 1);
  for (const std::string scheme : {"ldap", "ldaps"}) {
    const int port = scheme == "ldap" ? plain : tls;
    for (const Row& row : rows) {
      INFO(scheme << " " << row.user << " " << row.password);
      const model::Validation result = asked(login(scheme, row.user, row.password), port, authority.ca());
      CHECK(model::name(result.verdict) == model::name(row.verdict));
      CHECK_THAT(result.reason, Catch::Contains(row.reason));
      CHECK(fact(result, "owner") == row.owner);
      CHECK(fact(result, "email") == row.email);
      CHECK(result.reason.find(row.password) == std::string::npos);
    }
    const model::Validation elsewhere = asked(login(scheme, "cn=app,dc=acme,dc=test", "the-apps-own", "other.acme.test"), port, authority.ca(), true);
    CHECK(elsewhere.verdict == Verdict::kUnknown);
    CHECK_THAT(elsewhere.reason, Catch::Contains("certificate"));
  }
  ::unsetenv("LDAPTLS_REQCERT");
}

}  // namespace
}  // namespace keywake::testing
