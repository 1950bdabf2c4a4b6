// keywake:allow: words beside a credential that say it is meant to be there. They stand in its line, or in the line above if
// that holds nothing else but comment signs (else they would speak for a neighbour):
//
//   key = "…"  # keywake:allow stripe.* printed in Stripe's documentation
//
// First the pattern it may be of, by id or glob (base/text.h), then the reason, which must be there. Believed unless --no-suppress.
// What other scanners' users wrote into their lines holds likewise, for any pattern and without a reason: gitleaks:allow, betterleaks:allow,
// ggignore, kingfisher:ignore, trufflehog:ignore, `pragma: allowlist secret` (in the line), `pragma: allowlist nextline secret` (above it);
// kingfisher:ignore also in the line above or below, whatever else is there.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywake::scan {

struct Allow {
  std::string pattern;  // id or glob
  std::string reason;   // empty: none was given
  std::uint32_t line = 0;  // in which it stands
  std::string_view by = "keywake:allow";  // whose words these are: constant

  [[nodiscard]] bool fits(std::string_view pattern_id) const;
  /// It speaks of this pattern, and gives a reason.
  [[nodiscard]] bool holds(std::string_view pattern_id) const { return !reason.empty() && fits(pattern_id); }
};

/// The one that speaks for the bytes from `begin` to `end`, whose first stands in `line`. Of very long lines only what is near is looked at.
std::optional<Allow> allow_beside(std::string_view bytes, std::size_t begin, std::size_t end, std::uint32_t line);

}  // namespace keywake::scan
