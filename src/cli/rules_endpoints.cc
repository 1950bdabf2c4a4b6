// keywake rules endpoints
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "base/url_scheme.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "validation/validators.h"

namespace keywake::cli {
namespace {

// Of the schemes of its requests; "any" where the scanned text names the scheme.
std::set<std::string> ports_of(const model::Validator& validator) {
  std::set<std::string> out;
  for (const model::HttpRequest& request : validator.requests) {
    const bool literal = !request.url.pieces.empty() && !request.url.pieces[0].is_value;
    const std::string_view scheme = literal ? scheme_of(request.url.pieces[0].text) : "";
    const bool whole = !literal && request.url.pieces.size() == 1;  // a webhook
    out.insert(literal ? fmt::format("{}", standard_port(scheme)) : whole ? "443" : "any");
  }
  if (out.empty()) out.insert("443");
  return out;
}

}  // namespace

ExitStatus rules_endpoints(const Arguments& arguments) {
  const std::vector<std::filesystem::path> files(arguments.validation.files.begin(), arguments.validation.files.end());
  auto validators = validation::Validators::load(files, rules::builtin_validators());
  if (!validators) return failed(validators.error().message);
  struct Use {
    std::set<std::string> effects;
    std::set<std::string> ports;
    std::set<std::string> validators;
  };
  std::map<std::string, Use> hosts;
  for (const model::Validator& validator : validators->all()) {
    for (const std::string& host : validator.hosts) {
      hosts[host].effects.insert(std::string(model::kEffectNames[static_cast<std::size_t>(validator.effect)]));
      hosts[host].validators.insert(validator.id);
      hosts[host].ports.merge(ports_of(validator));
    }
  }
  std::size_t width = 0;
  for (const auto& [host, use] : hosts) width = std::max(width, host.size());
  std::string out;
  for (const auto& [host, use] : hosts) {
    out += fmt::format("{:<{}}  {:<8}  {:<12}  {}\n", host, width, fmt::format("{}", fmt::join(use.ports, ",")), fmt::format("{}", fmt::join(use.effects, ",")), fmt::join(use.validators, " "));
  }
  return print(out);
}

}  // namespace keywake::cli
