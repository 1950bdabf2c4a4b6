// Holds validators to their own examples, offline: the secret is a match example of the pattern, found by the engine as in a scan; what the
// provider answers is the validator's example. Thread safety: pure function.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/finding.h"
#include "model/validator.h"
#include "rules/loader.h"

namespace keywake::validation {

/// What is wrong, in order of the validators, each with its place; empty when all holds. Validators that name a pattern that is not
/// loaded are left out: rules/validator_file.h says so.
std::vector<std::string> check_validators(const rules::Loaded& patterns, std::span<const model::Validator> validators);

/// What the engine finds of each pattern in its own match examples, by pattern; the secrets that tests and checks ask about.
struct ExampleFinding {
  const model::Pattern* pattern = nullptr;
  Secret secret;
  std::vector<model::Part> parts;
};
Result<std::vector<ExampleFinding>> example_findings(const rules::Loaded& patterns);

}  // namespace keywake::validation
