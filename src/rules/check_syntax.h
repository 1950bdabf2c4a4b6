// Reads one item of a pattern's `checks`, such as "crc32-base62:6". Thread safety: pure functions.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "rules/canonical_regex.h"

namespace keywake::rules {

struct ParsedCheck {
  std::string_view name;  // constant, of check_names.h
  std::string argument;   // an expression in its canonical form
};

/// An error's offset is in `text`.
std::expected<ParsedCheck, RegexError> parse_check(std::string_view text);

}  // namespace keywake::rules
