// View: a ScanResult as report formats read it. It decides once, for all formats, what is redacted,
// how places, dates and object ids are written, and how skips are grouped. Ownership: refers to the
// result and the options, which must outlive it. Thread safety: immutable.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.h"
#include "model/sighting.h"
#include "report/redactor.h"
#include "report/report.h"

namespace keywake::report {

/// Skips that share a reason and whether they failed: how many there were, and the first few of
/// them.
struct SkipGroup {
  std::string reason;
  bool failed = false;
  std::size_t count = 0;
  std::vector<std::string> examples;  // redacted, not escaped
};

class View {
 public:
  View(const model::ScanResult& result, const Options& options);

  [[nodiscard]] const model::ScanResult& result() const { return result_; }
  [[nodiscard]] const model::Summary& summary() const { return result_.summary; }
  [[nodiscard]] const Options& options() const { return options_; }

  /// The secret as this report may show it: redacted, or in clear under show_secrets. Not escaped.
  [[nodiscard]] std::string secret(const model::Credential& credential) const;
  /// A part's value, redacted likewise if it is secret.
  [[nodiscard]] std::string part(const model::Part& part) const;
  /// Text from the target without the secrets in it (report/redactor.h). Not escaped: each format
  /// does that its own way.
  [[nodiscard]] std::string name(std::string_view text) const;
  [[nodiscard]] std::string prose(std::string_view text) const;

  /// The sighting's path as a CI system counts paths, from where the scan was started: joined to a
  /// target that is a relative folder, else as it is. Redacted.
  [[nodiscard]] std::string path_from_here(const model::Sighting& sighting) const;
  /// The sighting's path for people: joined to the target if there are several. Redacted.
  [[nodiscard]] std::string path_to_show(const model::Sighting& sighting) const;

  /// Where it stands, in words: "still at a tip", "removed in 1234567890 on 2024-05-06", "work
  /// tree", …; empty for a plain file.
  [[nodiscard]] std::string standing(const model::Sighting& sighting) const;

  /// What validation found, in words: "live, as api.github.com says (200)"; empty if nobody was to ask. Redacted.
  [[nodiscard]] std::string verdict(const model::Credential& credential) const;
  /// Whose it is, as its provider said: name and values of each fact, joined by ", ". Redacted.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> identity(const model::Credential& credential) const;
  /// "Ada <ada@example.com> (brought it in)". Redacted.
  [[nodiscard]] std::string owner(const model::Owner& owner) const;
  /// "12 live, 3 dead"; empty if nobody was to ask.
  [[nodiscard]] std::string verdicts() const;

  /// "12 of low confidence (--confidence low shows them)"; empty if nothing was held back.
  [[nodiscard]] std::string held_back() const;

  /// "2 places by keywake:allow (--no-suppress shows them)"; empty if there were none.
  [[nodiscard]] std::string allowed() const;

  [[nodiscard]] std::size_t places() const { return places_; }
  /// Credentials by model::Risk.
  [[nodiscard]] const std::array<std::size_t, 4>& by_risk() const { return by_risk_; }
  /// Failed groups first, then by reason.
  [[nodiscard]] std::vector<SkipGroup> skip_groups(std::size_t examples) const;

 private:
  const model::ScanResult& result_;
  const Options& options_;
  Redactor redactor_;
  std::set<std::string, std::less<>> repositories_;  // targets with sightings in git
  std::size_t places_ = 0;
  std::array<std::size_t, 4> by_risk_{};
};

using model::in_no_tree;
using model::is_current;
using model::is_pseudo_path;
using model::outer_file;

/// The first ten digits, as git log --abbrev=10.
std::string_view short_oid(std::string_view oid);
std::string_view short_fingerprint(std::string_view fingerprint);

/// ISO 8601 with offset, "2024-03-01T14:22:05+01:00"; empty outside the years 0 to 9999. An offset
/// of a day or more is taken as none.
std::string iso_date(std::int64_t seconds, int offset_minutes);
/// The same moment for people: "2024-03-01 14:22 +01:00".
std::string readable_date(std::int64_t seconds, int offset_minutes);
/// "2024-03-01T13:22:05", in UTC.
std::string utc_time(std::int64_t seconds);

}  // namespace keywake::report
