// What a text says of a credential without assigning it (matching/assignment.h, read_mention()). Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace keywake::matching {

/// The word behind a name that ends at `at`, past blanks, a verb, a bar and a quote; empty if there is none, or no blank before it.
std::string_view word_behind(std::string_view text, std::size_t at);

/// Whether a word is long and mixed enough to have been made by a machine.
bool is_machine_made(std::string_view word);

}  // namespace keywake::matching
