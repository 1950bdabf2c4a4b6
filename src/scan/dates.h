// Dates as people write them for --since. Thread safety: pure, but for asking the clock.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace keywake::scan {

/// "2025-01-31", "2025-01-31T12:00:00Z" (UTC), "90 days ago", "3 weeks ago", "@1700000000". Seconds since 1970.
Result<std::int64_t> parse_date(std::string_view text);

}  // namespace keywake::scan
