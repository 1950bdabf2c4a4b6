#include "scan/dates.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/text.h"

namespace keywake::scan {
namespace {

std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<std::int64_t> relative(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t seconds;
  };
  static constexpr std::array<Unit, 7> kUnits{{{"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86400},
                                               {"week", 604800}, {"month", 2629746}, {"year", 31556952}}};
  auto count = take_number(text);
  if (!count || *count < 0 || *count > 1'000'000'000 || (!take(text, " ") && !take(text, "."))) return std::nullopt;
  for (const Unit& unit : kUnits) {
    std::string_view rest = text;
    if (!take(rest, unit.name)) continue;
    take(rest, "s");
    if (rest != " ago" && rest != ".ago" && !rest.empty()) return std::nullopt;
    auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    return now.count() - *count * unit.seconds;
  }
  return std::nullopt;
}

std::optional<std::int64_t> absolute(std::string_view text) {
  using namespace std::chrono;
  auto y = take_number(text);
  if (!y || !take(text, "-")) return std::nullopt;
  auto m = take_number(text);
  if (!m || !take(text, "-")) return std::nullopt;
  auto d = take_number(text);
  if (!d) return std::nullopt;
  year_month_day date{year(static_cast<int>(*y)), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
  if (*y < 1970 || *y > 9999 || *m > 12 || *d > 31 || !date.ok()) return std::nullopt;
  std::int64_t seconds = duration_cast<std::chrono::seconds>(sys_days(date).time_since_epoch()).count();
  if (text.empty()) return seconds;
  if (!take(text, "T") && !take(text, " ")) return std::nullopt;
  std::int64_t factor = 3600;
  for (; factor >= 1; factor /= 60) {
    auto part = take_number(text);
    if (!part || *part < 0 || *part > 59) return std::nullopt;
    seconds += *part * factor;
    if (!take(text, ":")) break;
  }
  take(text, "Z");
  return text.empty() ? std::optional(seconds) : std::nullopt;
}

}  // namespace

Result<std::int64_t> parse_date(std::string_view text) {
  std::string_view rest = text;
  std::optional<std::int64_t> date;
  if (take(rest, "@")) {
    date = take_number(rest);
    if (!rest.empty()) date.reset();
  } else if (!(date = absolute(text))) {
    date = relative(text);
  }
  if (date) return *date;
  return fail(fmt::format("--since {}: not a date; write 2025-01-31, 2025-01-31T12:00:00Z or \"90 days ago\"",
                          printable(text)));
}

}  // namespace keywake::scan
