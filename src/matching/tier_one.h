// Tier one at run time: the table of sequences, a Hyperscan database for the shapes that are none, and what one thread needs to search
// with both. TierOne: immutable, shared; a view of the compiled bytes. HitFinder: one per thread, refers to the TierOne.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "matching/sequences.h"

struct hs_database;
struct hs_scratch;

namespace keywake::matching {

class TierOne {
 public:
  /// `sequences` as compile_sequences() wrote them; `shapes` as Hyperscan serialized them, empty if there are none; `longest`: the
  /// longest match of any shape.
  static Result<TierOne> load(std::string_view sequences, std::string_view shapes, std::uint32_t longest);

 private:
  friend class HitFinder;
  struct Free {
    void operator()(hs_database* database) const;
  };
  SequenceSet sequences_;
  std::unique_ptr<hs_database, Free> shapes_;
  std::uint32_t longest_shape_ = 0;
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
  void find_shapes(std::string_view blob, HitRange range);

  const TierOne* tier_one_;
  std::unique_ptr<hs_scratch, Free> scratch_;
  std::vector<Hit> hits_;
  std::uint64_t bytes_ = 0;
};

}  // namespace keywake::matching
