// --fail-on: which credentials make the exit status 1. Each flag is a list of conditions, joined by commas, that must all hold; one flag that
// holds is enough; without any flag every credential fails.
//
//   --fail-on live --fail-on risk=high,confidence=high
//
// Errors: name the condition. Thread safety: values.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/finding.h"

namespace keywake::cli {

struct FailOn {
  bool live = false;
  std::optional<model::Risk> risk;              // this or above
  std::optional<model::Confidence> confidence;  // this or above
  std::optional<model::Kind> kind;
};

Result<FailOn> parse_fail_on(std::string_view text);
/// Whether anybody can tell: without validation nothing is live.
Result<void> check_fail_on(const std::vector<FailOn>& conditions, bool validated);
bool fails(const model::Credential& credential, const std::vector<FailOn>& conditions);

}  // namespace keywake::cli
