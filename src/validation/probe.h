// Probe: one credential being asked about, as a machine that makes requests and takes answers and does no I/O itself. So the same code
// runs against a provider, and offline against the examples of a rule file.
//
//   while (auto request = probe.next()) probe.answer(send(*request));
//   probe.result()
//
// There is one kind for each scheme of docs/validators.md. Ownership: the validator must outlive it. Thread safety: one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/validation.h"
#include "model/validator.h"
#include "net/client.h"
#include "validation/values.h"

namespace keywake::validation {

/// Hosts that the user allowed besides those of validators: names, "*.name" for all below a name, "*" for any.
using AllowedHosts = std::vector<std::string>;

class Probe {
 public:
  virtual ~Probe() = default;

  /// The request to make now, the same until it is answered; absent when all is decided.
  virtual std::optional<net::Request> next() = 0;
  virtual void answer(const net::Answer& answer) = 0;
  /// Ends it where it stands: `verdict` unless it was found live.
  virtual void give_up(model::Verdict verdict, std::string reason) = 0;

  [[nodiscard]] const model::Validation& result() const { return result_; }
  /// Of the request made last.
  [[nodiscard]] const net::HostPort& host() const { return host_; }

 protected:
  Probe(const model::Validator& validator, const AllowedHosts& allowed) : validator_(validator), allowed_(allowed) { result_.validator = validator.id; }

  /// Sets host(). Whether this URL may be asked at; if not, `why` is the verdict and the reason.
  bool permitted(const std::string& url, std::pair<model::Verdict, std::string>& why);

  const model::Validator& validator_;
  const AllowedHosts& allowed_;
  net::HostPort host_;
  model::Validation result_;
};

/// Of the validator's scheme. `values`: the secret and its parts. `allowed` must outlive it. `ca_file`: trusted beside the system's authorities.
std::unique_ptr<Probe> make_probe(const model::Validator& validator, Values values, const AllowedHosts& allowed, const std::string& ca_file = "");

}  // namespace keywake::validation
