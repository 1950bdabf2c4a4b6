// Text forms of binary keys that carry their own checksum, so that a mistyped one, or text that merely looks like one, is told from a key
// without asking anybody. Encoders for examples, tests for matches. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace keywake {

/// RFC 4648.
inline constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base58Check: the payload and four bytes of its double SHA-256, in base 58. Bitcoin and most that came after.
/// https://en.bitcoin.it/wiki/Base58Check_encoding
std::string base58check(std::string_view payload);
bool is_base58check(std::string_view text);

/// Bech32 and Bech32m (BIP-173, BIP-350): a name, "1", data of five bits a character, and a checksum of six. age, Nostr, Sui.
/// https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki
inline constexpr std::string_view kBech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// `data`: characters of kBech32. In capitals if the name is.
std::string bech32(std::string_view name, std::string_view data);
bool is_bech32(std::string_view text);

/// Base 32 of the payload and its CRC-16 (XMODEM), low byte first. NATS, Stellar.
/// https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md
std::string base32_crc16(std::string_view payload);
bool is_base32_crc16(std::string_view text);

/// The text, `_` and its CRC-32 in hexadecimal digits, the low byte first. Grafana's service accounts.
/// https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go
std::string crc32_hex(std::string_view text);
bool is_crc32_hex(std::string_view text);

/// GitLab's routable tokens: prefix, base64url of the payload, ".01.", and in base 36 the length of that base64 (two digits) and the
/// CRC-32 of all before (seven). https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/
std::string gitlab_routable(std::string_view prefix, std::string_view payload_base64);
bool is_gitlab_routable(std::string_view text);

}  // namespace keywake
