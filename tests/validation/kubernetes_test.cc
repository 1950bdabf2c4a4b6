// What a kubeconfig brings beside the credential is used: its authority is the one that is trusted, its certificate and key are shown.
#include <fstream>
#include <sstream>

#include "base/base64.h"
#include "catch.h"
#include "provider_helper.h"
#include "rules/validator_file.h"
#include "validation/ask.h"

namespace keywake::validation {
namespace {

using nlohmann::json;

std::string encoded(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return base64_encode(text.str());
}

const json kReview = {{"kind", "SelfSubjectReview"}, {"status", {{"userInfo", {{"username", "jo"}, {"groups", {"ops", "system:authenticated"}}}}}}};
const json kRules = {{"kind", "SelfSubjectRulesReview"}, {"status", {{"resourceRules", {{{"verbs", {"get"}}, {"resources", {"pods"}}}}}}}};

struct Cluster {
  testing::Authority clients{{"jo"}};
  testing::Provider provider{{"k8s.acme.test"}, {"--client-ca", clients.ca()}};
  rules::LoadedValidators loaded;
  AskOptions options;
  std::string ca;

  Cluster() {
    rules::load_validators(KEYWAKE_SOURCE_DIR "/validators", loaded);
    options.client = provider.options();
    ca = encoded(options.client.ca_file);
    options.client.ca_file.clear();  // the system knows nothing of this cluster
    options.allowed = {"k8s.acme.test"};
    options.attempts = 1;
    provider.answers({{{"status", 201}, {"body", kReview.dump()}}, {{"status", 201}, {"body", kRules.dump()}}});
  }
  model::Validation asked(std::string_view id, const std::string& secret, const std::vector<model::Part>& parts) const {
    for (const model::Validator& validator : loaded.validators) {
      if (validator.id != id) continue;
      const Secret held(secret);
      const Question question{&validator, &held, &parts};
      const auto result = ask({&question, 1}, options, [](const AskProgress&) {});
      REQUIRE(result);
      return result->front();
    }
    throw std::runtime_error("no such validator");
  }
};

std::string fact(const model::Validation& validation, std::string_view name) {
  for (const model::Fact& each : validation.facts) {
    if (each.name == name) return each.values.front();
  }
  return "";
}

TEST_CASE("Kubernetes: a token is asked about at the server of its cluster, by the cluster's own authority") {
  Cluster cluster;
  SECTION("whose authority is the one beside it") {
    const model::Validation live = cluster.asked("kubernetes.token", "a-token", {{"server", "k8s.acme.test:6443"}, {"ca", cluster.ca}});
    INFO(live.reason);
    CHECK(model::name(live.verdict) == "live");
    CHECK(fact(live, "owner") == "jo");
    CHECK(fact(live, "permissions") == "get");
    const json requests = cluster.provider.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0]["path"] == "/apis/authentication.k8s.io/v1/selfsubjectreviews");
    CHECK(requests[0]["headers"]["authorization"] == "Bearer a-token");
  }
  SECTION("whose authority is another: it is told nothing") {
    const model::Validation unknown = cluster.asked("kubernetes.token", "a-token", {{"server", "k8s.acme.test:6443"}, {"ca", encoded(cluster.clients.ca())}});
    CHECK(model::name(unknown.verdict) == "unknown");
    CHECK(unknown.reason.find("certificate") != std::string::npos);
    CHECK(cluster.provider.requests().empty());
  }
  SECTION("without an authority beside it the system's count") {
    const model::Validation unknown = cluster.asked("kubernetes.token", "a-token", {{"server", "k8s.acme.test:6443"}});
    CHECK(model::name(unknown.verdict) == "unknown");
    CHECK(cluster.provider.requests().empty());
  }
  SECTION("which the user did not allow") {
    const model::Validation skipped = cluster.asked("kubernetes.token", "a-token", {{"server", "k8s.evil.test:6443"}, {"ca", cluster.ca}});
    CHECK(model::name(skipped.verdict) == "skipped");
    CHECK(cluster.provider.requests().empty());
  }
}

TEST_CASE("Kubernetes: a client's key is used with its certificate") {
  Cluster cluster;
  const std::string key = encoded(cluster.clients.key());
  const std::string certificate = encoded(cluster.clients.certificate());
  SECTION("and shown") {
    const model::Validation live = cluster.asked("kubernetes.client-certificate", key, {{"server", "k8s.acme.test:6443"}, {"ca", cluster.ca}, {"certificate", certificate}});
    INFO(live.reason);
    CHECK(model::name(live.verdict) == "live");
    CHECK(fact(live, "owner") == "jo");
    const json requests = cluster.provider.requests();
    REQUIRE(requests.size() == 2);
    for (const json& request : requests) {
      CHECK(request.value("client", "") == "a provider");
      CHECK_FALSE(request["headers"].contains("authorization"));
    }
  }
  SECTION("and not with another's") {
    const testing::Authority other({"other"});
    const model::Validation unknown = cluster.asked("kubernetes.client-certificate", key, {{"server", "k8s.acme.test:6443"}, {"ca", cluster.ca}, {"certificate", encoded(other.certificate())}});
    INFO(unknown.reason);
    CHECK(model::name(unknown.verdict) == "unknown");
    CHECK(cluster.provider.requests().empty());
  }
  SECTION("and without one nothing is asked") {
    const model::Validation half = cluster.asked("kubernetes.client-certificate", key, {{"server", "k8s.acme.test:6443"}, {"ca", cluster.ca}});
    CHECK(model::name(half.verdict) == "unvalidatable");
    CHECK(cluster.provider.requests().empty());
  }
}

}  // namespace
}  // namespace keywake::validation
