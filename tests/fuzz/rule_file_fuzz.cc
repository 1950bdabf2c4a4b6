// Any bytes as a rule file: the loader must end in patterns or in problems, and whatever it loads
// must hold to what the rest of the program takes for granted.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rules/canonical_regex.h"
#include "rules/examples.h"
#include "rules/lint.h"
#include "rules/loader.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check_expression(std::string_view canonical) {
  auto again = keywake::rules::canonical_regex(canonical);
  require(again.has_value());
  require(again->text == canonical);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keywake;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto expression = rules::canonical_regex(text)) check_expression(expression->text);

  rules::Loaded loaded;
  rules::load_text(text, "fuzz.toml", loaded);
  require(loaded.sources.size() == loaded.rules.patterns().size());
  for (const rules::Problem& problem : loaded.problems) require(!problem.text().empty());
  for (const model::Pattern& pattern : loaded.rules.patterns()) {
    check_expression(pattern.regex);
    if (!pattern.shape.empty()) check_expression(pattern.shape);
    require(pattern.max_length > 0 && pattern.max_length <= 16'384);
    require(!pattern.anchors.empty() || !pattern.keywords.empty() || !pattern.shape.empty());
    require(rules::canonical_regex(pattern.regex)->min_length <= pattern.max_length);
    for (const model::Companion& companion : pattern.companions) check_expression(companion.regex);
  }
  for (const rules::PatternSource& source : loaded.sources) {
    std::string_view id = loaded.rules.patterns()[source.pattern].id;
    for (const rules::Example& example : source.match) {
      auto expanded = rules::expand_example(id, example);
      if (!expanded) continue;
      for (const auto& marked : expanded->marked) {
        require(marked.begin < marked.end && marked.end <= expanded->text.size());
      }
    }
  }
  rules::lint(loaded);
  return 0;
}
