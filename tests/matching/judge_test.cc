// What a finding's place does to how sure it is.
#include "matching/judge.h"

#include <string>

#include "catch.h"
#include "matching/place.h"

namespace keywake::matching {
namespace {

using model::Confidence;

constexpr model::Pattern kGeneric{.provider = "generic"};
constexpr model::Pattern kSpecific{.provider = "github"};
constexpr model::Pattern kPassword{.provider = "generic", .assigned = model::Assigned::kPassword};
constexpr model::Check kWeakPassword[] = {{"password", "weak"}};
constexpr model::Pattern kUrl{.provider = "postgresql", .checks = kWeakPassword};

TEST_CASE("What a path says a file is for") {
  constexpr Purpose kCode = Purpose::kCode;
  constexpr Purpose kConfiguration = Purpose::kConfiguration;
  constexpr Purpose kIllustration = Purpose::kIllustration;
  struct Row {
    const char* path;
    Purpose purpose;
    const char* what = "";
  };
  const Row rows[] = {
      {"src/main.cc", kCode},
      {"-", kCode},
      {"", kCode},
      {"/", kCode},
      {"commit:0123456789abcdef0123456789abcdef01234567", kCode},
      // Tests, by folder and by name, in the usual languages.
      {"test/a.py", kIllustration, "a test"},
      {"app/tests/a.py", kIllustration, "a test"},
      {"src/__tests__/a.js", kIllustration, "a test"},
      {"pkg/user_test.go", kIllustration, "a test"},
      {"test_user.py", kIllustration, "a test"},
      {"web/login.spec.ts", kIllustration, "a test"},
      {"web/login.test.tsx", kIllustration, "a test"},
      {"spec/models/user_spec.rb", kIllustration, "a test"},
      {"lib/user_spec.rb", kIllustration, "a test"},
      {"src/main/UserServiceTest.java", kIllustration, "a test"},
      {"src/main/UserServiceTests.cs", kIllustration, "a test"},
      {"HTTPTestServer.java", kIllustration, "a test"},
      {"app/src/androidTest/A.kt", kIllustration, "a test"},
      {"integration-tests/a.go", kIllustration, "a test"},
      {"Test2/a.c", kIllustration, "a test"},
      {"web/e2e/login.ts", kIllustration, "a test"},
      {"client/cypress/support/login.js", kIllustration, "a test"},
      {"t/t0300-credentials.sh", kIllustration, "a test"},
      {"pkg/testdata/a.json", kIllustration, "test data"},
      {"db/fixtures/users.yml", kIllustration, "a fixture"},
      {"api/mocks/server.js", kIllustration, "a mock"},
      {"MockUser.swift", kIllustration, "a mock"},
      {"tests.zip!/config/app.yml", kIllustration, "a test"},
      {"a.zip!/tests/app.yml", kIllustration, "a test"},
      // Examples and documentation.
      {"examples/basic/main.tf", kIllustration, "an example"},
      {".env.example", kIllustration, "an example"},
      {".env.sample", kIllustration, "a sample"},
      {".env.dist", kIllustration, "an example"},
      {"config.example.yml", kIllustration, "an example"},
      {"config.php.sample", kIllustration, "a sample"},
      {"demo/app.properties", kIllustration, "a demonstration"},
      {"docs/setup.yml", kIllustration, "documentation"},
      {"doc/a.txt", kIllustration, "documentation"},
      {"README", kIllustration, "documentation"},
      {"deploy/README.txt", kIllustration, "documentation"},
      {"setup.md", kIllustration, "documentation"},
      {"guide.RST", kIllustration, "documentation"},
      {"guide.adoc", kIllustration, "documentation"},
      {"train.ipynb", kIllustration, "a notebook"},
      {"tutorial/step1/a.js", kIllustration, "a tutorial"},
      // Words inside longer words are none.
      {"latest/a.py", kCode},
      {"contest.py", kCode},
      {"src/attestation/Protest.java", kCode},
      {"src/fastest.rs", kCode},
      {"samplerate.c", kCode},
      {"mockingbird.js", kCode},
      {"democracy/vote.py", kCode},
      {"inspector/a.c", kCode},
      {"doc_store.py", kCode},
      {"doc-service/main.py", kCode},
      {"packaging/keywake.spec", kCode},
      // Java's placeholder for a company is a program like any other.
      {"src/main/java/com/example/shop/Main.java", kCode},
      {"src/main/java/com/example/demo/Main.java", kCode},
      {"src/main/java/org/example/Main.java", kCode},
      {"src/test/java/com/example/Main.java", kIllustration, "a test"},
      {"src/main/java/com/example/examples/Main.java", kIllustration, "an example"},
      {"src/main/java/com/acme/demo/Main.java", kIllustration, "a demonstration"},
      // Configuration and deployment.
      {".env", kConfiguration, "an environment file"},
      {"app/.env.production", kConfiguration, "an environment file"},
      {"prod.env", kConfiguration, "an environment file"},
      {"src/main/resources/application.properties", kConfiguration, "a configuration file"},
      {"config/database.yml", kConfiguration, "a configuration file"},
      {"values.yaml", kConfiguration, "a configuration file"},
      {"my.cnf", kConfiguration, "a configuration file"},
      {"Web.config", kConfiguration, "a configuration file"},
      {"appsettings.Production.json", kConfiguration, "a configuration file"},
      {"local.settings.json", kConfiguration, "a configuration file"},
      {"wp-config.php", kConfiguration, "a configuration file"},
      {"app/settings.py", kConfiguration, "a configuration file"},
      {"conf/context.xml", kConfiguration, "a configuration file"},
      {"docker-compose.prod.yml", kConfiguration, "a configuration file"},
      {"docker-compose", kConfiguration, "a deployment file"},
      {"Dockerfile", kConfiguration, "a deployment file"},
      {"build/Dockerfile.prod", kConfiguration, "a deployment file"},
      {"infra/main.tf", kConfiguration, "a deployment file"},
      {"infra/prod.tfvars", kConfiguration, "a deployment file"},
      {"Jenkinsfile", kConfiguration, "a deployment file"},
      {"ansible/group_vars/all", kConfiguration, "a deployment file"},
      {"host_vars/db1", kConfiguration, "a deployment file"},
      {"db/seed.sql", kConfiguration, "a database script"},
      {"ldap/users.ldif", kConfiguration, "a directory's data"},
      {"bin/start.sh", kConfiguration, "a script"},
      {"Makefile", kConfiguration, "a script"},
      {"app.war!/WEB-INF/web.xml", kConfiguration, "a configuration file"},
      {"package.json", kCode},
      {".env/lib/python3/site.py", kCode},
      {"settings.py/a.c", kCode},
      {"group_vars.c", kCode},
      // Configuration of a test is a test's.
      {"src/test/resources/application.properties", kIllustration, "a test"},
      {"examples/docker-compose.yml", kIllustration, "an example"},
      {"docker-compose.test.yml", kIllustration, "a test"},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    const PlaceSort sort = sort_of_place(row.path);
    CHECK(static_cast<int>(sort.purpose) == static_cast<int>(row.purpose));
    CHECK(sort.what == row.what);
  }
}

TEST_CASE("A place lowers or raises the generic by one level, and nothing else") {
  constexpr Confidence kLow = Confidence::kLow;
  constexpr Confidence kMedium = Confidence::kMedium;
  constexpr Confidence kHigh = Confidence::kHigh;
  struct Row {
    const char* path;
    Confidence of_low, of_medium, of_high;
  };
  const Row rows[] = {
      {"src/main.py", kLow, kMedium, kHigh},
      {"tests/main.py", kLow, kLow, kMedium},
      {"README.md", kLow, kLow, kMedium},
      {".env.example", kLow, kLow, kMedium},
      {".env", kMedium, kMedium, kHigh},
      {"docker-compose.yml", kMedium, kMedium, kHigh},
      {"tests/docker-compose.yml", kLow, kLow, kMedium},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    const std::pair<Confidence, Confidence> cases[] = {
        {kLow, row.of_low}, {kMedium, row.of_medium}, {kHigh, row.of_high}};
    for (const auto& [by_bytes, expected] : cases) {
      INFO("by its bytes " << name(by_bytes));
      const Place place{row.path, "password = x"};
      CHECK(name(judge(kGeneric, by_bytes, place).confidence) == name(expected));
      CHECK(judge(kGeneric, by_bytes, place).place.empty() == (by_bytes == expected));
      CHECK(name(judge(kSpecific, by_bytes, place).confidence) == name(by_bytes));
      CHECK(judge(kSpecific, by_bytes, place).place.empty());
    }
  }
  CHECK(judge(kGeneric, kMedium, {"tests/a.py", ""}).place == "a test");
  CHECK(judge(kGeneric, kLow, {"a.tf", ""}).place == "a deployment file");
}

TEST_CASE("What only names a secret is a password in tests and configuration, and a name in code") {
  struct Row {
    const char* path;
    const char* secret;
    const char* level;  // empty: noise
  };
  const Row rows[] = {
      {"src/login.js", "password", ""},
      {"src/login.js", "user-password-field", ""},
      {"src/login.js", "adminPass", ""},
      {"test/login.js", "password", "low"},
      {"test/login.js", "adminPass", "low"},
      {"app.yml", "password", "low"},
      {"app.yml", "petclinic", "medium"},
      {"src/login.js", "petclinic", "low"},
      {"src/login.js", "secret", "low"},  // of a password
      {"app.yml", "connectorOrg", "low"},    // what reads like an identifier, too
      {"src/login.js", "connectorOrg", ""},
      {"test/login.js", "connectorOrg", ""},
  };
  for (const Row& row : rows) {
    INFO(row.path << ": " << row.secret);
    const std::string line = "password: \"" + std::string(row.secret) + "\"";
    const Place place{row.path, line, row.secret};
    const bool noise = !noise_reason(kPassword, place).empty();
    CHECK(noise == std::string_view(row.level).empty());
    if (!noise) CHECK(name(judge(kPassword, Confidence::kLow, place).confidence) == row.level);
  }
  CHECK_FALSE(noise_reason(kPassword, {"guide.rst", "data={'password': password}", "password"}).empty());
  CHECK(noise_reason(kPassword, {"guide.rst", "data={'password': 'password'}", "password"}).empty());
}

TEST_CASE("A weak password of a specific pattern is surer in configuration") {
  CHECK(judge(kUrl, Confidence::kLow, {"compose.yml", "", "petclinic"}).confidence == Confidence::kMedium);
  CHECK(judge(kUrl, Confidence::kLow, {"src/main.py", "", "petclinic"}).confidence == Confidence::kLow);
  CHECK(judge(kUrl, Confidence::kLow, {"compose.yml", "", "qX7!kPz0wR"}).confidence == Confidence::kLow);  // low for another reason
  CHECK(judge(kSpecific, Confidence::kLow, {"compose.yml", "", "petclinic"}).confidence == Confidence::kLow);
}

TEST_CASE("A word without quotes is a variable where strings have them") {
  struct Row {
    const char* path;
    const char* line;
    const char* secret;
    bool noise;
  };
  const Row rows[] = {
      {"a.py", "    password = content", "content", true},
      {"a.go", "\tPassword: credentials.Value,", "credentials.Value", true},
      {"a.java", "String password = obtainPassword(request);", "request", true},
      {"a.java", "String password = \"petclinic\";", "petclinic", false},
      {"a.py", "    # password = petclinic", "petclinic", false},
      {"a.go", "// password: petclinic", "petclinic", false},
      {"a.java", " * password=petclinic", "petclinic", false},
      {"a.js", "const dsn = 'host=db password=petclinic'", "petclinic", false},
      {"a.py", "PASSWORD=Kq7Xw2Rt9Zm4", "Kq7Xw2Rt9Zm4", false},  // no name reads like that: a line of a longer string
      {"a.yml", "password: petclinic", "petclinic", false},
      {"a.sh", "PASSWORD=petclinic", "petclinic", false},
      {"a.py", "password = content", "", false},
      {"app.properties", "password=ENC(q8XvJ2kPz7RwT4nB)", "q8XvJ2kPz7RwT4nB", true},
  };
  for (const Row& row : rows) {
    INFO(row.path << ": " << row.line);
    CHECK(noise_reason(kGeneric, {row.path, row.line, row.secret}).empty() == !row.noise);
    CHECK(noise_reason(kSpecific, {row.path, row.line, row.secret}).empty());
  }
}

}  // namespace
}  // namespace keywake::matching
