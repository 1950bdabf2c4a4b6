// How bad it is that a credential has leaked: risk with its reasons, and OWASP's classes with their evidence. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/finding.h"

namespace keywake::attribution {

model::Exposure exposure_of(const model::Credential& credential, std::int64_t now);

/// Fills in risk, reasons and nhi; owners and exposure must be there. The pattern's risk moves only for what is known: dead makes it low,
/// live at least high, live with administrative rights critical. The rest is said, and leaves it where it is.
void assess(model::Credential& credential, std::int64_t now);

/// A provider's date: ISO 8601, or seconds or milliseconds since 1970. Seconds since 1970.
std::optional<std::int64_t> date_of(std::string_view text);

}  // namespace keywake::attribution
