// Is this text as rare as a random token, or is it language: words, an identifier, a path? A small character model of English and
// code (matching/rarity_table.cc, trained by scripts/train_rarity.py) answers better than entropy, which takes any long
// identifier for random. Deterministic. Thread safety: pure functions.
#pragma once

#include <string_view>

namespace keywake::matching {

/// How many bits a character `text` would cost, on average, as English or code, less what it would cost as random letters and digits.
/// Words and identifiers: well under 0; random tokens: above.
double surprise(std::string_view text);

/// Whether it is rare enough to be a token: surprising, and not built like an identifier or a path.
bool is_rare(std::string_view text);

}  // namespace keywake::matching
