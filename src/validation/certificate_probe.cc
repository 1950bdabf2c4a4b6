#include "validation/certificate_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/keys.h"
#include "validation/facts.h"

namespace keywake::validation {
namespace {

using model::Verdict;

struct Judgement {
  Verdict verdict = Verdict::kUnknown;
  std::string reason;
};

Judgement judged(const crypto::Certificate& own, const std::vector<crypto::Certificate>& all, const std::string& ca_file) {
  const std::int64_t now = std::time(nullptr);
  if (own.not_after() < now) return {Verdict::kDead, fmt::format("its certificate expired on {}", day_of(own.not_after()))};
  if (own.not_before() > now) return {Verdict::kUnknown, fmt::format("its certificate is good from {} on", day_of(own.not_before()))};
  const std::string until = day_of(own.not_after());
  if (own.trusted(all, ca_file)) {
    return {Verdict::kLive, fmt::format("its certificate, which this machine trusts, is good until {} unless it was revoked (by {})", until, printable(own.issuer()))};
  }
  if (own.self_signed()) return {Verdict::kUnknown, fmt::format("its certificate is good until {}, and signed by itself: who trusts it cannot be told", until)};
  return {Verdict::kUnknown, fmt::format("its certificate is good until {}, of an authority that this machine does not know ({})", until, printable(own.issuer()))};
}

}  // namespace

CertificateProbe::CertificateProbe(const model::Validator& validator, const Values& values, const AllowedHosts& allowed, const std::string& ca_file)
    : Probe(validator, allowed) {
  const std::string* text = values.find("certificate");
  const auto key = crypto::PrivateKey::from_pem(*values.find("secret"));
  const std::vector<crypto::Certificate> all = crypto::Certificate::all_in(text == nullptr ? "" : *text);
  const std::string of_key = key ? key->public_der() : "";
  const auto own = std::find_if(all.begin(), all.end(), [&](const crypto::Certificate& each) { return each.public_der() == of_key; });
  Judgement judgement;
  if (all.empty()) {
    judgement = {Verdict::kUnvalidatable, "no certificate was found with it"};
  } else if (!key) {
    judgement = {Verdict::kUnvalidatable, "it cannot be read as a private key"};
  } else if (own == all.end()) {
    judgement.reason = "the certificate beside it belongs to another key";
  } else {
    judgement = judged(*own, all, ca_file);
    add_facts(*own);
  }
  result_.verdict = judgement.verdict;
  result_.reason = std::move(judgement.reason);
}

void CertificateProbe::add_facts(const crypto::Certificate& own) {
  const crypto::Certificate::Names names = own.names();
  add_fact(result_.facts, "owner", {own.subject()});
  add_fact(result_.facts, "organization", {own.organization()});
  add_fact(result_.facts, "email", names.emails);
  // A SPIFFE verifiable identity document names its workload so (SPIFFE-ID, and X509-SVID, 2).
  const auto spiffe = std::find_if(names.uris.begin(), names.uris.end(), [](const std::string& uri) { return uri.starts_with("spiffe://"); });
  if (spiffe != names.uris.end()) add_fact(result_.facts, "account", {*spiffe});
  add_fact(result_.facts, "resources", names.hosts);
  add_fact(result_.facts, "created", {day_of(own.not_before())});
  add_fact(result_.facts, "expires", {day_of(own.not_after())});
}

}  // namespace keywake::validation
