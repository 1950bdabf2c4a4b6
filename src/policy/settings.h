// keywake.toml at a repository's root (docs/baseline.md):
//
//   [[allow]]
//   paths    = ["docs/**"]         # globs, as --include takes them
//   patterns = ["stripe.*"]        # globs over pattern ids; of both at least one, and both must fit
//   reason   = "printed in Stripe's documentation"
//   expires  = 2027-01-31          # optional
//
//   [policy]
//   trust_changes = true           # what a change allows itself counts (default: false)
//
// Thread safety: a pure function; the Source as any other.
#pragma once

#include "policy/source.h"

namespace keywake::policy {

inline constexpr std::string_view kSettingsFile = "keywake.toml";

struct Settings {
  std::unique_ptr<Source> source;
  bool trust_changes = false;
};

/// The error names file, line and remedy of the first fault.
Result<Settings> read_settings(std::string_view text, std::string_view name, std::int64_t now);

}  // namespace keywake::policy
