// Auth files as docker and podman write them, credential helpers, and challenges.
#include "images/registry_auth.h"

#include <sys/stat.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "catch.h"
#include "registry_helper.h"

namespace keywake::images {
namespace {

using nlohmann::json;
using testing::Scratch;

Reference reference(const std::string& registry, const std::string& repository) { return {Reference::Transport::kRegistry, registry, repository, "1", "", ""}; }

json pair(const std::string& user, const std::string& password) { return {{"auth", base64_encode(user + ":" + password)}}; }

// Sets a variable, and puts it back.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* now = std::getenv(name)) before_ = now;
    value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST_CASE("auth files: the longest path counts, and the older forms of a registry's name") {
  const Scratch folder;
  const std::string file = folder.write("auth.json", json{{"auths",
                                                           {{"ghcr.io", pair("host", "p")},
                                                            {"ghcr.io/acme", pair("owner", "p:q")},
                                                            {"ghcr.io/acme/shop", pair("repository", "p")},
                                                            {"https://index.docker.io/v1/", pair("hub", "p")},
                                                            {"https://quay.io/v1/", pair("quay", "p")},
                                                            {"gcr.io/other", pair("other", "p")},
                                                            {"tokens.acme.test", {{"auth", base64_encode("robin:")}, {"identitytoken", "a-refresh-token"}}},
                                                            {"plain.acme.test", {{"username", "robin"}, {"password", "word"}}},
                                                            {"damaged.acme.test", {{"auth", "!!"}}}}}}
                                                         .dump());
  struct Row {
    const char* registry;
    const char* repository;
    const char* user;  // null: none
  };
  const Row rows[] = {
      {"ghcr.io", "acme/shop", "repository"}, {"ghcr.io", "acme/shopping", "owner"}, {"ghcr.io", "acme/shop/web", "repository"},
      {"ghcr.io", "other/shop", "host"},      {"ghcr.io", "acme", "owner"},          {"registry-1.docker.io", "library/nginx", "hub"},
      {"quay.io", "acme/shop", "quay"},       {"gcr.io", "acme/shop", nullptr},      {"evil-ghcr.io", "acme/shop", nullptr},
      {"plain.acme.test", "x", "robin"},      {"ghcr.io:5000", "acme/shop", nullptr},
  };
  for (const Row& row : rows) {
    INFO(row.registry << "/" << row.repository);
    const auto found = credential_in(file, reference(row.registry, row.repository), {});
    REQUIRE(found);
    REQUIRE(found->has_value() == (row.user != nullptr));
    if (row.user != nullptr) CHECK((*found)->user == row.user);
  }
  CHECK((*credential_in(file, reference("ghcr.io", "acme/x"), {}))->password.reveal() == "p:q");
  CHECK((*credential_in(file, reference("tokens.acme.test", "x"), {}))->identity_token.reveal() == "a-refresh-token");
  const auto damaged = credential_in(file, reference("damaged.acme.test", "x"), {});
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().message == file + ": its entry for damaged.acme.test holds no base64 of user:password; log in again (docker login, podman login)");
  CHECK_FALSE(credential_in(folder.write("none.json", "{"), reference("ghcr.io", "x"), {}));
  CHECK(credential_in(folder.path() / "absent.json", reference("ghcr.io", "x"), {}).value() == std::nullopt);
}

TEST_CASE("auth files: which are looked into") {
  const Scratch folder;
  const std::string home = folder.path();
  const Variable a("HOME", home.c_str());
  const Variable b("XDG_RUNTIME_DIR", (home + "/run").c_str());
  const Variable c("XDG_CONFIG_HOME", nullptr);
  const Variable d("DOCKER_CONFIG", nullptr);
  const Variable e("REGISTRY_AUTH_FILE", nullptr);
  CHECK(auth_files() == std::vector<std::string>{home + "/run/containers/auth.json", home + "/.config/containers/auth.json", home + "/.docker/config.json"});
  folder.write(".docker/config.json", json{{"auths", {{"ghcr.io", pair("docker", "p")}}}}.dump());
  const Reference at = reference("ghcr.io", "acme/shop");
  CHECK((*credentials_for(at, {})())->user == "docker");
  folder.write(".config/containers/auth.json", "{");  // damaged; another knows
  CHECK((*credentials_for(at, {})())->user == "docker");
  CHECK_FALSE(credentials_for(reference("quay.io", "x"), {})());
  folder.write("run/containers/auth.json", json{{"auths", {{"ghcr.io", pair("containers", "p")}}}}.dump());
  CHECK((*credentials_for(at, {})())->user == "containers");
  const Variable f("DOCKER_CONFIG", (home + "/d").c_str());
  CHECK(auth_files().back() == home + "/d/config.json");
  const std::string own = folder.write("own.json", "{}");
  const Variable g("REGISTRY_AUTH_FILE", own.c_str());
  CHECK(auth_files() == std::vector<std::string>{own});
  CHECK(credentials_for(at, {})().value() == std::nullopt);
}

TEST_CASE("credential helpers: run when the user named them, and not before") {
  const Scratch folder;
  const std::string ran = folder.path() / "ran";
  auto helper = [&](const std::string& name, const std::string& script) {
    ::chmod(folder.write("docker-credential-" + name, "#!/bin/sh\nread server; echo \"$1 $server\" >>'" + ran + "'\n" + script + "\n").c_str(), 0755);
  };
  helper("good", R"(echo "{\"ServerURL\":\"$server\",\"Username\":\"robin\",\"Secret\":\"word\"}")");
  helper("token", R"(echo '{"ServerURL":"x","Username":"<token>","Secret":"a-refresh-token"}')");
  helper("none", "echo 'credentials not found in native keychain'; exit 1");
  helper("bad", "echo 'the keychain is locked'; exit 1");
  helper("strange", "echo hello");
  helper("torn", R"(echo '{"Username":"robin","Secret":"word"}'; exit 1)");
  ::chmod(folder.write("docker-credential-deaf", "#!/bin/sh\nexec 0<&-\necho '{\"Username\":\"robin\",\"Secret\":\"deaf\"}'\n").c_str(), 0755);
  const Variable path("PATH", (folder.path().string() + ":" + std::getenv("PATH")).c_str());
  const std::string file = folder.write("config.json", json{{"auths", {{"ghcr.io", json::object()}}},
                                                             {"credsStore", "good"},
                                                             {"credHelpers",
                                                              {{"token.acme.test", "token"},
                                                               {"none.acme.test", "none"},
                                                               {"bad.acme.test", "bad"},
                                                               {"strange.acme.test", "strange"},
                                                               {"torn.acme.test", "torn"},
                                                               {"deaf.acme.test", "deaf"},
                                                               {"absent.acme.test", "absent"},
                                                               {"evil.acme.test", "x/../../evil"}}}}
                                                            .dump());
  const std::vector<std::string> all{"good", "token", "none", "bad", "strange", "torn", "deaf", "absent", "x/../../evil"};

  const auto refused = credential_in(file, reference("ghcr.io", "x"), {"token"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == file + " keeps the credentials of ghcr.io with the helper 'good'; --credential-helper good permits running docker-credential-good");
  CHECK_FALSE(std::filesystem::exists(ran));

  auto found = credential_in(file, reference("ghcr.io", "x"), all);
  REQUIRE(found);
  CHECK((*found)->user == "robin");
  CHECK((*found)->password.reveal() == "word");
  CHECK(credential_in(file, reference("registry-1.docker.io", "library/x"), all));
  CHECK((*credential_in(file, reference("token.acme.test", "x"), all))->identity_token.reveal() == "a-refresh-token");
  CHECK(testing::text_of(ran) == "get ghcr.io\nget https://index.docker.io/v1/\nget token.acme.test\n");
  CHECK(credential_in(file, reference("none.acme.test", "x"), all).value() == std::nullopt);
  CHECK((*credential_in(file, reference("deaf.acme.test", "x"), all))->password.reveal() == "deaf");
  for (const auto& [host, says] : {std::pair("bad", "the keychain is locked"), std::pair("strange", "not that of a credential helper"), std::pair("torn", "it failed"),
                                   std::pair("absent", "could not be started"), std::pair("evil", "--credential-helper")}) {
    INFO(host);
    const auto failed = credential_in(file, reference(std::string(host) + ".acme.test", "x"), all);
    REQUIRE_FALSE(failed);
    INFO(failed.error().message);
    CHECK(failed.error().message.find(says) != std::string::npos);
    CHECK(failed.error().message.find("word") == std::string::npos);  // the secret
  }
}

TEST_CASE("challenges: what a registry asks for") {
  const auto one = parse_challenges(R"(Bearer realm="https://auth.acme.test/token",service="acme, registry",scope="repository:a:pull,push",error=insufficient_scope)");
  REQUIRE(one.size() == 1);
  CHECK(one[0].scheme == "bearer");
  CHECK(one[0].parameters.at("realm") == "https://auth.acme.test/token");
  CHECK(one[0].parameters.at("service") == "acme, registry");
  CHECK(one[0].parameters.at("scope") == "repository:a:pull,push");
  CHECK(one[0].parameters.at("error") == "insufficient_scope");
  const auto two = parse_challenges(R"(Basic realm="a \"b\"", Negotiate, bearer Realm = x)");
  REQUIRE(two.size() == 3);
  CHECK(two[0].parameters.at("realm") == "a \"b\"");
  CHECK(two[1].scheme == "negotiate");
  CHECK(two[2].parameters.at("realm") == "x");
  for (const char* text : {"", ",,", "=", "\"", "Bearer realm=\"open", "Bearer realm=", "a=b", "Bearer \x01", "Basic realm=\"x\\"}) {
    INFO(text);
    CHECK(parse_challenges(text).size() <= 1);
  }
}

}  // namespace
}  // namespace keywake::images
