// The keys by which what may stay is recognised: KEYWAKE_BASELINE_KEY, unless --baseline-key gave one, and Betterleaks' own, whose bytes are the
// key as they stand. Thread safety: reads the environment.
#pragma once

#include <cstdlib>
#include <string_view>

#include "scan/pipeline.h"

namespace keywake::cli {

inline constexpr const char* kBaselineKeyVariable = "KEYWAKE_BASELINE_KEY";

inline void take_policy_keys(scan::Request& request) {
  const char* value = std::getenv(kBaselineKeyVariable);
  if (request.baseline_key.empty() && value != nullptr) request.baseline_key = value;
  if (const char* key = std::getenv("BETTERLEAKS_FINGERPRINT_HMAC_KEY"); key != nullptr) request.betterleaks_key = key;
}

}  // namespace keywake::cli
