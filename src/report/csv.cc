// CSV (RFC 4180: CR LF after each record, header first), one record a sighting, for spreadsheets:
// see csv_cell on formulas.
#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/revocation.h"

namespace keywake::report {
namespace {

constexpr std::array<std::string_view, 39> kColumns{
    "pattern", "provider",   "kind",         "risk",      "title",  "secret",   "fingerprint",
    "parts",   "target",     "path",         "line",      "column", "end_line", "end_column",
    "decoded", "blob",       "commit",       "author",    "email",  "date",     "summary",
    "at_tip",  "removed_in", "removed_date", "reachable", "staged", "rotate",   "confidence",
    "verdict", "verdict_reason", "verdict_host", "verdict_at", "identity",
    "owners", "first_seen", "last_seen", "days", "owasp_nhi", "revoke"};

class Record {
 public:
  explicit Record(std::ostream& out) : out_(out) {}
  void add(std::string_view text) {
    out_ << (first_ ? "" : ",") << csv_cell(text);
    first_ = false;
  }
  void add_text(std::string_view text) { add(printable(text)); }
  void add_number(std::uint64_t number) { add(std::to_string(number)); }
  void add_flag(bool flag) { add(flag ? "true" : "false"); }
  void end() { out_ << "\r\n"; }

 private:
  std::ostream& out_;
  bool first_ = true;
};

// A secret of several lines keeps its line ends: in a quoted cell they are legal, and a key without
// them is useless.
std::string lines_printable(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t end = text.find('\n');
    out += printable(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string parts_text(const View& view, const model::Credential& credential) {
  std::string out;
  for (const model::Part& part : credential.parts) {
    out += fmt::format("{}{}={}", out.empty() ? "" : "; ", part.name, view.part(part));
  }
  return out;
}

void add_git(const View& view, const model::GitPlace& git, Record& record) {
  const bool committed = !git.commit.empty();
  record.add_text(git.blob);
  record.add_text(git.commit);
  record.add_text(committed ? view.name(git.author) : "");
  record.add_text(committed ? view.name(git.email) : "");
  record.add(committed ? iso_date(git.date, git.date_offset) : "");
  record.add_text(committed ? view.prose(git.summary) : "");
  record.add_flag(git.at_tip);
  record.add_text(git.removed_in);
  const bool dated = !git.removed_in.empty() && git.removed_date != 0;
  record.add(dated ? iso_date(git.removed_date, git.removed_date_offset) : "");
  record.add_flag(git.reachable);
  record.add_flag(git.staged);
}

void add_validation(const View& view, const model::Credential& credential, Record& record) {
  const bool asked = credential.validation.has_value();
  const model::Validation none;
  const model::Validation& validation = asked ? *credential.validation : none;
  record.add(asked ? model::name(validation.verdict) : "");
  record.add_text(view.name(validation.reason));
  record.add_text(view.name(validation.host));
  record.add(asked ? utc_time(validation.at) + "Z" : "");
  std::string identity;
  for (const auto& [fact, values] : view.identity(credential)) identity += fmt::format("{}{}={}", identity.empty() ? "" : "; ", fact, values);
  record.add_text(identity);
}

void add_attribution(const View& view, const model::Credential& credential, Record& record) {
  const model::Attribution& attribution = credential.attribution;
  std::string owners;
  for (const model::Owner& owner : attribution.owners) owners += (owners.empty() ? "" : "; ") + view.owner(owner);
  record.add_text(owners);
  for (const std::int64_t date : {attribution.exposure.first_seen, attribution.exposure.last_seen}) record.add(date == 0 ? "" : utc_time(date) + "Z");
  record.add_number(static_cast<std::uint64_t>(attribution.exposure.days));
  std::string nhi;
  for (const model::NhiEvidence& item : attribution.nhi) nhi += fmt::format("{}{}", nhi.empty() ? "" : " ", item.id);
  record.add(nhi);
}

void write_sighting(const View& view, const model::Credential& credential,
                    const model::Sighting& sighting, std::ostream& out) {
  constexpr std::size_t kGitColumns = 11;
  const model::Pattern& pattern = *credential.pattern;
  Record record(out);
  record.add_text(pattern.id);
  record.add_text(pattern.provider);
  record.add(name(pattern.kind));
  record.add(name(credential.attribution.risk));
  record.add_text(pattern.title);
  record.add(lines_printable(view.secret(credential)));
  record.add(credential.fingerprint);
  record.add_text(parts_text(view, credential));
  record.add_text(view.name(sighting.target));
  record.add_text(view.name(sighting.path));
  record.add_number(sighting.line);
  record.add_number(sighting.column);
  record.add_number(sighting.end_line);
  record.add_number(sighting.end_column);
  record.add_text(sighting.decoded);
  if (sighting.git) {
    add_git(view, *sighting.git, record);
  } else {
    for (std::size_t i = 0; i < kGitColumns; ++i) record.add("");
  }
  record.add_text(pattern.rotate);
  record.add(name(sighting.confidence));  // new columns come last, where they move none that readers know
  add_validation(view, credential, record);
  add_attribution(view, credential, record);
  record.add_text(revocation(view, credential));
  record.end();
}

}  // namespace

void write_csv(const View& view, std::ostream& out) {
  Record header(out);
  for (std::string_view column : kColumns) header.add(column);
  header.end();
  for (const model::Credential& credential : view.result().credentials) {
    for (const model::Sighting& sighting : credential.sightings) {
      write_sighting(view, credential, sighting, out);
    }
  }
}

}  // namespace keywake::report
