// Reads rule files (docs/patterns.md) into a RuleSet: a folder of provider files, or one file of a
// user's own. Ownership: a Loaded owns everything it holds; its RuleSet may be moved out and used
// alone. Thread safety: the functions are independent of one another; Loaded is a value. Errors:
// every problem of every file is collected; a pattern with a problem is left out, the others are
// loaded.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule_set.h"

namespace keywake::rules {

/// Something wrong in a rule file. Lines and columns count from 1; line 0: the file as a whole.
struct Problem {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message;
  auto operator<=>(const Problem&) const = default;

  /// "patterns/github.toml:12:3: unknown key "anchor"; did you mean "anchors"?", safe to print.
  [[nodiscard]] std::string text() const;
};

/// An example as it is written, placeholders and « » marks unexpanded; rules/examples.h expands it.
struct Example {
  std::string text;
  std::uint32_t number =
      1;  // among the match examples of its pattern, or among the reject examples
  bool is_match = true;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// What a rule file says of a pattern beyond the Pattern: examples, and where everything stands.
struct PatternSource {
  std::size_t pattern = 0;  // index in rules.patterns()
  std::string file;
  std::string provider_name;  // "GitHub"
  std::uint32_t line = 0;     // of its [[pattern]]
  std::uint32_t column = 0;
  std::vector<Example> match;
  std::vector<Example> reject;
  bool other_scanner = false;  // read by rules/other_rules.h
};

struct Loaded {
  RuleSet rules;
  std::vector<PatternSource>
      sources;                    // one per pattern that came from a file, in order of `pattern`
  std::vector<Problem> problems;  // by file, line, column
  std::vector<Problem> notes;     // of other scanners' rules: what was left out, and why
};

/// Adds the patterns of one file, or of every *.toml, *.yml and *.yaml of a folder in order of name, to what is loaded already. The file may
/// be another scanner's (rules/other_rules.h).
void load_path(const std::filesystem::path& path, Loaded& into);
/// Adds the patterns of a rule file's text; `file` names it in messages and, by its stem, the
/// provider.
void load_text(std::string_view text, std::string_view file, Loaded& into);

/// Calls read(text, name) for one file, or for every *.toml (with `yaml`: also *.yml, *.yaml) of a folder in order of name.
void each_rule_file(const std::filesystem::path& path, std::vector<Problem>& problems,
                    const std::function<void(std::string_view text, std::string_view file)>& read, bool yaml = false);

}  // namespace keywake::rules
