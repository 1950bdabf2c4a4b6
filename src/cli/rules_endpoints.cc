// keywake rules endpoints
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "cli/commands.h"
#include "cli/console.h"
#include "validation/validators.h"

namespace keywake::cli {

ExitStatus rules_endpoints(const Arguments& arguments) {
  const std::vector<std::filesystem::path> files(arguments.validation.files.begin(), arguments.validation.files.end());
  auto validators = validation::Validators::load(files, rules::builtin_validators());
  if (!validators) return failed(validators.error().message);
  struct Use {
    std::set<std::string> effects;
    std::set<std::string> validators;
  };
  std::map<std::string, Use> hosts;
  for (const model::Validator& validator : validators->all()) {
    for (const std::string& host : validator.hosts) {
      hosts[host].effects.insert(std::string(model::kEffectNames[static_cast<std::size_t>(validator.effect)]));
      hosts[host].validators.insert(validator.id);
    }
  }
  std::size_t width = 0;
  for (const auto& [host, use] : hosts) width = std::max(width, host.size());
  std::string out;
  for (const auto& [host, use] : hosts) {
    out += fmt::format("{:<{}}  443  {:<12}  {}\n", host, width, fmt::format("{}", fmt::join(use.effects, ",")), fmt::join(use.validators, " "));
  }
  return print(out);
}

}  // namespace keywake::cli
