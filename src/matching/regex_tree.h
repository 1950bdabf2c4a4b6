// A canonical expression as a tree, for questions that neither engine answers: how wide a match can
// be, where in a match a literal stands, which bytes a match must begin with. The answers keep tier
// two's windows tight (matching/anchor_place.h).
//
// Only what canonical expressions have is understood: bytes, classes, groups, alternation, repeats,
// \b and \B. Anything else is no tree, and callers fall back to what holds for every expression.
// Ownership: values. Thread safety: pure functions.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace keywake::matching {

using ByteSet = std::bitset<256>;

struct RegexNode {
  enum class Kind : std::uint8_t {
    kEmpty,
    kBoundary,
    kNotBoundary,
    kBytes,
    kConcat,
    kAlternate,
    kRepeat
  };
  Kind kind = Kind::kEmpty;
  ByteSet bytes;                    // kBytes: one byte out of these
  std::uint32_t min = 1;            // kRepeat: of the one child
  std::uint32_t max = 1;            // kNoMax: no bound
  bool lazy = false;                // kRepeat: the same matches, but the shortest first
  std::uint32_t group = 0;          // kConcat: of the capture it is, from 1; 0: none
  std::vector<RegexNode> children;  // kConcat, kAlternate, kRepeat
  static constexpr std::uint32_t kNoMax = 0xffffffff;
};

/// `groups`: takes the names of the captures in order, "" for those without one; if it is null, a group is just what is in it.
std::optional<RegexNode> parse_regex(std::string_view canonical, std::vector<std::string_view>* groups = nullptr);

/// Lengths of matches in bytes; max is RegexNode::kNoMax when there is no bound.
struct Width {
  std::uint32_t min = 0;
  std::uint32_t max = 0;
};
Width width(const RegexNode& node);

/// Bytes that \b takes for part of a word.
constexpr bool is_word(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

}  // namespace keywake::matching
