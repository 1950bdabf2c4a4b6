// How often the most frequent grams stand in a megabyte of ordinary text; see scripts/train_grams.py. What is not in the table is rarer
// than all that is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace keywake::matching {

struct GramRate {
  std::uint32_t gram = 0;  // as gram_at() has it
  std::uint32_t rate = 0;
};
inline constexpr std::size_t kGramRates = 20000;
extern const std::array<GramRate, kGramRates> kGramTable;  // sorted by gram

}  // namespace keywake::matching
