// Is this text as rare as a random token, or is it language: words, an identifier, a path? A small
// character model of English and code answers better than entropy, which takes any long identifier
// for random. Deterministic. Thread safety: pure functions.
#pragma once

#include <string_view>

namespace keywake::matching {

/// By how many bits the text is likelier as random characters than as language:
/// "getUserAccessToken" is under -20, a random token of 20 characters over 30. Grows with length.
double surprise(std::string_view text);

/// Whether it is rare enough to be a token.
bool is_rare(std::string_view text);

}  // namespace keywake::matching
