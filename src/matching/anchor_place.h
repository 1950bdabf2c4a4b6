// Where the anchors of a pattern stand inside its matches, and what every match begins with: read
// off the expression, so that tier two looks exactly there. `\b(?P<secret>ghp_[0-9A-Za-z]{36})\b`
// with the anchor "ghp_" begins at the hit, and its first 40 bytes must fall in known classes; a
// hit that fails this costs nanoseconds and no RE2. Ownership: values. Thread safety: pure
// functions.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "matching/regex_tree.h"
#include "model/pattern.h"

namespace keywake::matching {

/// How many bytes of a match precede its anchor, at least and at most.
struct AnchorPlace {
  std::uint32_t earliest = 0;
  std::uint32_t latest = 0;
};

/// So many bytes in a row, out of a set, that stand in every match; length 0: none known.
struct RequiredRun {
  ByteSet bytes;
  std::uint32_t length = 0;
  std::array<bool, 256> table{};  // `bytes` once more, quicker to ask
};

inline constexpr std::uint32_t kMaxLead = 32;

/// So many bytes out of a set.
struct Step {
  ByteSet bytes;
  std::uint32_t min = 1;
  std::uint32_t max = 1;
};
inline constexpr std::uint32_t kMaxTail = 160;

struct MatchPlan {
  std::vector<AnchorPlace> places;  // by Use::anchor
  /// Every match was shown to contain an anchor. False means no proof: then places allow for all.
  bool proven = false;
  bool boundary_first = false;  // a match begins at the beginning of a word
  std::vector<ByteSet>
      lead;  // sets that the first bytes of a match fall in, one a byte, at most kMaxLead
  RequiredRun run;
  /// What follows the one anchor in every match, if its place is not known: steps that can be taken greedily, because what a step takes
  /// the next one does not. At most kMaxTail bytes. `://` is told from `://user:password@` this way.
  std::vector<Step> tail;
};

/// Whether `text` begins with the steps.
bool takes_steps(std::string_view text, const std::vector<Step>& steps);

MatchPlan plan_matches(const model::Pattern& pattern);

/// Whether `text` holds such a run; looks at one byte in `length` of most texts.
bool has_run(std::string_view text, const RequiredRun& run);

}  // namespace keywake::matching
