// TokenProbe: the scheme "jwt". A JSON Web Token (RFC 7519) works if its issuer's published keys (OpenID Connect Discovery 1.0, 4; RFC 7517)
// verify its signature and it has not expired. The token itself is shown to nobody. As Probe.
#pragma once

#include "validation/probe.h"

namespace keywake::validation {

class TokenProbe : public Probe {
 public:
  TokenProbe(const model::Validator& validator, const Values& values, const AllowedHosts& allowed);

  std::optional<net::Request> next() override;
  void answer(const net::Answer& answer) override;
  void give_up(model::Verdict verdict, std::string reason) override { judge(verdict, std::move(reason)); }

 private:
  void read(const std::string& token);
  void ask_at(std::string url);
  void judge(model::Verdict verdict, std::string reason);
  void judge_by(const std::string& key_set);  // a JSON Web Key Set

  std::string signed_part_;
  std::string signature_;
  std::string algorithm_;
  std::string key_id_;  // empty: it names none
  std::string issuer_;
  std::string good_until_;
  std::string url_;      // to ask at next
  bool keys_are_next_ = false;
  bool done_ = false;
};

}  // namespace keywake::validation
