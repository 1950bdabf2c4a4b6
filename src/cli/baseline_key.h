// KEYWAKE_BASELINE_KEY, unless --baseline-key gave one. Thread safety: reads the environment.
#pragma once

#include <cstdlib>
#include <string_view>

#include "scan/pipeline.h"

namespace keywake::cli {

inline constexpr const char* kBaselineKeyVariable = "KEYWAKE_BASELINE_KEY";

inline void take_baseline_key(scan::Request& request) {
  const char* value = std::getenv(kBaselineKeyVariable);
  if (request.baseline_key.empty() && value != nullptr) request.baseline_key = value;
}

}  // namespace keywake::cli
