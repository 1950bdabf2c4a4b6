// validators/aws.toml against moto with its authentication switched on: signatures, keys and permissions are held against what it knows, as AWS
// does it.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "authority_helper.h"
#include "catch.h"
#include "rules/validator_file.h"
#include "script_helper.h"
#include "validation/ask.h"

namespace keywake::validation {
namespace {

using model::Verdict;
using nlohmann::json;

std::string packages() {
  testing::Script fetch({KEYWAKE_SOURCE_DIR "/scripts/fetch-moto"});  // says what is wrong, if it cannot
  std::string folder = fetch.line();
  folder.pop_back();
  return folder;
}

class Aws {
 public:
  Aws() : keys(json::parse(server_.line())) {
    rules::load_validators(KEYWAKE_SOURCE_DIR "/validators", loaded_);
    options_.client.ca_file = authority_.ca();
    options_.client.connect_to.push_back("::127.0.0.1:" + std::to_string(keys["port"].get<int>()));
    options_.client.timeout = std::chrono::seconds(60);  // of a loaded machine
  }

  model::Validation asked(const std::string& id, const std::string& secret, const std::string& token = "") const {
    const auto is_it = [](const model::Validator& validator) { return validator.id == "aws.caller-identity"; };
    const auto validator = std::find_if(loaded_.validators.begin(), loaded_.validators.end(), is_it);
    REQUIRE(validator != loaded_.validators.end());
    const Secret held(id);
    std::vector<model::Part> parts{{"secret_access_key", secret}};
    if (!token.empty()) parts.push_back({"session_token", token});
    const Question question{&*validator, &held, &parts};
    const auto result = ask({&question, 1}, options_, [](const AskProgress&) {});
    REQUIRE(result);
    return result->front();
  }

 private:
  testing::Authority authority_{{"localhost", "sts.us-east-1.amazonaws.com", "sts.us-gov-west-1.amazonaws.com", "sts.cn-north-1.amazonaws.com.cn", "iam.amazonaws.com"}};
  testing::Script server_{{KEYWAKE_SOURCE_DIR "/tests/validation/aws_server.py", packages(), authority_.certificate(), authority_.key(), authority_.ca()}};
  rules::LoadedValidators loaded_;
  AskOptions options_;

 public:
  json keys;
};

std::map<std::string, std::string> facts(const model::Validation& validation) {
  std::map<std::string, std::string> out;
  for (const model::Fact& fact : validation.facts) {
    for (const std::string& value : fact.values) out[fact.name] += (out[fact.name].empty() ? "" : ", ") + value;
  }
  return out;
}

TEST_CASE("AWS: what moto's IAM says of keys is what the validator says of them") {
  const Aws aws;
  const std::string alice = aws.keys["alice"]["id"];
  const std::string alice_secret = aws.keys["alice"]["secret"];
  const json role = aws.keys["role"];

  {
    INFO("a user who may read IAM");
    const model::Validation live = aws.asked(alice, alice_secret);
    INFO(live.reason);
    CHECK(model::name(live.verdict) == "live");
    auto of = facts(live);
    CHECK(of["account"] == "123456789012");
    CHECK(of["owner"] == "arn:aws:iam::123456789012:user/alice");
    CHECK(of["roles"] == "read-iam");
    CHECK(of["created"].starts_with("20"));
    CHECK(of["last-used"].starts_with("20"));
  }
  {
    INFO("a user who may do nothing is live all the same");
    const model::Validation live = aws.asked(aws.keys["bob"]["id"], aws.keys["bob"]["secret"]);
    INFO(live.reason);
    CHECK(model::name(live.verdict) == "live");
    auto of = facts(live);
    CHECK(of["owner"] == "arn:aws:iam::123456789012:user/bob");
    CHECK(of["roles"].empty());
  }
  {
    INFO("a key with the secret of another");
    const model::Validation wrong = aws.asked(alice, aws.keys["bob"]["secret"]);
    INFO(wrong.reason);
    CHECK(model::name(wrong.verdict) == "unknown");
    CHECK(wrong.reason.find("not its own") != std::string::npos);
    CHECK(wrong.facts.empty());
  }
  {
    INFO("a key that is not there");
    const model::Validation dead = aws.asked("AKIA" + std::string(12, 'Q') + "ZZZZ", alice_secret);
    INFO(dead.reason);
    CHECK(model::name(dead.verdict) == "dead");
  }
  {
    INFO("a role that was assumed");
    const model::Validation live = aws.asked(role["id"], role["secret"], role["token"]);
    INFO(live.reason);
    CHECK(model::name(live.verdict) == "live");
    CHECK(facts(live)["owner"] == "arn:aws:sts::123456789012:assumed-role/deployer/ci");
  }
  {
    INFO("the same without its session token: nobody knows, and it is not dead");
    const model::Validation half = aws.asked(role["id"], role["secret"]);
    INFO(half.reason);
    CHECK(model::name(half.verdict) == "unknown");
  }
  {
    INFO("the same with another token");
    CHECK(model::name(aws.asked(role["id"], role["secret"], "made-up").verdict) != "live");
  }
}

}  // namespace
}  // namespace keywake::validation
