// keywake rules check [PATTERNS [VALIDATORS]]
#include <fmt/format.h>

#include <set>
#include <vector>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "matching/rules_check.h"
#include "rules/lint.h"
#include "rules/loader.h"
#include "rules/validator_file.h"
#include "validation/validators_check.h"

namespace keywake::cli {

ExitStatus rules_check(const Arguments& arguments) {
  const std::string patterns = arguments.operands.empty() ? "patterns" : arguments.operands[0];
  std::string validators = arguments.operands.size() > 1 ? arguments.operands[1] : "";
  std::error_code error;
  if (arguments.operands.empty() && std::filesystem::exists("validators", error)) validators = "validators";
  for (const std::string& path : {patterns, validators}) {
    if (path.empty() || std::filesystem::exists(path, error)) continue;
    return failed(fmt::format("rules check: there is no {}; name a folder of rule files, or one file", printable(path)));
  }
  rules::Loaded loaded;
  rules::load_path(patterns, loaded);
  std::vector<std::string> faults;
  for (const rules::Problem& problem : loaded.problems) faults.push_back(problem.text());
  for (const rules::Problem& problem : rules::lint(loaded)) faults.push_back(problem.text());
  for (std::string& fault : matching::check_examples(loaded)) faults.push_back(std::move(fault));
  rules::LoadedValidators asked;
  if (!validators.empty()) {
    rules::load_validators(validators, asked);
    for (const rules::Problem& problem : asked.problems) faults.push_back(problem.text());
    for (const rules::Problem& problem : rules::lint_validators(asked, loaded.rules.patterns())) faults.push_back(problem.text());
    for (std::string& fault : validation::check_validators(loaded, asked.validators)) faults.push_back(std::move(fault));
  }
  for (const std::string& fault : faults) complain(fault);
  if (!faults.empty()) return failed(fmt::format("rules check: {} {}", faults.size(), faults.size() == 1 ? "fault" : "faults"));
  if (loaded.sources.empty()) return failed(fmt::format("rules check: there is no pattern in {}", printable(patterns)));
  std::set<std::string_view> files;
  for (const rules::PatternSource& source : loaded.sources) files.insert(source.file);
  std::string out = fmt::format("{} patterns in {} files hold\n", loaded.sources.size(), files.size());
  std::set<std::string_view> providers;
  for (const model::Validator& validator : asked.validators) providers.insert(validator.provider);
  if (!validators.empty()) out += fmt::format("{} validators of {} providers hold\n", asked.validators.size(), providers.size());
  return print(out);
}

}  // namespace keywake::cli
