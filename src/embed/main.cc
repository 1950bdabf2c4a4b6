// keywake-embed: runs while keywake is built. It holds patterns/ to docs/patterns.md and turns it into sources.
//
//   keywake-embed PATTERNS_DIR OUT_DIR     writes builtin_rules.cc and builtin_databases.S
//   keywake-embed --check PATTERNS_DIR     prints what is wrong with the patterns
//
// Exit status: 0; 1 if something is wrong with the patterns; 2 for anything else.
#include <fmt/format.h>

#include <string_view>

#include "rules/lint.h"
#include "rules/loader.h"
#if __has_include("matching/rules_check.h")
#include "matching/rules_check.h"
#endif

namespace {

using namespace keywake;

/// Loads the patterns and prints what is wrong with them.
bool load(const char* folder, rules::Loaded& loaded) {
  rules::load_folder(folder, loaded);
  std::vector<rules::Problem> lint = rules::lint(loaded);
  for (const rules::Problem& problem : loaded.problems) fmt::print(stderr, "{}\n", problem.text());
  for (const rules::Problem& problem : lint) fmt::print(stderr, "{}\n", problem.text());
  return loaded.problems.empty() && lint.empty();
}

int check(const char* folder) {
  rules::Loaded loaded;
  bool good = load(folder, loaded);
#if __has_include("matching/rules_check.h")
  for (const std::string& problem : matching::check_examples(loaded)) {
    fmt::print(stderr, "{}\n", problem);
    good = false;
  }
#endif
  fmt::print("{} patterns\n", loaded.rules.patterns().size());
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--check") return check(argv[2]);
  fmt::print(stderr, "usage: keywake-embed PATTERNS_DIR OUT_DIR | keywake-embed --check PATTERNS_DIR\n");
  return 2;
}
