// The patterns without anchors of their own: those that are known by name (`names` in a rule file, matching/named.h) and those that take
// whatever a name of their meaning is given (`assigned`). An assignment is read once for all of them.
// Ownership: refers to the patterns and their code. Thread safety: all members may be called at once.
#pragma once

#include <array>
#include <deque>
#include <span>
#include <vector>

#include "matching/assignment.h"
#include "matching/named.h"
#include "matching/pattern_code.h"

namespace keywake::matching {

class AssignmentPatterns {
 public:
  AssignmentPatterns(std::span<const model::Pattern> patterns, const std::deque<PatternCode>& codes);

  /// How far beside name and value the farthest companion of such a pattern stands.
  [[nodiscard]] std::uint32_t companions() const { return companions_; }

  /// Appends what the assignment around the hit, if it is one, is to each pattern; rejections only if `explain`.
  void find(const Text& text, bool explain, std::vector<Found>& out) const;

 private:
  void find_named(const Text& text, const Assignment& assignment, bool explain, std::vector<Found>& out) const;
  void find_assigned(const Text& text, const Assignment& assignment, bool explain, std::vector<Found>& out) const;

  const std::deque<PatternCode>& codes_;
  NamedIndex named_;
  std::array<std::vector<const model::Pattern*>, 4> assigned_;  // by model::Assigned
  std::uint32_t companions_ = 0;
};

}  // namespace keywake::matching
