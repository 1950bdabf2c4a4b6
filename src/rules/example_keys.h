// Private keys for examples: right in structure, so that a parser takes them, and random in
// content, so that they are keys to nothing. Thread safety: pure but for the generator passed in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/seeded_random.h"

namespace keywake::rules {

/// "rsa", "ec", "openssh-encrypted", …, sorted.
std::span<const std::string_view> pem_kinds();

/// A whole PEM block, from -----BEGIN to -----END …-----, with \n between its lines and none at its
/// end.
std::optional<std::string> example_pem(std::string_view kind, SeededRandom& random);

}  // namespace keywake::rules
