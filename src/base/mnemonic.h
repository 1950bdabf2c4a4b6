// Mnemonic phrases of wallets (BIP 39): 12 to 24 words of a list of 2,048, eleven bits each, the
// last bits a checksum of the others.
// https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki (the list,
// patterns/bip39-english.txt, is its English one, from Debian's python3-mnemonic 0.19). Thread
// safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keywake {

/// The phrase for 16, 20, 24, 28 or 32 random bytes; empty for any other number.
std::string mnemonic(std::string_view entropy);

/// Whether the words in `text`, whatever stands between them that is no letter, are a phrase whose
/// checksum holds.
bool is_mnemonic(std::string_view text);

}  // namespace keywake
