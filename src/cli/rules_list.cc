// keywake rules list
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/rule_choice.h"

namespace keywake::cli {

ExitStatus rules_list(const Arguments& arguments) {
  auto choice = RuleChoice::make(arguments);
  if (!choice) return failed(choice.error().message);
  std::size_t id_width = 0;
  std::size_t kind_width = 0;
  for (const model::Pattern& pattern : (*choice)->rules().patterns()) {
    id_width = std::max(id_width, pattern.id.size());
    kind_width = std::max(kind_width, model::name(pattern.kind).size());
  }
  std::string out;
  for (const model::Pattern& pattern : (*choice)->rules().patterns()) {
    out += fmt::format("{:<{}}  {:<{}}  {:<8}  {:<6}  {}\n", pattern.id, id_width,
                       model::name(pattern.kind), kind_width, model::name(pattern.risk),
                       model::name(pattern.confidence), pattern.title);
  }
  return print(out);
}

}  // namespace keywake::cli
