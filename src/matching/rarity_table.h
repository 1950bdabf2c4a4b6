// The character model of matching/rarity.cc: what a symbol costs after two others. See
// scripts/train_rarity.py.
#pragma once

namespace keywake::matching {

inline constexpr unsigned kRaritySymbols =
    28;                                      // 0: neither letter nor digit; 1-26: a-z; 27: a digit
inline constexpr double kRarityStep = 0.75;  // bits
/// Entry (a * 28 + b) * 28 + c, from 'A' (0 steps) to 'P' (15): the cost of c after a and b.
extern const char kRarityTable[];

}  // namespace keywake::matching
