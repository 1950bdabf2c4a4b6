// What an Engine is inside matching/: both tiers ready to run. Ownership: owns all but the rule
// set and an embedded database. Thread safety: immutable.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "matching/confirm.h"
#include "matching/engine.h"
#include "matching/expressions.h"
#include "matching/tier_one.h"

namespace keywake::matching {

class CompiledEngine final : public Engine {
 public:
  CompiledEngine(const rules::RuleSet& rules, ExpressionTables tables, TierOne tier_one_, std::string owned_);

  [[nodiscard]] const Expression& expression_of(std::uint32_t use) const {
    return expressions.items[expressions.uses[use].expression];
  }

  const rules::RuleSet& rules;
  std::string owned;  // the database, unless it is the embedded one
  ExpressionTables expressions;  // views of it
  Confirmer confirmer;
  TierOne tier_one;

  /// What a scan of one version after another needs to know besides.
  struct Inheritance {
    /// By use: its windows reach so far that each hit is kept as a note whether or not it confirms
    /// anything, so that an edit far from the anchor need not widen the margin for all the others.
    std::vector<bool> retained;
    /// How far from a changed byte a hit can end that it matters to, retained windows left out.
    Reach margin;
  };
  /// Worked out when first asked for: a hook, which sees one version of a file, never does.
  [[nodiscard]] const Inheritance& inheritance() const;

 private:
  mutable std::once_flag inheritance_once_;
  mutable Inheritance inheritance_;
};

}  // namespace keywake::matching
