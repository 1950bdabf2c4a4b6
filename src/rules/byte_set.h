// Sets of bytes and how character classes write them; part of canonical_regex. Thread safety: pure
// functions.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

namespace keywake::rules {

using ByteSet = std::bitset<256>;

/// What \d \D \w \W \s \S stand for; absent for any other letter.
std::optional<ByteSet> shorthand_class(char letter);
/// What [:alnum:] and its like stand for, by the name between the colons.
std::optional<ByteSet> posix_class(std::string_view name);

/// With each ASCII letter its other case.
ByteSet fold_case(ByteSet set);

/// A literal if the set has one byte, else a class: "[0-9A-F]", or "[^\n]" where that is shorter.
void append_set(std::string& out, const ByteSet& set);

}  // namespace keywake::rules
