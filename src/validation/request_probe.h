// RequestProbe: the scheme "http", whose requests and verdicts stand in the rule file. As Probe.
#pragma once

#include "validation/probe.h"

namespace keywake::validation {

class Reading;

class RequestProbe : public Probe {
 public:
  RequestProbe(const model::Validator& validator, Values values, const AllowedHosts& allowed);

  std::optional<net::Request> next() override;
  void answer(const net::Answer& answer) override;
  void give_up(model::Verdict verdict, std::string reason) override;

 private:
  std::optional<net::Request> rendered();
  void follow(const model::VerdictRule& rule, const Reading& reading, int status);
  void judge(model::Verdict verdict, std::string reason);
  void next_alternative();
  void set_alternatives();

  Values given_;  // what each alternative begins with
  Values values_;
  std::vector<std::size_t> choice_;  // of each alternative that the credential leaves open
  std::size_t request_ = 0;
  bool done_ = false;
  bool live_ = false;
  std::optional<model::Validation> best_;  // of the alternatives before this one
};

}  // namespace keywake::validation
