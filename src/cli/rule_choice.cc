#include "cli/rule_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "base/text.h"
#include "cli/engine_cache.h"
#include "matching/database.h"
#include "matching/pattern_code.h"
#include "rules/builtin.h"

namespace keywake::cli {
namespace {

// A glob that fits nothing is a typing error: scanning with fewer patterns than asked for would
// look clean.
Result<void> check_globs(const std::vector<std::string>& globs, const rules::RuleSet& rules) {
  for (const std::string& glob : globs) {
    std::string_view bare = glob;
    if (bare.starts_with('!')) bare.remove_prefix(1);
    const auto& patterns = rules.patterns();
    if (std::any_of(patterns.begin(), patterns.end(), [&](const model::Pattern& pattern) { return glob_match(bare, pattern.id); })) continue;
    return fail(
        fmt::format("--pattern: no pattern fits '{}'; {}'keywake rules list' shows them all",
                    printable(glob), suggest_id(bare, rules)));
  }
  return {};
}

// Other scanners' rules are taken as they are, so one may be more than RE2 or Hyperscan will compile; the rest runs.
std::set<std::string_view> uncompilable(rules::Loaded& loaded) {
  std::set<std::string_view> refused;
  for (const rules::PatternSource& source : loaded.sources) {
    if (!source.other_scanner) continue;
    const model::Pattern& pattern = loaded.rules.patterns()[source.pattern];
    std::string why;
    if (auto compiled = matching::PatternCode(pattern).compile(); !compiled) why = compiled.error().message;
    if (why.empty()) {  // alone, so that one too vague to look for does not take the others with it
      const rules::RuleSet alone(std::span(&pattern, 1));
      if (auto compiled = matching::compile_database(alone, "base"); !compiled) why = compiled.error().message;
    }
    if (why.empty()) continue;
    refused.insert(pattern.id);
    loaded.notes.push_back({source.file, source.line, 1, fmt::format("rule {} left out: {}", pattern.id, printable(why))});
  }
  return refused;
}

// That there are any, always: a rule that silently does not run looks like a clean repository.
void print_notes(const std::vector<rules::Problem>& notes) {
  constexpr std::size_t kMost = 20;
  for (std::size_t i = 0; i < std::min(notes.size(), kMost); ++i) fmt::print(stderr, "--rules: {}\n", notes[i].text());
  if (notes.size() > kMost) fmt::print(stderr, "--rules: and {} more\n", notes.size() - kMost);
}

}  // namespace

bool pattern_chosen(std::string_view id, const std::vector<std::string>& globs) {
  bool any_positive = false;
  bool chosen = false;
  for (std::string_view glob : globs) {
    if (glob.starts_with('!')) {
      if (glob_match(glob.substr(1), id)) return false;
      continue;
    }
    any_positive = true;
    chosen = chosen || glob_match(glob, id);
  }
  return chosen || !any_positive;
}

std::string suggest_id(std::string_view word, const rules::RuleSet& rules) {
  std::vector<std::string_view> ids;
  for (const model::Pattern& pattern : rules.patterns()) ids.push_back(pattern.id);
  std::string_view near = nearest(word, ids);
  for (std::string_view id : ids) {
    if (near.empty() && !word.empty() && id.find(word) != std::string_view::npos) near = id;
  }
  return near.empty() ? "" : fmt::format("did you mean {}? ", near);
}

Result<std::unique_ptr<RuleChoice>> RuleChoice::make(const Arguments& arguments) {
  auto choice = std::make_unique<RuleChoice>();
  choice->loaded_.rules = rules::RuleSet(rules::builtin().patterns);
  for (const std::string& file : arguments.rule_files) rules::load_path(file, choice->loaded_);
  if (!choice->loaded_.problems.empty()) {
    std::string message = "--rules: the file has faults; nothing was scanned";
    for (const rules::Problem& problem : choice->loaded_.problems)
      message += "\n  " + problem.text();
    return fail(std::move(message));
  }
  const std::set<std::string_view> refused = uncompilable(choice->loaded_);
  print_notes(choice->loaded_.notes);
  if (auto checked = check_globs(arguments.patterns, choice->loaded_.rules); !checked) {
    return std::unexpected(checked.error());
  }
  choice->builtin_only_ = arguments.rule_files.empty() && arguments.patterns.empty();
  if (!arguments.patterns.empty() || !refused.empty()) {
    choice->narrowed_ = true;
    for (const model::Pattern& pattern : choice->loaded_.rules.patterns()) {
      if (!refused.contains(pattern.id) && pattern_chosen(pattern.id, arguments.patterns)) choice->chosen_.add(pattern);
    }
    if (choice->chosen_.patterns().empty())
      return fail("--pattern: the globs together leave no pattern; drop one that begins with !");
  }
  return choice;
}

Result<std::unique_ptr<matching::Engine>> RuleChoice::engine() const {
  if (!builtin_only_) return cached_engine(rules(), default_cache_folder());
  for (const rules::BuiltinDatabase& database : rules::builtin().databases) {
    if (database.cpu != matching::native_cpu()) continue;
    if (auto engine = matching::Engine::load_embedded(rules(), database.bytes)) return engine;
  }
  // No embedded database for this machine, or one from another Hyperscan than is installed.
  return cached_engine(rules(), default_cache_folder());
}

}  // namespace keywake::cli
