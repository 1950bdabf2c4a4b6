#include "matching/judge.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.h"
#include "base/text.h"
#include "matching/password.h"
#include "matching/place.h"
#include "matching/rarity.h"
#include "matching/secret_name.h"

namespace keywake::matching {
namespace {

struct Row {
  std::string_view glob;  // of the path in lower case
  std::string_view reason;
};

// Only the patterns of patterns/generic.toml are judged by these. A specific format is what it is
// wherever it stands.
constexpr std::array<Row, 59> kRows{{
    {"package-lock.json", "place: a lock file, which holds checksums"},
    {"npm-shrinkwrap.json", "place: a lock file, which holds checksums"},
    {"packages.lock.json", "place: a lock file, which holds checksums"},
    {"pnpm-lock.yaml", "place: a lock file, which holds checksums"},
    {"bun.lockb", "place: a lock file, which holds checksums"},
    {"*.lock", "place: a lock file, which holds checksums"},
    {"*.lock.hcl", "place: a lock file, which holds checksums"},
    {"*.lockfile", "place: a lock file, which holds checksums"},
    {"go.sum", "place: a lock file, which holds checksums"},
    {"go.mod", "place: a lock file, which holds checksums"},
    {"*.versions.toml", "place: a list of dependencies"},
    {"cartfile.resolved", "place: a lock file, which holds checksums"},
    {"package.resolved", "place: a lock file, which holds checksums"},
    {"*.min.js", "place: minified code"},
    {"*.min.css", "place: minified code"},
    {"*.min.mjs", "place: minified code"},
    {"*.bundle.js", "place: minified code"},
    {"*.chunk.js", "place: minified code"},
    {"*.js.map", "place: a source map"},
    {"*.css.map", "place: a source map"},
    {"*.po", "place: translations"},
    {"*.pot", "place: translations"},
    {"*.xlf", "place: translations"},
    {"*.xliff", "place: translations"},
    {"*.arb", "place: translations"},
    {"*.resx", "place: translations"},
    {"*.strings", "place: translations"},
    {"strings.xml", "place: translations"},
    {"messages*.properties", "place: translations"},
    {"**/locale/**", "place: translations"},
    {"**/locales/**", "place: translations"},
    {"**/i18n/**", "place: translations"},
    {"**/l10n/**", "place: translations"},
    {"**/lang/**", "place: translations"},
    {"**/translations/**", "place: translations"},
    {"**/node_modules/**", "place: a vendored dependency"},
    {"**/bower_components/**", "place: a vendored dependency"},
    {"**/site-packages/**", "place: a vendored dependency"},
    {"**/vendor/**/*_test.go", "place: tests of a vendored dependency"},
    {"**/vendor/**/test/**", "place: tests of a vendored dependency"},
    {"**/vendor/**/tests/**", "place: tests of a vendored dependency"},
    {"**/third_party/**/test/**", "place: tests of a vendored dependency"},
    {"**/third_party/**/tests/**", "place: tests of a vendored dependency"},
    {"*.svg", "place: a drawing"},
    {"*.ai", "place: a drawing"},
    {"*.eps", "place: a drawing"},
    {"*.pdf", "place: a document in a binary format"},
    {"*.ttf", "place: a font"},
    {"*.woff", "place: a font"},
    {"*.woff2", "place: a font"},
    {"*.wasm", "place: compiled code"},
    {"*.so", "place: compiled code"},
    {"*.dll", "place: compiled code"},
    {"*.exe", "place: compiled code"},
    {"*.class", "place: compiled code"},
    {"*.pyc", "place: compiled code"},
    {"*.snap", "place: a snapshot of test output"},
    {".secrets.baseline", "place: a baseline of detect-secrets, which holds hashes"},
    {"*.wixlib", "place: compiled code"},
}};

constexpr std::string_view kGenericProvider = "generic";

// A line that nobody typed.
constexpr std::size_t kLongestTypedLine = 1000;

// A variable or a member: credentials.password
bool is_identifier(std::string_view text) {
  return (is_letter(text.front()) || text.front() == '_') &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '_' || c == '.'; });
}

// Whether text before a value on its line says that it stands within a string or a comment. A word in a string that began lines before is
// taken for a variable; to tell them apart takes the whole file.
bool in_string_or_comment(std::string_view before) {
  if (before.find_first_of("\"'`#") != std::string_view::npos) return true;
  for (std::string_view mark : {"//", "/*", "--"}) {
    if (before.find(mark) != std::string_view::npos) return true;
  }
  const std::size_t first = before.find_first_not_of(" \t");
  return first != std::string_view::npos && before[first] == '*' && (first + 1 == before.size() || before[first + 1] == ' ');
}

