// The patterns of one run: the built-in ones, those of --rules files, narrowed by --pattern; and
// the engine for them. Ownership: a RuleChoice owns its rules and their text; the engine refers to
// them. Thread safety: used by one thread. Errors: unreadable or faulty rule files (all faults, a
// line each), a --pattern that fits no pattern.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "cli/arguments.h"
#include "matching/engine.h"
#include "rules/loader.h"

namespace keywake::cli {

class RuleChoice {
 public:
  static Result<std::unique_ptr<RuleChoice>> make(const Arguments& arguments);

  [[nodiscard]] const rules::RuleSet& rules() const { return narrowed_ ? chosen_ : loaded_.rules; }

  /// The embedded database if the patterns are just the built-in ones; else from the cache, or
  /// compiled and cached.
  [[nodiscard]] Result<std::unique_ptr<matching::Engine>> engine() const;

 private:
  rules::Loaded loaded_;   // owns the text of every pattern
  rules::RuleSet chosen_;  // those that --pattern left
  bool narrowed_ = false;
  bool builtin_only_ = true;
};

/// Whether a pattern is used under these --pattern globs.
bool pattern_chosen(std::string_view id, const std::vector<std::string>& globs);

/// "did you mean github.pat-classic? " for an id that does not exist; empty if nothing is near.
std::string suggest_id(std::string_view word, const rules::RuleSet& rules);

}  // namespace keywake::cli
