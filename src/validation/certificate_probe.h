// CertificateProbe: the scheme "x509", which asks nobody. A private key works if its certificate does: it belongs to the key, it is of
// today, and an authority that this machine trusts vouches for it. As Probe.
#pragma once

#include "crypto/certificate.h"
#include "validation/probe.h"

namespace keywake::validation {

class CertificateProbe : public Probe {
 public:
  /// Of the values it takes "secret", the key, and "certificate": PEM blocks, of which it takes the one that is the key's.
  CertificateProbe(const model::Validator& validator, const Values& values, const AllowedHosts& allowed, const std::string& ca_file);

  std::optional<net::Request> next() override { return std::nullopt; }
  void answer(const net::Answer&) override {}
  void give_up(model::Verdict, std::string) override {}

 private:
  void add_facts(const crypto::Certificate& own);
};

}  // namespace keywake::validation
