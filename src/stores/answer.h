// What an answer of a provider's interface means beyond its status: how long to leave the host alone, and why there is nothing.
// Thread safety: pure functions, but for asking the clock.
#pragma once

#include <chrono>
#include <string>

#include "net/client.h"

namespace keywake::stores {

inline constexpr int kAttempts = 4;
inline constexpr std::chrono::milliseconds kFirstBackOff{500};
inline constexpr std::chrono::seconds kLongestWait{3'600};  // GitHub's limit is by the hour
/// So many failures without an answer in between mean that nobody is there.
inline constexpr int kUnreachableAfter = 8;

/// What the answer asks for before the next request; 0: nothing. Beside Retry-After Buildkite's and GitHub's own headers.
std::chrono::seconds asked_to_wait(const net::Answer& answer);

/// 429, or the 403 by which GitHub says the same.
bool is_rate_limit(const net::Answer& answer);

/// One clause, for a Skip.
std::string reason_of(const net::Answer& answer);

}  // namespace keywake::stores
