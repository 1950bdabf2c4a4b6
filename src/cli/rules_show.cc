// keywake rules show ID
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/rule_choice.h"

namespace keywake::cli {
namespace {

void append(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += fmt::format("{:<10} {}\n", name, printable(value));
}

std::string join(std::span<const std::string_view> words) {
  return fmt::format("{}", fmt::join(words, "  "));
}

std::string describe(const model::Pattern& pattern) {
  std::string out;
  append(out, "id", pattern.id);
  append(out, "title", pattern.title);
  append(out, "provider", pattern.provider);
  append(out, "kind", model::name(pattern.kind));
  append(out, "risk", model::name(pattern.risk));
  append(out, "confidence", model::name(pattern.confidence));
  append(out, "anchors", join(pattern.anchors));
  append(out, "keywords", join(pattern.keywords));
  append(out, "shape", pattern.shape);
  if (pattern.within > 0)
    append(out, "within", fmt::format("{} bytes of an anchor", pattern.within));
  append(out, "regex", pattern.regex);
  append(out, "longest", human_bytes(pattern.max_length));
  for (const model::Check& check : pattern.checks) {
    append(out, "check",
           check.argument.empty() ? std::string(check.name)
                                  : fmt::format("{}:{}", check.name, check.argument));
  }
  for (const model::Companion& companion : pattern.companions) {
    append(out, "companion",
           fmt::format("{} within {} bytes{}: {}", companion.name, companion.within,
                       companion.required ? ", required" : "", companion.regex));
  }
  if (pattern.generic)
    append(out, "generic", "yields to any other pattern that claims the same bytes");
  append(out, "rotate", pattern.rotate);
  append(out, "revoke", pattern.revoke);
  append(out, "docs", pattern.docs);
  return out;
}

}  // namespace

ExitStatus rules_show(const Arguments& arguments) {
  auto choice = RuleChoice::make(arguments);
  if (!choice) return failed(choice.error().message);
  const std::string& id = arguments.operands[0];
  const rules::RuleSet& rules = (*choice)->rules();
  if (const model::Pattern* pattern = rules.find(id)) return print(describe(*pattern));

  return failed(fmt::format("there is no pattern '{}'; {}'keywake rules list' shows them all",
                            printable(id), suggest_id(id, rules)));
}

}  // namespace keywake::cli
