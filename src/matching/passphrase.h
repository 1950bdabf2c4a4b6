// Words as a password: "maple-otter-violin-42", "MagnetHornet63", "willow_20". Programs join words to names the same way, so a list of the
// words that names are made of tells the two apart. Thread safety: pure functions.
#pragma once

#include <string_view>

namespace keywake::matching {

/// Whether text of letters, digits and - _ . is what people make of words for a password, not what a program calls something.
bool is_passphrase(std::string_view text);

}  // namespace keywake::matching
