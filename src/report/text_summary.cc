#include "report/text_summary.h"

#include <fmt/format.h>

#include "base/text.h"

namespace keywake::report {
namespace {

constexpr std::size_t kIndent = 10;
constexpr std::size_t kSkipExamples = 3;

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", human_count(count), count == 1 ? one : many);
}

// "Scanned   ./repo · 12 files · …"; the label stands in the indent of the first line.
std::string labelled(const Style& style, std::string_view label, Ink ink,
                     const std::vector<Piece>& pieces, std::size_t width) {
  std::string body = flow(style, pieces, kIndent, width);
  if (body.empty()) return body;
  body.replace(0, label.size(), style.paint(ink, label));
  return body;
}

// "3 logs and 1 artifact of the last 30 days; --since for others"; empty: nobody asked for any.
std::string left_by_jobs(const model::Summary& summary) {
  std::string out;
  if (summary.logs > 0) out = counted(summary.logs, "job log", "job logs");
  if (summary.artifacts > 0) out += (out.empty() ? "" : " and ") + counted(summary.artifacts, "job artifact", "job artifacts");
  if (summary.job_days == 0) return out;
  if (out.empty()) out = "no job logs or artifacts";
  return fmt::format("{} of the last {} days; --since for others", out, summary.job_days);
}

std::vector<Piece> scanned(const View& view) {
  const model::Summary& summary = view.summary();
  std::vector<Piece> out;
  for (const std::string& target : summary.targets) {
    out.push_back({printable(view.name(target)), Ink::kStrong});
  }
  if (summary.files > 0) out.push_back({counted(summary.files, "file", "files")});
  if (summary.blobs > 0) out.push_back({counted(summary.blobs, "blob", "blobs")});
  if (summary.commits > 0) {
    out.push_back({counted(summary.commits, "commit or tag", "commits and tags")});
  }
  if (summary.stores > 0) out.push_back({counted(summary.variables, "variable", "variables")});
  if (const std::string jobs = left_by_jobs(summary); !jobs.empty()) out.push_back({jobs});
  if (summary.layers > 0) {
    const std::string known = summary.known_layers == 0 ? "" : fmt::format(" ({} known from an earlier scan)", human_count(summary.known_layers));
    out.push_back({counted(summary.layers, "layer", "layers") + known});
  }
  std::string bytes = human_bytes(summary.bytes);
  if (summary.bytes_matched > 0 && summary.bytes_matched < summary.bytes) {
    bytes += fmt::format(" ({} matched, the rest inherited)", human_bytes(summary.bytes_matched));
  }
  out.push_back({bytes});
  std::string time = human_seconds(summary.seconds);
  if (summary.seconds > 0 && summary.bytes > 0) {
    const double rate = static_cast<double>(summary.bytes) / summary.seconds;
    time += fmt::format(" ({}/s)", human_bytes(static_cast<std::uint64_t>(rate)));
  }
  out.push_back({time});
  return out;
}

std::vector<Piece> found(const View& view) {
  const std::size_t count = view.result().credentials.size();
  if (count == 0) return {};
  std::vector<Piece> out{{fmt::format("{} at {}", counted(count, "credential", "credentials"),
                                      counted(view.places(), "place", "places")),
                          Ink::kStrong}};
  for (std::size_t risk = view.by_risk().size(); risk-- > 0;) {
    if (view.by_risk()[risk] == 0) continue;
    out.push_back({fmt::format("{} {}", human_count(view.by_risk()[risk]), model::kRiskNames[risk]),
                   ink_of(static_cast<model::Risk>(risk))});
  }
  return out;
}

void write_skips(const View& view, const Style& style, std::ostream& out) {
  const std::size_t width = view.options().width;
  for (const SkipGroup& group : view.skip_groups(kSkipExamples)) {
    const std::string what =
        fmt::format("{} {}", human_count(group.count), printable(group.reason));
    std::vector<Piece> pieces{{what, group.failed ? Ink::kAlarm : Ink::kPlain}};
    for (const std::string& example : group.examples) {
      pieces.push_back({printable(example), Ink::kFaint});
    }
    if (group.count > group.examples.size()) {
      pieces.push_back(
          {fmt::format("and {} more", human_count(group.count - group.examples.size())),
           Ink::kFaint});
    }
    out << labelled(style, group.failed ? "Failed" : "Skipped",
                    group.failed ? Ink::kAlarm : Ink::kFaint, pieces, width);
  }
}

// The one line to read if only one is read.
Piece verdict(const View& view) {
  const model::Summary& summary = view.summary();
  const bool complete = summary.complete();
  if (!view.result().credentials.empty()) {
    return {complete ? "" : "The scan is incomplete: there may be more in what could not be read.",
            Ink::kAlarm};
  }
  if (!complete) {
    return {"No credentials found in what could be read, but the scan is incomplete.", Ink::kAlarm};
  }
  if (!summary.scanned_anything()) {
    return {"Nothing was scanned.", Ink::kAlarm};
  }
  // What was held back may be one, so the calm sentence says no more than is so.
  for (std::size_t level = summary.held_back.size(); level-- > 0;) {
    if (summary.held_back[level] == 0) continue;
    return {fmt::format("No credentials of {} confidence found.",
                        level == 0 ? "medium or high" : "high"),
            Ink::kCalm};
  }
  return {"No credentials found.", Ink::kCalm};
}

}  // namespace

void write_text_summary(const View& view, const Style& style, std::ostream& out) {
  const std::size_t width = view.options().width;
  const Piece last = verdict(view);
  if (view.result().credentials.empty()) out << style.paint(last.ink, last.text) << "\n\n";
  out << labelled(style, "Scanned", Ink::kFaint, scanned(view), width)
      << labelled(style, "Found", Ink::kFaint, found(view), width);
  out << labelled(style, "Asked", Ink::kFaint, {{view.verdicts()}}, width);
  out << labelled(style, "Held back", Ink::kFaint, {{view.held_back()}}, width);
  out << labelled(style, "Allowed", Ink::kFaint, {{view.allowed()}}, width);
  if (view.summary().rejected > 0) {
    std::vector<Piece> rejected{
        {counted(view.summary().rejected, "candidate that a check turned down",
                 "candidates that a check turned down")}};
    if (view.result().rejections.empty()) rejected.push_back({"--explain lists them"});
    out << labelled(style, "Rejected", Ink::kFaint, rejected, width);
  }
  write_skips(view, style, out);
  if (!view.result().credentials.empty() && !last.text.empty()) {
    out << '\n' << style.paint(last.ink, last.text) << '\n';
  }
}

}  // namespace keywake::report
