// Credentials known by name only (`names` and `value` in a rule file): nine hundred providers issue 32 hexadecimal digits or the like. To
// look for nine hundred names in all text would cost more than everything else together, so they are not looked for: the words that
// every such assignment has (matching/assignment_anchors.h) are, once for all of them; the lexer (matching/assignment.h) reads what is
// assigned; and only then the names beside it are looked up, in a hash table.
// Ownership: views into the patterns. Thread safety: all members may be called at once.
#pragma once

#include <bitset>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "matching/assignment.h"
#include "model/pattern.h"

namespace keywake::matching {

/// How far before an assignment's name the name of the provider may stand.
inline constexpr std::uint32_t kNamedReach = 96;

/// Whether the pattern is looked for this way, and not by literals of its own.
inline bool is_named(const model::Pattern& pattern) { return !pattern.names.empty() && pattern.keywords.empty(); }

class NamedIndex {
 public:
  /// Built when first asked: most short scans never are.
  explicit NamedIndex(std::span<const model::Pattern> patterns) : patterns_(patterns) {}

  /// Appends the patterns (by number, each once) one of whose names stands beside the assignment, with one of their words after it; and
  /// those whose value tells by itself, though no literal is in it (the name "*").
  void candidates(std::string_view text, const Assignment& assignment, std::vector<std::uint32_t>& out) const;

 private:
  struct Name {
    std::string_view text;
    std::uint32_t pattern;
  };
  std::span<const model::Pattern> patterns_;
  void build() const;

  mutable std::once_flag built_;
  mutable std::vector<std::uint32_t> anywhere_;  // patterns of the name "*"
  mutable std::vector<Name> names_;              // sorted by slot
  mutable std::bitset<1 << 15> fronts_;          // the slots that there are: what names begin with
  mutable std::vector<std::uint32_t> begins_;    // of names_, by slot
};

}  // namespace keywake::matching
