// What a name is given, judged by name and value.
#include "matching/assigned_value.h"

#include <initializer_list>
#include <string>

#include "catch.h"
#include "matching/secret_name.h"

namespace keywake::matching {
namespace {

std::string level_of(std::string_view name, std::string_view value, Form form = Form::kQuoted, bool more_text = false) {
  Judgement judgement = judge_assignment({name, value, form, false, more_text});
  return judgement.level ? std::string(model::name(*judgement.level)) : "no";
}

struct Row {
  const char* name;
  const char* value;
  const char* level;
};

void check(const Row& row) {
  INFO(row.name << " = " << row.value);
  CHECK(level_of(row.name, row.value) == row.level);
}

TEST_CASE("Passwords of words are medium, weak ones low, and names none") {
  for (const Row& row : {
           Row{"password", "copper-violin-turtle-42", "medium"},
           {"db_password", "CopperViolin63", "medium"},
           {"MYSQL_PWD", "Autumn2031_", "medium"},
           {"SSHPASS", "falcon_20", "medium"},
           {"password", "petclinic", "low"},
           {"password", "falcon42", "low"},
           {"password", "123456", "low"},
           {"password", "abc123", "low"},
           {"pw", "petclinic", "no"},
           {"password", "bearer-auth", "low"},
           {"password", "Password", "no"},
           {"password", "admin.password.title", "no"},
           {"password", "super-secret", "low"},
           {"password", "adminPass", "low"},
           {"password", "abcdef123", "low"},
           {"password", "{noop}petclinic", "low"},
           {"password", "{bcrypt}petclinic", "no"},
           {"password", "Summer(!)2031", "medium"},
           {"password", "abc", "low"},
           {"password", "123", "low"},
           {"password", "nil", "no"},
           {"token", "abc", "no"},
           {"password", "OAUTH2_TOKEN_GRANT", "no"},
           {"password", "TestCacheUsesCredentials/ServerAddressMissing", "no"},
           // A word may be in another's stead; "bar" within one is none of documentation's.
           {"password", "barnacle42", "low"},
           {"password", "Barnacle-turtle7", "medium"},
       }) {
    check(row);
  }
}

TEST_CASE("The words of the name itself are a weak password where a value is sure to stand") {
  CHECK(level_of("POSTGRES_PASSWORD", "postgres", Form::kPlain) == "low");
  CHECK(level_of("MYSQL_ROOT_PASSWORD", "root", Form::kPlain) == "low");
  CHECK(level_of("key-store-password", "password", Form::kPlain) == "low");
  CHECK(level_of("password", "password") == "low");
  CHECK(level_of("currentPassword", "oldPassword") == "low");
  CHECK(level_of("redis_password", "insert-redis-password-here") == "no");
  CHECK(level_of("password", "password", Form::kElement) == "no");
  CHECK(level_of("password", "passwordDialog", Form::kPlain) == "no");
  CHECK(level_of("password", "password", Form::kPlain, true) == "no");
}

TEST_CASE("A secret that people make up may be of words, if its name is one of those") {
  for (const Row& row : {
           Row{"client_secret", "minioadmin", "low"},
           {"accessKeySecret", "petclinic", "low"},
           {"MASTER_ENCRYPTION_KEY", "harbor1234", "low"},
           {"security.jwt.secret-key", "please-take-another-one-in-production", "low"},
           {"CSRF_COOKIE_SECRET", "kwq8oe7isedrhq2z", "high"},
           {"tlsSecret", "acme-tls", "no"},
           {"secret", "acme-registry", "no"},
           {"hostedGrafanaIdSecretKey", "hosted-grafana-id", "no"},
           {"client_secret", "ClientSecretField", "no"},
           {"client_secret", "changeme", "no"},
           {"Context.SECURITY_CREDENTIALS", "Harbor1234!", "low"},
           {"firstPass", "vpp_rkrga2", "no"},
           {"client_secret", "default", "no"},
           {"-keypass", "petclinic", "low"},
       }) {
    check(row);
  }
}

TEST_CASE("Random passwords may hold what templates and addresses are made of") {
  for (const Row& row : {
           Row{"password", "Rk~W@@^KQXTj7", "medium"},
           {"password", "CxB7%%=TqV", "medium"},
           {"password", "V9X%s4K02-wvm3jbq", "high"},
           {"password", "PQ8w76NR%cb4qK", "medium"},
           {"password", "TV=@NWmq.J4j", "medium"},
           {"password", "@@DB_PASSWORD@@", "no"},
           {"password", "%%DB_PASSWORD%%", "no"},
           {"password", "%s-secret", "no"},
           {"password", "key-%v", "no"},
           {"password", "jane.doe@mail.acme.example", "no"},
           {"password", "magnet:?xt=urn:btih:c12fe06caea0ab73d9d8e36e", "no"},
           {"password", "<your password>", "no"},
           {"password", "%F0%9F%92%A9", "no"},
       }) {
    if (std::string_view(row.level) == "no") {
      check(row);
    } else {
      INFO(row.value);
      CHECK(level_of(row.name, row.value) != "no");
    }
  }
}

TEST_CASE("What is sealed, public, a digest, a date or a rule is no secret") {
  const std::string base64 = "7Qm3vX9kTz2RwB8nYc5LpH1sJd6GfA4eUo0iNxWqZbKtMvCrSyEhPgDlFjOaIu";
  for (const std::string& front : std::initializer_list<std::string>{"ENC(", "EJ[1:", "kms:AQICAH", "AQICAH", "encrypted:", "vault:v1:", "U2FsdGVkX1", "$ANSIBLE_VAULT;1.1;", "pbkdf2_sha256$",
                            "{cipher}", "gAAAAABm" + base64, "01000000d08c9ddf0115d1118c7a00c04fc297eb"}) {
    INFO(front);
    CHECK(level_of("password", front + base64) == "no");
    CHECK(level_of("client_secret", front + base64) == "no");
  }
  CHECK(level_of("client_secret", base64) == "high");
  CHECK(level_of("client_secret", "AgB" + base64) == "high");  // too short for a sealed secret
  for (const Row& row : {
           Row{"password", "required|string|min:8", "no"},
           {"password", "nullable", "no"},
           {"update_password", "on_create", "no"},
           {"pass", "repeatlast=0", "no"},
           {"token", "0001-01-01T00:00:00Z", "no"},
           {"STATUS_WRONG_PASSWORD", "0xC000006B_u32", "no"},
           {"secret", "\\U3299\\UFE0F", "no"},
           {"credentials", "k8s-uid:7c1d3b58-92f4-4e0a-b6d5-1f8e27a3c940", "no"},
           {"key", "d4f1c09a7be35268f0a1944ce7b23d8860f5e91ab72c3d48960fe1b5a7c2d384", "no"},
           {"hmac_key", "d4f1c09a7be35268f0a1944ce7b23d8860f5e91ab72c3d48960fe1b5a7c2d384", "high"},
           {"hmac_key", "7c1d3b58-92f4-4e0a-b6d5-1f8e27a3c940", "medium"},
           {"hash_salt", "7c1d3b58-92f4-4e0a-b6d5-1f8e27a3c940", "low"},
           {"key", "7c1d3b58-92f4-4e0a-b6d5-1f8e27a3c940", "no"},
           {"ClientSecretCredential", "7c1d3b58-92f4-4e0a-b6d5-1f8e27a3c940", "no"},
           {"auth", "dXNlcm5hbWU6cGFzc3dvcmQ=", "no"},
           {"GPG_KEY", "C53D7920108F11F99F475FE5147B9D36CA46EDE5", "no"},
       }) {
    check(row);
  }
}

TEST_CASE("A command behind a password is no sentence") {
  CHECK(level_of("MYSQL_PWD", "Copper=violin0", Form::kPlain, true) == "medium");
  CHECK(level_of("password", "petclinic", Form::kPlain, true) == "no");
}

TEST_CASE("Names of what is public, and of what functions are asked for") {
  for (const char* name : {"siteKey", "publishable_key", "nextPageToken", "continuation_token", "csp_nonce", "Sec-WebSocket-Key", "apiKeySha256", "secret_checksum",
                           "key_fingerprint", "token_obtained_at", "syncToken", "sync-token", "credentials.username", "SelectToken", "UsernamePasswordMetadata"}) {
    INFO(name);
    CHECK(read_name(name).kind == NameKind::kNone);
  }
  for (const char* name : {"senha", "mot_de_passe", "motDePasse", "MDP", "clave", "has\xc5\x82o", "parola", "lozinka", "salasana", "kodeord", "passord", "losenord"}) {
    INFO(name);
    CHECK(read_name(name).kind == NameKind::kPassword);
  }
  CHECK(read_name("RECAPTCHA_SECRET_KEY").kind == NameKind::kToken);
  CHECK(read_name("geheim").kind == NameKind::kToken);
  CHECK(read_name("NONCE_SALT").kind == NameKind::kKey);
  CHECK(read_name("hash_pwd_salt").kind == NameKind::kKey);
  CHECK(level_of("PgPassParser.getPassword", "localhost", Form::kQuoted) == "no");
  CHECK(level_of("user.setPassword", "petclinic", Form::kQuoted) == "low");
  CHECK(level_of("withUsernameAndPassword", "petclinic", Form::kQuoted) == "no");
}

}  // namespace
}  // namespace keywake::matching
