// Values of flags: numbers, sizes, choices. An error is one clause that says what would have been
// right. Thread safety: all functions are pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/arguments.h"

namespace keywake::cli {

/// "512M", "1.5GiB", "64k", "1000": binary multiples, any case; bytes without a suffix. From 1 byte
/// to 2^53.
Result<std::uint64_t> parse_size(std::string_view text);

/// A whole number from 0 to `most`.
Result<unsigned> parse_count(std::string_view text, unsigned most);

/// The index of `text` among the choices.
Result<std::size_t> parse_choice(std::string_view text, std::span<const std::string_view> choices);

/// Adds a value to a list that a flag may be given several times for; an empty one, as an unset variable would be, is an error.
Result<void> append_value(std::string_view value, std::vector<std::string>& list, std::string_view example);

/// The text itself, or after @ what stands in that file (a pipe will do) without the line ends at its end.
Result<std::string> text_or_file(std::string_view text);

inline constexpr std::string_view kWhenNames[]{"auto", "always", "never"};
Result<When> parse_when(std::string_view text);

/// "out.sarif" (format by extension) or "sarif:out.txt".
Result<Output> parse_output(std::string_view text);

/// "A..B", or "A..", which is "A..HEAD" as in git.
Result<std::string> parse_range(std::string_view text);

}  // namespace keywake::cli
