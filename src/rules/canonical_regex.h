// Turns an expression of a rule file into the one text that both engines, Hyperscan and RE2
// (Latin-1), read alike, and refuses what they would not. The essay is in the .cc. Thread safety:
// pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywake::rules {

struct CanonicalRegex {
  std::string text;                         // no layout, no flags, no unnamed captures
  std::vector<std::string> captures;        // names, in order of their opening parentheses
  std::uint32_t min_length = 0;             // of a match, in bytes
  std::optional<std::uint32_t> max_length;  // absent: no bound
};

struct RegexError {
  std::size_t offset = 0;  // in the expression, in bytes
  std::string message;
};

std::expected<CanonicalRegex, RegexError> canonical_regex(std::string_view expression);

}  // namespace keywake::rules
