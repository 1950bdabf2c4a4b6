// Pattern: how one type of credential is recognised. The data of patterns/*.toml after loading; the format is
// described in docs/patterns.md. Built-in patterns are constant tables inside the binary (cmake/EmbedRules.cmake),
// a user's own are owned by a rules::RuleSet: hence string_view and span throughout, and nothing to free.
// Thread safety: immutable.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace keywake::model {

/// The class of non-human identity that a credential belongs to (OWASP NHI; see docs/patterns.md).
enum class Kind : std::uint8_t {
  kServiceAccount,
  kApiKey,
  kOauthToken,
  kMachineCertificate,
  kSshKey,
  kCiCredential,
  kAgentCredential,
  kKubernetes,
  kDatabaseCredential,
  kWebhook,
  kSigningKey,
  kHumanCredential,
};

enum class Risk : std::uint8_t { kLow, kMedium, kHigh, kCritical };

/// How sure it is that a finding is a credential at all; docs/patterns.md says what each level means and how it was measured.
enum class Confidence : std::uint8_t { kLow, kMedium, kHigh };

/// Names as they are written in rule files and reports, in the order of the enumerators.
inline constexpr std::array<std::string_view, 12> kKindNames{
    "service-account", "api-key",      "oauth-token", "machine-certificate", "ssh-key", "ci-credential",
    "agent-credential", "kubernetes", "database-credential", "webhook", "signing-key", "human-credential"};
inline constexpr std::array<std::string_view, 4> kRiskNames{"low", "medium", "high", "critical"};
inline constexpr std::array<std::string_view, 3> kConfidenceNames{"low", "medium", "high"};

constexpr std::string_view name(Kind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }
constexpr std::string_view name(Confidence level) { return kConfidenceNames[static_cast<std::size_t>(level)]; }
constexpr std::string_view name(Risk risk) { return kRiskNames[static_cast<std::size_t>(risk)]; }

/// An offline test of a match, e.g. {"crc32-base62", "6"}; matching/checks.h lists them.
struct Check {
  std::string_view name;
  std::string_view argument;
};

/// Something that stands near a match and belongs to the same credential (a key id near its secret).
struct Companion {
  std::string_view name;
  std::string_view regex;       // canonical; the part is the capture named as the companion, else the whole match
  std::uint32_t within = 256;   // bytes before or after the match in which it is looked for
  bool required = false;        // without it the match is rejected
  bool secret = false;          // as secret as the credential itself: reports redact it
  bool other_half = false;      // a match without it opens nothing: it is of medium confidence at most
};

/// What the name of an assignment must mean (matching/secret_name.h) for its value to be the pattern's.
enum class Assigned : std::uint8_t { kNo, kPassword, kToken, kKey };

struct Pattern {
  std::string_view id;        // "github.pat-classic": provider file, dot, name; stable for ever
  std::string_view provider;  // "github": the file's stem
  std::string_view title;
  Kind kind = Kind::kApiKey;
  Risk risk = Risk::kHigh;
  Confidence confidence = Confidence::kHigh;  // of a match that passed all checks

  // Tier one: a match contains, or has near it, one of these.
  std::span<const std::string_view> anchors;   // literals, case-sensitive
  std::span<const std::string_view> keywords;  // literals, any case
  std::string_view shape;                      // or an expression (canonical, bounded)
  std::uint32_t within = 0;  // 0: the match contains the anchor; else it lies within so many bytes of it

  // Known by name only, instead of the above: what the provider is called, and words behind that (matching/named.h).
  std::span<const std::string_view> names;  // in small letters
  std::span<const std::string_view> words;

  // Tier two.
  Assigned assigned = Assigned::kNo;  // no anchor and no expression of its own: whatever names that mean this are given
  std::string_view regex;        // canonical (rules/canonical_regex.h), with a capture `secret`
  std::uint32_t max_length = 0;  // longest match in bytes: the expression's own bound, or `span` of the rule file
  std::span<const Check> checks;
  std::span<const Companion> companions;
  bool generic = false;  // yields to any other pattern that claims the same bytes

  // For people and later stages.
  std::string_view rotate;    // URL where its owner replaces it
  std::string_view revoke;    // command that revokes it, with {secret}, {part} and {fact}: printed, never run
  std::string_view docs;      // URL of the documentation the pattern was written from
};

}  // namespace keywake::model
