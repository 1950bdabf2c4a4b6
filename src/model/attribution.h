// Whose a credential is, how long it has been exposed, and how bad that is: what attribution/ makes of sightings, validation and the
// repository. Ownership: values. Thread safety: as any value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/pattern.h"

namespace keywake::model {

/// Where in a repository CODEOWNERS may stand; the first that is there holds.
inline constexpr std::array<std::string_view, 4> kCodeOwnersFiles{".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"};

/// Seconds without a commit after which a person counts as gone.
inline constexpr std::int64_t kActive = 180 * 86'400;

/// Who may be able to replace it. A hint: a person, a team or an account, and how that is known.
struct Owner {
  std::string name;   // may be empty, if there is an e-mail address
  std::string email;  // may be empty
  std::string source;  // for people: "api.github.com", "CODEOWNERS", "brought it in"
  Confidence confidence = Confidence::kLow;
  std::optional<bool> active;  // made a commit to the repository lately; absent: not known
  bool operator==(const Owner&) const = default;
};

/// Seconds since 1970; 0: not known.
struct Exposure {
  std::int64_t first_seen = 0;  // the earliest commit that brought it in
  std::int64_t last_seen = 0;   // now, if it is still in today's files; else when it was last taken out
  std::int64_t days = 0;        // between them, rounded down
  bool at_tip = false;          // in today's files: at a tip, or in a file that was scanned as it is
};

/// A class of the OWASP Non-Human Identities Top 10 (2025), and what speaks for it here.
struct NhiEvidence {
  std::string_view id;  // "NHI7"
  std::string evidence;
};

struct Attribution {
  Risk risk = Risk::kHigh;           // all things considered; without them the pattern's
  std::vector<std::string> reasons;  // that made it so, one clause each, the weightiest first
  std::vector<Owner> owners;         // the surest first
  Exposure exposure;
  std::vector<NhiEvidence> nhi;      // in order of id
};

}  // namespace keywake::model
