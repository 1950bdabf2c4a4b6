// Reads a regular expression as other scanners write it (Go's regexp/syntax, Rust's regex crate, PCRE as Hyperscan has it) and says the same in
// ours (rules/canonical_regex.h), with the part that is the credential as the capture `secret`. Refused is what an automaton has not:
// look-around, back-references, \K; and ^ and $ but as one of several alternatives, as in (?:[\s;]|$), where they become \b.
// Possessive repeats and atomic groups are read as common ones. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace keywake::rules {

/// Literals one of which stands in every match.
struct RequiredLiterals {
  std::vector<std::string> literals;  // in small letters if any_case
  bool any_case = false;
  bool in_secret = false;  // they belong to the credential itself
};

struct OtherRegex {
  std::string canonical;                    // with one capture, `secret`
  std::string shape;                        // the same without
  std::vector<RequiredLiterals> required;   // the most telling first; may be empty
  std::uint32_t min_length = 0;
  std::uint32_t max_length = 0;             // 0: no bound
};

struct CaptureChoice {
  std::uint32_t number = 0;   // of the group that is the credential; 0: the first that takes part in every match, else all of it
  std::string_view name;      // a group of that name, in any case, goes before
};

/// An error is one line that says what the expression has that cannot be expressed.
std::expected<OtherRegex, std::string> read_other_regex(std::string_view expression, CaptureChoice choice);

/// The same for an expression that is tried on a value alone (a `not`): there ^ and $ are the value's own ends.
std::expected<std::string, std::string> read_value_regex(std::string_view expression);

}  // namespace keywake::rules
