// Tier two: decides what an anchor hit is worth, with the pattern's own expression (matching/regex.h, over
// Latin-1), its companions and checks, in a window around the hit. The decision is a pure function
// of the window's bytes, which is what lets a finding be inherited from one version of a file by
// the next (matching/incremental.h).
//
// Confirmer: one per Engine, shared by all threads; expressions are compiled when first needed,
// once. Matches handed out own their bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "matching/assignment_patterns.h"
#include "matching/expressions.h"
#include "matching/pattern_code.h"
#include "matching/value_table.h"
#include "rules/rule_set.h"

namespace keywake::matching {

/// How far the bytes that decide reach from the end of an anchor hit.
struct Reach {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
};

struct Match {
  std::uint32_t begin = 0;  // of the secret (or its encoded form) in the window
  std::uint32_t end = 0;
  Value value;
};

class Confirmer {
 public:
  Confirmer(const rules::RuleSet& rules, ExpressionTables expressions);
  ~Confirmer();

  /// What reach() and hit_reach() cannot exceed, known without looking at the expression.
  [[nodiscard]] Reach reach_bound(std::uint32_t use) const;
  [[nodiscard]] Reach hit_reach_bound(std::uint32_t use) const;
  [[nodiscard]] Reach reach(std::uint32_t use) const;

  /// How far the bytes reach that decide whether there is a hit at all and whether it is
  /// possible(). Never farther than reach().
  [[nodiscard]] Reach hit_reach(std::uint32_t use) const;

  /// False when the bytes at a hit cannot begin a match: a cheap test before anything else. It
  /// reads only what hit_reach() covers.
  [[nodiscard]] bool possible(std::uint32_t use, std::string_view blob,
                              std::uint32_t hit_end) const;

  /// Appends what the hit that ends at `hit_end` of `window` confirms; at_begin, at_end: the
  /// window's edge is the text's own. Rejected candidates only if `explain`.
  void confirm(std::uint32_t use, std::string_view window, std::uint32_t hit_end, bool at_begin,
               bool at_end, bool explain, std::vector<Match>& out) const;

  /// Compiles every expression; the first that RE2 refuses is the error.
  [[nodiscard]] Result<void> compile_all() const;

 private:
  [[nodiscard]] std::uint32_t length_of(const Use& use) const { return anchor_length(use, patterns_); }

  std::span<const model::Pattern> patterns_;
  std::deque<PatternCode> codes_;  // by pattern
  AssignmentPatterns assignments_;
  ExpressionTables expressions_;
};

}  // namespace keywake::matching