// Each place of `secret` on the line, until one is `so`.
template <typename Predicate>
bool stands_everywhere(const Place& place, Predicate so) {
  std::size_t at = place.line.find(place.secret);
  if (place.secret.empty() || at == std::string_view::npos) return false;
  for (; at != std::string_view::npos; at = place.line.find(place.secret, at + 1)) {
    if (!so(place.line.substr(0, at))) return false;
  }
  return true;
}

// password: "password", { adminPass: "adminPass" }: what programs call fields and parameters, but in a test the password.
bool names_itself(const model::Pattern& pattern, const Place& place) {
  return names_a_secret(place.secret) && (place.secret != "secret" || pattern.assigned != model::Assigned::kPassword);
}

// "password": password, as code in documentation has it: the name in quotes, the value not.
bool is_unquoted_behind_quoted_name(std::string_view before) {
  if (before.ends_with('"') || before.ends_with('\'')) return false;
  const std::size_t end = before.find_last_not_of(" :=>");
  return end != std::string_view::npos && (before[end] == '"' || before[end] == '\'');
}

// superUser, es_pass: in a configuration file hardly anything but a password; elsewhere what a program calls something.
bool reads_like_an_identifier(const model::Pattern& pattern, std::string_view secret) {
  return pattern.assigned == model::Assigned::kPassword && read_password(secret).look == PasswordLook::kNone && is_weak_password(secret);
}

std::string_view noise_of_line(const model::Pattern& pattern, const Place& place) {
  if (reads_like_an_identifier(pattern, place.secret) && sort_of_place(place.path).purpose != Purpose::kConfiguration) return "place: reads like an identifier, and is in no configuration file";
  if (names_itself(pattern, place) && quotes_strings(place.path) && sort_of_place(place.path).purpose != Purpose::kIllustration) return "place: a name, in code";
  if (names_itself(pattern, place) && !stands_everywhere(place, [](std::string_view before) { return !is_unquoted_behind_quoted_name(before); })) return "place: a variable";
  if (stands_everywhere(place, [](std::string_view before) { return before.ends_with("ENC("); })) return "place: an encrypted value";
  if (!place.secret.empty() && is_identifier(place.secret) && !is_rare(place.secret) && quotes_strings(place.path) &&
      stands_everywhere(place, [](std::string_view before) { return !in_string_or_comment(before); })) {
    return "place: a variable, in a language that quotes its strings";
  }
  return {};
}

// Those that say so find weak ones at low (matching/pattern_code.cc).
bool takes_weak_passwords(const model::Pattern& pattern) {
  return std::any_of(pattern.checks.begin(), pattern.checks.end(), [](const model::Check& check) { return check.name == "password" && check.argument == "weak"; });
}

}  // namespace

std::string_view noise_reason(const model::Pattern& pattern, const Place& place) {
  if (pattern.provider != kGenericProvider) return {};
  if (place.line.size() > kLongestTypedLine) return "place: a line longer than anybody types";
  // An assembly's public identity, in every .NET configuration file.
  if (place.line.find("ublicKeyToken") != std::string_view::npos)
    return "place: a .NET publicKeyToken";
  std::string path = lowered(place.path);
  for (const Row& row : kRows) {
    if (glob_match(row.glob, path)) return row.reason;
  }
  return noise_of_line(pattern, place);
}

Judgement judge(const model::Pattern& pattern, model::Confidence by_bytes, const Place& place) {
  using model::Confidence;
  const PlaceSort sort = sort_of_place(place.path);
  if (pattern.provider != kGenericProvider) {
    const bool raised = by_bytes == Confidence::kLow && sort.purpose == Purpose::kConfiguration && takes_weak_passwords(pattern) && is_weak_password(place.secret);
    return raised ? Judgement{Confidence::kMedium, sort.what} : Judgement{by_bytes, {}};
  }
  if (sort.purpose == Purpose::kIllustration && by_bytes > Confidence::kLow) {
    return {by_bytes == Confidence::kHigh ? Confidence::kMedium : Confidence::kLow, sort.what};
  }
  if (sort.purpose == Purpose::kConfiguration && by_bytes == Confidence::kLow && !names_itself(pattern, place) && !reads_like_an_identifier(pattern, place.secret)) {
    return {Confidence::kMedium, sort.what};
  }
  return {by_bytes, {}};
}

}  // namespace keywake::matching
