// What rules cost: tier-one hits of each anchor and tier-two time of each pattern over given bytes,
// for `keywake rules cost`. Thread safety: CostMeter is used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "matching/engine.h"

namespace keywake::matching {

inline constexpr std::string_view kAssignmentPatterns = "(assignments)";

struct PatternCost {
  std::string_view pattern;  // its id; kAssignmentPatterns stands for all that are read off assignments, together
  std::uint64_t hits = 0;   // of tier one, encoded forms included
  std::uint64_t tried = 0;  // of those, got past the first test of bytes
  std::uint64_t findings = 0;
  double seconds = 0;  // in tier two
  struct Anchor {
    std::string text;  // as a person may read it: `ghp_`, `ghp_ (base64)`
    std::uint64_t hits = 0;
  };
  std::vector<Anchor> anchors;  // most hits first; those without are left out
};

class CostMeter {
 public:
  explicit CostMeter(const Engine& engine);
  ~CostMeter();
  void scan(std::string_view text);

  struct Report {
    std::uint64_t bytes = 0;
    double tier_one_seconds = 0;
    double tier_two_seconds = 0;
    std::vector<PatternCost>
        patterns;  // most tier-two time first, then most hits; those without hits are left out
  };
  [[nodiscard]] Report report() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace keywake::matching
