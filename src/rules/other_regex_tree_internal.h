// The expression of another scanner as a tree, and what is made of it (rules/other_regex.h).
// Ownership: values. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/byte_set.h"
#include "rules/other_regex.h"

namespace keywake::rules::other {

enum class Kind : std::uint8_t { kSet, kSequence, kAlternatives, kRepeat, kGroup, kWord, kNoWord, kBegin, kEnd };

inline constexpr std::uint32_t kUnbounded = UINT32_MAX;

struct Node {
  Kind kind = Kind::kSequence;
  ByteSet set;
  bool any_case = false;
  std::vector<Node> children;
  std::uint32_t least = 0, most = 0;  // kRepeat; kUnbounded: no bound
  bool lazy = false;
  std::uint32_t capture = 0;  // number of the group; 0: none
};

struct Tree {
  Node root;
  std::vector<std::string> captures;  // their names in small letters; "" of one without
};

/// An error says what the expression has that cannot be expressed.
std::expected<Tree, std::string> parse(std::string_view expression);

/// The tree as text, the group `secret` as the capture `secret`. `own_ends`: ^ and $ stay; otherwise it is absent if they mean something.
std::optional<std::string> write(const Node& root, std::uint32_t secret, bool own_ends);

/// What stands in every match, the most telling first.
std::vector<RequiredLiterals> required_literals(const Node& root, std::uint32_t secret);

}  // namespace keywake::rules::other
