// What leaves credentials out of a report on purpose, beside comments in the line (scan/allow.h): one Source for each file that says so, the
// project's own (.keywake-baseline.json, keywake.toml) and other tools'. All of them may come out of a hostile pull request: sizes and numbers
// are bounded, and expressions are RE2's, which takes time linear in the text. Ownership: Sources hold copies. Thread safety: by() may be
// called at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace keywake::policy {

/// One place of a credential.
struct Place {
  std::string_view pattern;  // id
  std::string_view path;     // relative to where the file stands; empty: it is in no file (a commit message)
  std::string_view commit;   // hexadecimal; empty: none
  std::string_view line_text;
  std::string_view secret;
  std::uint32_t line = 0;
  bool would_be_reported = true;  // false: it is of too low a confidence, so that nothing costly is asked for its sake
};

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;
  /// By what the place is left out, as summaries call it; absent: it is not. Constant text, or as long as the Source.
  [[nodiscard]] virtual std::optional<std::string_view> by(const Place& place) const = 0;
};

/// A file of a repository's root: absent if there is none.
using Reader = std::function<Result<std::optional<std::string>>(std::string_view path, std::size_t limit)>;

inline constexpr std::size_t kMaxFile = 4UL << 20;       // bytes of one file
inline constexpr std::size_t kMaxEntries = 100'000;      // of one file
inline constexpr std::size_t kMaxExpressions = 2'000;    // globs and regular expressions of one file

/// Days since 1970 of "2026-01-31"; absent: no such date.
std::optional<std::int64_t> day_of(std::string_view date);
/// Whether something that expires on that day still holds at `now` (seconds since 1970): it does until the day is over, in UTC.
bool holds_until(std::int64_t day, std::int64_t now);
std::string date_of_day(std::int64_t day);

}  // namespace keywake::policy
