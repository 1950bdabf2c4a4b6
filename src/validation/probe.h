// Probe: one credential being asked about by one validator of the scheme "http", as a machine that makes requests and takes answers and
// does no I/O itself. So the same code runs against a provider, and offline against the examples of a rule file.
//
//   while (auto request = probe.next()) probe.answer(send(*request));
//   probe.result()
//
// Ownership: the validator must outlive it. Thread safety: one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/validation.h"
#include "model/validator.h"
#include "net/client.h"
#include "validation/values.h"

namespace keywake::validation {

class Reading;

/// Hosts that the user allowed besides those of validators: names, "*.name" for all below a name, "*" for any.
using AllowedHosts = std::vector<std::string>;

class Probe {
 public:
  /// `values`: the secret and its parts.
  Probe(const model::Validator& validator, Values values, const AllowedHosts& allowed);

  /// The request to make now, the same until it is answered; absent when all is decided.
  std::optional<net::Request> next();
  void answer(const net::Answer& answer);
  /// Ends it where it stands: `verdict` if none has been reached.
  void give_up(model::Verdict verdict, std::string reason);

  [[nodiscard]] const model::Validation& result() const { return result_; }
  /// Of the request made last.
  [[nodiscard]] const net::HostPort& host() const { return host_; }

 private:
  std::optional<net::Request> rendered();
  bool permitted() const;
  void follow(const model::VerdictRule& rule, const Reading& reading, int status);
  void judge(model::Verdict verdict, std::string reason);
  void next_alternative();
  void set_alternatives();

  const model::Validator& validator_;
  const AllowedHosts& allowed_;
  Values given_;   // what each alternative begins with
  Values values_;
  std::vector<std::size_t> choice_;  // of each alternative that the credential leaves open
  std::size_t request_ = 0;
  bool done_ = false;
  bool live_ = false;
  net::HostPort host_;
  model::Validation result_;
  std::optional<model::Validation> best_;  // of the alternatives before this one
};

}  // namespace keywake::validation
