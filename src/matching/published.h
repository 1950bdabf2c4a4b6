// Values that somebody has published as an example, a test vector or a default of their software:
// AWS's documented key pair, jwt.io's sample token, the key of the Azure emulator, Vagrant's
// insecure key. Such a value is found like any other, at level low, and says whose it is.
// patterns/published.tsv lists them, by digest. Thread safety: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/finding.h"

namespace keywake::matching {

/// The name of the part that says whose example a credential is.
inline constexpr std::string_view kExamplePart = "example";

/// What is hashed: of a PEM block what stands between its first and its last line, without white
/// space, escapes (\n) and quotes; of anything, no `=` at the end, and no `0x` before hexadecimal
/// digits.
std::string published_form(std::string_view secret);

/// Whose `secret` is and where that is written; absent if it is nobody's. A JWT is also known by
/// its claims alone.
std::optional<std::string_view> published(std::string_view secret);

bool is_published(std::span<const model::Part> parts);

}  // namespace keywake::matching
