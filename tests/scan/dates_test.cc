#include "scan/dates.h"

#include <chrono>

#include "catch.h"

namespace keywake::scan {
namespace {

TEST_CASE("dates as people write them") {
  struct Row {
    std::string_view text;
    std::int64_t seconds;
  };
  const Row rows[] = {
      {"1970-01-02", 86400},
      {"2024-02-29", 1709164800},
      {"2024-02-29T12:30:05Z", 1709209805},
      {"2024-02-29 12:30", 1709209800},
      {"@1700000000", 1700000000},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    auto date = parse_date(row.text);
    REQUIRE(date.has_value());
    CHECK(*date == row.seconds);
  }
}

TEST_CASE("a time ago counts from now") {
  auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (std::string_view text : {"2 days ago", "2.days.ago", "48 hours ago", "2 days"}) {
    INFO(text);
    auto date = parse_date(text);
    REQUIRE(date.has_value());
    CHECK(*date <= now - 2 * 86400 + 60);
    CHECK(*date >= now - 2 * 86400 - 60);
  }
}

TEST_CASE("what is no date is refused with a remedy") {
  for (std::string_view text : {"", "yesterday", "2024-02-30", "2024-13-01", "2024-02-29T25:99x", "@12x", "-5 days ago", "12 moons ago",
                                "99999999999999999999-01-01"}) {
    INFO(text);
    auto date = parse_date(text);
    REQUIRE_FALSE(date.has_value());
    CHECK(date.error().message.find("write 2025-01-31") != std::string::npos);
  }
}

}  // namespace
}  // namespace keywake::scan
