// What asking about a credential gave: whether it works, and what the provider said of whose it is. Ownership: values.
// Thread safety: as any value.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keywake::model {

/// What is known about whether a credential works.
enum class Verdict : std::uint8_t {
  kLive,
  kDead,           // the provider said that it does not know it, or that it was revoked or has expired
  kBlocked,        // the provider would not say: too many requests, a rule about addresses
  kUnknown,        // no answer, or one that says neither
  kUnvalidatable,  // nobody can be asked: no validator, a part is missing
  kSkipped,        // not asked: not allowed, or known to be a trap
};
inline constexpr std::array<std::string_view, 6> kVerdictNames{"live", "dead", "blocked", "unknown", "unvalidatable", "skipped"};
constexpr std::string_view name(Verdict verdict) { return kVerdictNames[static_cast<std::size_t>(verdict)]; }

/// What identity an answer can tell of.
inline constexpr std::array<std::string_view, 13> kFactNames{"account", "created",     "email", "environment", "expires", "last-used", "organization",
                                                             "owner",   "permissions", "plan",  "resources",   "roles",   "scopes"};

/// Of which there may be several, whatever their number.
constexpr bool is_list(std::string_view fact) { return fact == "permissions" || fact == "resources" || fact == "roles" || fact == "scopes"; }

/// Something the provider said: {"scopes", {"repo", "read:org"}}. Never a secret.
struct Fact {
  std::string name;  // of kFactNames
  std::vector<std::string> values;
  bool operator==(const Fact&) const = default;
};

struct Validation {
  Verdict verdict = Verdict::kUnknown;
  std::string reason;     // for people, one clause: "401, bad credentials"
  std::string validator;  // id; empty: there is none
  std::string host;       // that answered last, or would have been asked; empty: none
  std::int64_t at = 0;    // seconds since 1970
  std::vector<Fact> facts;  // in order of name
};

}  // namespace keywake::model
