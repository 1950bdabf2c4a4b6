// The names of the offline checks and what argument each takes: rules/ refuses unknown ones,
// matching/checks.h implements them, docs/patterns.md describes them. Thread safety: constants.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace keywake::rules {

enum class CheckArgument : std::uint8_t {
  kNone,
  kCount,   // a whole number above 0
  kNumber,  // a decimal number above 0
  kWeak,    // "weak" or none
  kText,    // any text but the empty one
  kRegex,   // an expression; after loading, its canonical form
};

struct CheckName {
  std::string_view name;
  CheckArgument argument;
};

inline constexpr std::array<CheckName, 25> kCheckNames{{
    {"aws-key-id", CheckArgument::kNone},
    {"base32-crc16", CheckArgument::kNone},
    {"base58check", CheckArgument::kNone},
    {"base64", CheckArgument::kNone},
    {"base64-json", CheckArgument::kText},
    {"base64-text", CheckArgument::kNone},
    {"base64-userpass", CheckArgument::kWeak},
    {"bech32", CheckArgument::kNone},
    {"bip39", CheckArgument::kNone},
    {"crc32-base62", CheckArgument::kCount},
    {"crc32-hex", CheckArgument::kNone},
    {"digits", CheckArgument::kCount},
    {"distinct", CheckArgument::kCount},
    {"entropy", CheckArgument::kNumber},
    {"gitlab-routable", CheckArgument::kNone},
    {"jwt", CheckArgument::kNone},
    {"letters", CheckArgument::kCount},
    {"lower", CheckArgument::kCount},
    {"not", CheckArgument::kRegex},
    {"password", CheckArgument::kWeak},
    {"pem-private-key", CheckArgument::kNone},
    {"placeholder-ok", CheckArgument::kNone},
    {"token", CheckArgument::kNone},
    {"upper", CheckArgument::kCount},
    {"uuid", CheckArgument::kNone},
}};

}  // namespace keywake::rules
