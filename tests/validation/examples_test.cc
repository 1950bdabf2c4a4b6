// Every example of every validator once more, over TLS against a server on loopback that answers what the example says.
#include <set>

#include "catch.h"
#include "provider_helper.h"
#include "rules/validator_file.h"
#include "validation/ask.h"
#include "validation/validators_check.h"

namespace keywake::validation {
namespace {

using nlohmann::json;

json plan(const model::ValidatorExample& example) {
  json out = json::array();
  for (const model::Answer& answer : example.answers) {
    json headers = json::array();
    for (const auto& [name, value] : answer.headers) headers.push_back({name, value});
    out.push_back({{"status", answer.status}, {"headers", headers}, {"body", answer.body}});
  }
  return out;
}

std::string joined(const std::vector<model::Fact>& facts, std::string_view name) {
  std::string out;
  for (const model::Fact& fact : facts) {
    if (fact.name != name) continue;
    for (const std::string& value : fact.values) out += (out.empty() ? "" : ", ") + value;
  }
  return out;
}

TEST_CASE("validators: each example over TLS has the verdict and the facts it should, and the secret goes to its hosts alone") {
  rules::Loaded patterns;
  rules::load_path(KEYWAKE_SOURCE_DIR "/patterns", patterns);
  rules::LoadedValidators loaded;
  rules::load_validators(KEYWAKE_SOURCE_DIR "/validators", loaded);
  const auto findings = example_findings(patterns);
  REQUIRE(findings);
  std::map<std::string_view, std::vector<const ExampleFinding*>> by_pattern;
  for (const ExampleFinding& finding : *findings) by_pattern[finding.pattern->id].push_back(&finding);

  AskOptions options;
  options.allowed = {"*"};
  options.attempts = 1;  // the examples of 429 may ask for minutes
  // Which hosts the certificate must have is known when each has been asked for its first request.
  struct Case {
    const model::Validator* validator;
    const model::ValidatorExample* example;
    const ExampleFinding* finding;
  };
  std::vector<Case> cases;
  std::set<std::string> hosts;
  for (const model::Validator& validator : loaded.validators) {
    if (validator.scheme != "http") continue;
    for (const std::string& host : validator.hosts) {
      if (host.find('{') == std::string::npos) hosts.insert(host);
    }
    for (const model::ValidatorExample& example : validator.examples) {
      const std::string& pattern = example.pattern.empty() ? validator.validates.front() : example.pattern;
      for (const ExampleFinding* finding : by_pattern[pattern]) {
        const auto probe = make_probe(validator, Values::of(finding->secret, finding->parts), options.allowed);
        const auto request = probe->next();
        if (!request) continue;
        if (!request->url.starts_with("https://")) break;  // logins: tests/login, against the real servers
        if (!request->certificate.empty()) break;  // made up, so none to show: kubernetes_test.cc has one
        hosts.insert(probe->host().host);
        cases.push_back({&validator, &example, finding});
        break;
      }
    }
  }
  REQUIRE(!cases.empty());
  testing::Provider provider({hosts.begin(), hosts.end()});
  options.client = provider.options();
  for (const Case& one : cases) {
    INFO(one.validator->id << ", the example of line " << one.example->line);
    provider.answers(plan(*one.example));
    const Question question{one.validator, &one.finding->secret, &one.finding->parts};
    const auto result = ask({&question, 1}, options, [](const AskProgress&) {});
    REQUIRE(result);
    const model::Validation& validation = result->front();
    INFO(validation.reason);
    CHECK(model::name(validation.verdict) == model::name(one.example->is));
    for (const auto& [name, expected] : one.example->facts) CHECK(joined(validation.facts, name) == expected);
    const json requests = provider.requests();
    CHECK(!requests.empty());
    for (const json& request : requests) {
      const std::string host = request["headers"]["host"];
      CHECK(hosts.contains(host.substr(0, host.find(':'))));  // some have a port of their own
    }
  }
}

}  // namespace
}  // namespace keywake::validation
