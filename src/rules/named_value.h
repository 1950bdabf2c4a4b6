// The shorthand for credentials without a recognisable format (32 hexadecimal digits, say), known only by what they are assigned to:
// `names` (of the provider, as variables and settings have them) and `value` (the shape from its documentation) in place of a pattern's
// keywords and regex. Thread safety: pure function.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace keywake::rules {

/// The expression of such a pattern: one of the names, then within a few bytes a word that says what kind of value it is (unless
/// `words` is empty), an assignment in any common syntax, and the value as the capture `secret`.
std::string named_value_expression(std::span<const std::string_view> names, std::span<const std::string_view> words,
                                   std::string_view value);

/// Whether some of the names, alone or with a word, are met by the literals that are looked for in any case (matching/named.h). If none
/// is, the names themselves must be looked for, which costs all scans; so what a pattern needs is worth naming after one of those.
bool found_by_words(std::span<const std::string_view> names, std::span<const std::string_view> words);

/// The words, if a pattern gives none of its own.
std::span<const std::string_view> default_value_words();

}  // namespace keywake::rules
