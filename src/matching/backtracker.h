// Runs an expression at one place of a text by backtracking: what RE2 answers after it has compiled a program of as many copies as the
// counts say, for `[0-9A-Za-z_-]{20,600}` six hundred, this answers at once, with a program of one instruction a repeat. The
// expressions of patterns are nearly all rows of such repeats, on which it never goes back at all. Those on which backtracking would
// take long it gives up, for RE2 to answer (matching/regex.h).
//
// Matches and captures are those of RE2 and Perl: the leftmost, and of these the one that alternatives and repeats prefer in their order.
// Ownership: a value. Thread safety: immutable once compiled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "matching/regex_tree.h"

namespace keywake::matching {

/// [0] is the whole match; a capture that took no part is empty, without data.
inline constexpr std::size_t kMaxGroups = 32;
using Groups = std::array<std::string_view, kMaxGroups>;

class Backtracker {
 public:
  /// Of a tree that was parsed with its groups. Absent if the program would be too long, or repeats what can be nothing.
  static std::optional<Backtracker> compile(const RegexNode& tree);

  enum class Answer : std::uint8_t { kMatch, kNone, kGaveUp };

  /// The leftmost match that begins in [from, last] and ends by `limit`; \b looks at the whole text. `whole`: it ends at `limit`.
  /// `steps`: how many may be taken; what was taken is subtracted.
  Answer search(std::string_view text, std::size_t from, std::size_t last, std::size_t limit, bool whole, Groups& groups, std::uint32_t& steps) const;

 private:
  enum class Op : std::uint8_t { kRun, kFork, kJump, kSave, kBoundary, kNotBoundary, kMatch };
  struct Instruction {
    Op op = Op::kMatch;
    bool lazy = false;        // kRun, kFork: the other way first
    bool sure = false;        // kRun: what follows takes none of its bytes, so the longest run is the only one
    std::uint32_t set = 0;    // kRun: of sets_
    std::uint32_t min = 0;    // kRun
    std::uint32_t max = 0;    // kRun
    std::uint32_t other = 0;  // kFork, kJump: where; kSave: which
    std::uint32_t first = 0;  // of sets_: the bytes that what is here can begin with
    bool at_end = true;       // whether it can stand where the text ends
  };
  class Compiler;
  class Run;

  std::vector<Instruction> program_;
  std::vector<std::array<bool, 256>> sets_;
  std::size_t groups_ = 1;  // with the whole match
};

}  // namespace keywake::matching
