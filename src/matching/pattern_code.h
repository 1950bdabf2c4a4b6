// One pattern ready for tier two: its plan, and its expressions compiled when first needed. Decides
// which matches in a text belong to an anchor hit and whether they stand. Ownership: refers to the
// Pattern. Thread safety: all members may be called at once; what is compiled is compiled once.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "matching/anchor_place.h"
#include "matching/backtracker.h"
#include "matching/value_table.h"
#include "model/pattern.h"

namespace keywake::matching {

/// A text to look in: a window as it stands, or what a decoder made of it.
struct Text {
  std::string_view bytes;
  std::size_t hit_begin = 0;  // the anchor
  std::size_t hit_end = 0;
  bool at_begin = false;  // nothing precedes bytes[0]: the edge is the text's own, no cut
  bool at_end = false;
};

/// A match in a Text, and what became of it. `begin` and `end` are those of the secret.
struct Found {
  std::size_t begin = 0;
  std::size_t end = 0;
  Value value;
};

class PatternCode {
 public:
  explicit PatternCode(const model::Pattern& pattern);
  ~PatternCode();

  [[nodiscard]] const model::Pattern& pattern() const { return *pattern_; }
  [[nodiscard]] const MatchPlan& plan() const;

  /// Appends the matches that belong to the hit, whose anchor stands at `place` in them; rejected
  /// ones only if `explain`. True if one stood.
  bool find(const Text& text, AnchorPlace place, bool explain, std::vector<Found>& out) const;

  /// Appends `value`, which lies in the text, if all of it is one of the pattern's.
  void find_value(const Text& text, std::string_view value, bool explain, std::vector<Found>& out) const;

  /// Compiles every expression of the pattern.
  [[nodiscard]] Result<void> compile() const;

 private:
  struct Program;

  const Program& program() const;
  bool may_begin(const Text& text, std::size_t at) const;
  enum class Leniency : std::uint8_t { kNone, kStandIns, kWeakPasswords };
  std::optional<std::string> check(std::string_view secret, std::vector<model::Part>& parts, Leniency leniency = Leniency::kNone) const;
  bool judge(const Text& text, const Groups& groups, bool explain, std::vector<Found>& out) const;
  std::optional<std::string> add_companions(const Text& text, std::size_t begin, std::size_t end,
                                            std::vector<model::Part>& parts, bool& lone) const;

  const model::Pattern* pattern_;
  mutable std::once_flag plan_once_;
  mutable std::once_flag program_once_;
  mutable std::unique_ptr<MatchPlan> plan_;
  mutable std::unique_ptr<Program> program_;
};

}  // namespace keywake::matching
