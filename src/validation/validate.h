// Validates what a scan found: chooses for each credential who is asked, asks (validation/ask.h), and writes the answer into it.
// Thread safety: one call at a time for one list of credentials.
#pragma once

#include <span>

#include "base/result.h"
#include "model/finding.h"
#include "validation/answer_cache.h"
#include "validation/ask.h"
#include "validation/validators.h"

namespace keywake::validation {

struct ValidateOptions {
  AskOptions ask;
  /// Ask with credentials that are known to be traps too, which tells whoever laid them.
  bool touch_canaries = false;
  /// Answers of earlier runs, taken instead of asking again, and added to. Null: everybody is asked.
  AnswerCache* cache = nullptr;
};

/// Every credential has a validation afterwards. Fails only if nothing can be asked at all.
Result<void> validate(std::span<model::Credential> credentials, const Validators& validators, const ValidateOptions& options,
                      const std::function<void(const AskProgress&)>& progress);

}  // namespace keywake::validation
