// Tier one at run time: a loaded Hyperscan database, and what one thread needs to search with it.
// TierOne: immutable, shared. HitFinder: one per thread, refers to the TierOne.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"

struct hs_database;
struct hs_scratch;

namespace keywake::matching {

/// A tier-one expression matched, ending before offset `end`.
struct Hit {
  std::uint32_t end = 0;
  std::uint32_t expression = 0;
  auto operator<=>(const Hit&) const = default;
};

/// Hits whose ends lie in (after, last].
struct HitRange {
  std::uint32_t after = 0;
  std::uint32_t last = 0;
  bool operator==(const HitRange&) const = default;
};

class TierOne {
 public:
  /// `bytes` as Hyperscan serialized them; `longest`: the longest match of any expression.
  static Result<TierOne> load(std::string_view bytes, std::uint32_t longest);

 private:
  friend class HitFinder;
  struct Free {
    void operator()(hs_database* database) const;
  };
  std::unique_ptr<hs_database, Free> database_;
  std::uint32_t longest_ = 0;
};

class HitFinder {
 public:
  explicit HitFinder(const TierOne& tier_one);

  /// The hits of `blob` in the range, ascending, each once: exactly those of the range that a
  /// search of the whole blob finds. Valid until the next call.
  const std::vector<Hit>& find(std::string_view blob, HitRange range);

  /// Bytes searched so far.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(hs_scratch* scratch) const;
  };
  const TierOne* tier_one_;
  std::unique_ptr<hs_scratch, Free> scratch_;
  std::vector<Hit> hits_;
  std::uint64_t bytes_ = 0;
};

}  // namespace keywake::matching
