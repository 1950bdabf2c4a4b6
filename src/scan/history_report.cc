#include "scan/history_report.h"

#include <algorithm>
#include <set>

#include "base/parallel.h"
#include "git/commit_object.h"

namespace keywake::scan {
namespace {

using OccurrencesByBlob = std::unordered_map<git::Oid, std::vector<Occurrence>>;

// Lines of all findings of the given blobs, each blob read once.
OccurrencesByBlob locate_all(const HistoryReport& report, const FindingsByBlob& findings, std::set<git::Oid> wanted) {
  std::vector<git::Oid> blobs;
  for (const git::Oid& blob : wanted) {
    if (findings.contains(blob)) blobs.push_back(blob);
  }
  std::vector<std::vector<Occurrence>> located(blobs.size());
  parallel_for(blobs.size(), 8, [&](std::size_t begin, std::size_t end) {
    std::string bytes;
    for (std::size_t i = begin; i < end; ++i) {
      const BlobFindings& found = findings.at(blobs[i]);
      located[i] = found.inside;
      if (!found.plain.empty() && report.read(blobs[i], bytes)) locate(bytes, found.plain, "", located[i]);
    }
  });
  OccurrencesByBlob result;
  for (std::size_t i = 0; i < blobs.size(); ++i) result.emplace(blobs[i], std::move(located[i]));
  return result;
}

class Reporter {
 public:
  Reporter(const Context& context, const HistoryReport& report) : context_(context), report_(report) {}

  void appearance(const git::Appearance& appearance, const OccurrencesByBlob& occurrences, bool staged);
  void message(const MessageFindings& message);

 private:
  model::GitPlace place_of(const git::Oid& commit);
  void add(const Occurrence& occurrence, const std::string& path, model::GitPlace place, const std::optional<Allow>& allow);

  const Context& context_;
  const HistoryReport& report_;
  std::unordered_map<git::Oid, git::CommitInfo> commits_;
};

model::GitPlace Reporter::place_of(const git::Oid& commit) {
  model::GitPlace place;
  if (commit.is_null()) return place;
  auto [it, added] = commits_.try_emplace(commit);
  if (added) {
    std::string bytes;
    if (report_.read(commit, bytes)) it->second = git::parse_commit_info(bytes);
  }
  place.commit = commit.hex(report_.hash);
  place.author = it->second.author;
  place.email = it->second.email;
  place.date = it->second.date;
  place.date_offset = it->second.date_offset;
  place.summary = it->second.summary;
  return place;
}

void Reporter::add(const Occurrence& occurrence, const std::string& path, model::GitPlace place, const std::optional<Allow>& allow) {
  model::Sighting sighting;
  sighting.target = report_.target;
  sighting.path = occurrence.inside.empty() ? path : path + "!/" + occurrence.inside;
  sighting.line = occurrence.begin.line;
  sighting.column = occurrence.begin.column;
  sighting.end_line = occurrence.end.line;
  sighting.end_column = occurrence.end.column;
  sighting.git = std::move(place);
  context_.collector.add({occurrence.value, std::move(sighting), occurrence.line_text, "", allow});
}

void Reporter::appearance(const git::Appearance& appearance, const OccurrencesByBlob& occurrences, bool staged) {
  model::GitPlace place = place_of(appearance.commit);
  place.blob = appearance.blob.hex(report_.hash);
  place.at_tip = appearance.at_tip;
  place.staged = staged;
  place.reachable = appearance.reachable;
  if (!appearance.removed_in.is_null()) {
    model::GitPlace removal = place_of(appearance.removed_in);
    place.removed_in = removal.commit;
    place.removed_date = removal.date;
    place.removed_date_offset = removal.date_offset;
  }

  std::set<std::pair<std::string, std::uint32_t>> introduced_lines;
  auto each = [&](const git::Oid& blob, auto&& act) {
    auto it = occurrences.find(blob);
    if (it == occurrences.end()) return;
    for (const Occurrence& occurrence : it->second) {
      if (context_.values.credential(occurrence.value) == appearance.value) act(occurrence);
    }
  };
  // What is allowed wherever it stands today was meant when it came in, too: words cannot be put into old commits.
  std::optional<Allow> allowed_today;
  bool everywhere = true;
  each(appearance.tip_blob, [&](const Occurrence& occurrence) {
    const std::string_view pattern = context_.values[occurrence.value].pattern->id;
    everywhere = everywhere && occurrence.allow && occurrence.allow->holds(pattern);
    allowed_today = occurrence.allow;
  });
  each(appearance.blob, [&](const Occurrence& occurrence) {
    introduced_lines.emplace(occurrence.inside, occurrence.begin.line);
    add(occurrence, appearance.path, place, everywhere && allowed_today ? allowed_today : occurrence.allow);
  });
  if (appearance.tip_blob.is_null() || appearance.tip_blob == appearance.blob) return;
  place.blob = appearance.tip_blob.hex(report_.hash);
  each(appearance.tip_blob, [&](const Occurrence& occurrence) {
    bool moved = !introduced_lines.contains({occurrence.inside, occurrence.begin.line});
    if (moved) add(occurrence, appearance.path, place, occurrence.allow);
  });
}

void Reporter::message(const MessageFindings& message) {
  std::vector<Occurrence> occurrences = message.findings.inside;
  std::string bytes;
  if (report_.read(message.oid, bytes)) locate(bytes, message.findings.plain, "", occurrences);
  model::GitPlace place = place_of(message.commit ? message.oid : git::Oid{});
  place.reachable = message.reachable;
  place.at_tip = message.reachable;  // a message stays for as long as anything leads to it
  std::string path = (message.commit ? "commit:" : "tag:") + message.oid.hex(report_.hash);
  for (const Occurrence& occurrence : occurrences) add(occurrence, path, place, occurrence.allow);
}

}  // namespace

void report_history(const Context& context, const HistoryReport& report,
                    const std::vector<git::Appearance>& appearances,
                    const std::vector<git::Appearance>& staged, const FindingsByBlob& findings,
                    const std::vector<MessageFindings>& messages) {
  std::set<git::Oid> wanted;
  for (const git::Appearance& appearance : appearances) {
    wanted.insert(appearance.blob);
    if (!appearance.tip_blob.is_null()) wanted.insert(appearance.tip_blob);
  }
  for (const git::Appearance& appearance : staged) wanted.insert(appearance.blob);
  OccurrencesByBlob occurrences = locate_all(report, findings, std::move(wanted));
  Reporter reporter(context, report);
  for (const git::Appearance& appearance : appearances) reporter.appearance(appearance, occurrences, false);
  for (const git::Appearance& appearance : staged) reporter.appearance(appearance, occurrences, true);
  for (const MessageFindings& message : messages) reporter.message(message);
}

}  // namespace keywake::scan
