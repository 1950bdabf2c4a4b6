#include "validation/probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/url_scheme.h"
#include "rules/validator_hosts.h"
#include "validation/certificate_probe.h"
#include "validation/request_probe.h"
#include "validation/token_probe.h"

namespace keywake::validation {

bool Probe::permitted(const std::string& url, std::pair<model::Verdict, std::string>& why) {
  auto host = net::host_of(url);
  if (!host) {
    why = {model::Verdict::kUnvalidatable, host.error().message};
    return false;
  }
  host_ = *std::move(host);
  if (host_.port == standard_port(scheme_of(url)) && rules::holds(validator_.hosts, host_.host)) return true;
  const bool allowed = std::any_of(allowed_.begin(), allowed_.end(), [&](std::string_view each) {
    return each == "*" || each == host_.host || (each.starts_with("*.") && host_.host.ends_with(each.substr(1)));
  });
  if (!allowed) {
    const std::string name = printable(host_.host);
    why = {model::Verdict::kSkipped, fmt::format("{} is named by what was scanned; --allow-host {} permits it to be asked", name, name)};
  }
  return allowed;
}

std::unique_ptr<Probe> make_probe(const model::Validator& validator, Values values, const AllowedHosts& allowed, const std::string& ca_file) {
  if (validator.scheme == "jwt") return std::make_unique<TokenProbe>(validator, values, allowed);
  if (validator.scheme == "x509") return std::make_unique<CertificateProbe>(validator, values, allowed, ca_file);
  return std::make_unique<RequestProbe>(validator, std::move(values), allowed);
}

}  // namespace keywake::validation
