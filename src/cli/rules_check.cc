// keywake rules check [DIR]
#include <fmt/format.h>

#include <set>
#include <vector>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "matching/rules_check.h"
#include "rules/lint.h"
#include "rules/loader.h"

namespace keywake::cli {

ExitStatus rules_check(const Arguments& arguments) {
  std::string path = arguments.operands.empty() ? "patterns" : arguments.operands[0];
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return failed(
        fmt::format("rules check: there is no {}; name a folder of pattern files, or one file",
                    printable(path)));
  }
  rules::Loaded loaded;
  rules::load_path(path, loaded);
  std::vector<std::string> faults;
  for (const rules::Problem& problem : loaded.problems) faults.push_back(problem.text());
  for (const rules::Problem& problem : rules::lint(loaded)) faults.push_back(problem.text());
  for (std::string& fault : matching::check_examples(loaded)) faults.push_back(std::move(fault));
  for (const std::string& fault : faults) complain(fault);
  if (!faults.empty()) {
    return failed(fmt::format("rules check: {} {} in {}", faults.size(),
                              faults.size() == 1 ? "fault" : "faults", printable(path)));
  }
  if (loaded.sources.empty())
    return failed(fmt::format("rules check: there is no pattern in {}", printable(path)));
  std::set<std::string_view> files;
  for (const rules::PatternSource& source : loaded.sources) files.insert(source.file);
  return print(fmt::format("{} patterns in {} files hold\n", loaded.sources.size(), files.size()));
}

}  // namespace keywake::cli
