// Asks about many credentials at once, each once: rates and concurrency per host, retries with exponential back-off and jitter, Retry-After,
// an overall deadline. One thread, one pool of connections (net/client.h). Ownership: what the questions refer to must outlive the call.
// Thread safety: calls are independent of one another.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/finding.h"
#include "model/validation.h"
#include "model/validator.h"
#include "net/client.h"
#include "validation/probe.h"

namespace keywake::validation {

struct Question {
  const model::Validator* validator = nullptr;
  const Secret* secret = nullptr;
  const std::vector<model::Part>* parts = nullptr;
};

/// One request that was answered, or failed. Neither URL nor headers, in which secrets may stand.
struct AskEvent {
  std::string_view validator;
  std::string_view host;
  int status = 0;            // of the answer; 0: it failed
  std::string_view problem;  // why
  int attempt = 1;
  std::chrono::milliseconds took{0};
};

struct AskOptions {
  net::ClientOptions client;
  AllowedHosts allowed;
  std::chrono::seconds deadline{600};  // for all of them; what has no answer by then is unknown
  std::uint32_t in_flight = 256;       // requests at once, over all hosts
  int attempts = 4;                    // at one request, where another try may help
  std::chrono::milliseconds first_back_off{500};  // before a second attempt; doubled with each that follows
  std::function<void(const AskEvent&)> observe;   // called for each request; empty: nobody looks
  std::optional<double> rate;          // requests a second to one host, instead of what validators say
};

/// How far it has come; called from time to time.
struct AskProgress {
  std::size_t done = 0;
  std::size_t total = 0;
};

/// One validation for each question, in their order. Fails only if nothing can be asked at all (a CA file that cannot be read).
Result<std::vector<model::Validation>> ask(std::span<const Question> questions, const AskOptions& options,
                                           const std::function<void(const AskProgress&)>& progress);

}  // namespace keywake::validation
