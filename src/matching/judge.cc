#include "matching/judge.h"

#include <array>
#include <string>

#include "base/ascii.h"
#include "base/text.h"
#include "matching/place.h"

namespace keywake::matching {
namespace {

struct Row {
  std::string_view glob;  // of the path in lower case
  std::string_view reason;
};

// Only the patterns of patterns/generic.toml are judged by these. A specific format is what it is
// wherever it stands.
constexpr std::array<Row, 58> kRows{{
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
  return {};
}

Judgement judge(const model::Pattern& pattern, model::Confidence by_bytes, const Place& place) {
  using model::Confidence;
  if (pattern.provider != kGenericProvider) return {by_bytes, {}};
  const PlaceSort sort = sort_of_place(place.path);
  if (sort.purpose == Purpose::kIllustration && by_bytes > Confidence::kLow) {
    return {by_bytes == Confidence::kHigh ? Confidence::kMedium : Confidence::kLow, sort.what};
  }
  if (sort.purpose == Purpose::kConfiguration && by_bytes == Confidence::kLow) {
    return {Confidence::kMedium, sort.what};
  }
  return {by_bytes, {}};
}

model::Confidence confidence_at(const model::Pattern& pattern, model::Confidence by_bytes,
                                const Place& place) {
  return judge(pattern, by_bytes, place).confidence;
}

}  // namespace keywake::matching
