// The offline tests that a match must pass (docs/patterns.md, "Checks"), by name. Each is a pure
// function of the match: a reason to turn it down, or nothing; a check may also learn something
// about the credential and add a part (the account in an AWS key id). `not` and `placeholder-ok`
// are no functions: matching/confirm.cc handles them. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.h"
#include "model/pattern.h"

namespace keywake::matching {

struct Candidate {
  std::string_view secret;
  std::string_view body;  // the secret without the literal prefix of its format
  std::string_view argument;
  std::vector<model::Part>* parts = nullptr;
  bool weak = false;  // weak passwords will do, where the argument is "weak" (matching/password.h)
};

using CheckFunction = std::optional<std::string> (*)(const Candidate&);

/// Null when there is no such function.
CheckFunction find_check(std::string_view name);

/// The secret without the longest of the pattern's anchors and keywords that it begins with, or the
/// whole secret if nothing else is left.
std::string_view body_of(const model::Pattern& pattern, std::string_view secret);

}  // namespace keywake::matching
