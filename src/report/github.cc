// GitHub Actions annotations: workflow commands on standard output
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message).
// An error for what is at risk critical or high, a warning below; a notice for what is only in
// history, since no line of today's files can be marked. GitHub keeps ten of each level a step; the
// order puts what matters first.
#include <fmt/format.h>

#include "base/text.h"
#include "report/escape.h"
#include "report/revocation.h"
#include "report/formats.h"

namespace keywake::report {
namespace {

std::string property(std::string_view text) {
  return workflow_property(printable(text));
}

std::string_view level(const model::Credential& credential, const model::Sighting& sighting) {
  if (!is_current(sighting)) return "notice";
  return credential.attribution.risk >= model::Risk::kHigh ? "error" : "warning";
}

std::string place(const View& view, const model::Sighting& sighting) {
  if (is_pseudo_path(sighting.path)) return {};
  const std::string path = view.path_from_here(sighting);
  const std::string_view file = outer_file(path);
  std::string out = fmt::format("file={},", property(file));
  if (file.size() != path.size()) return out;  // a member of an archive has no line in it
  out += fmt::format("line={},endLine={},", sighting.line, sighting.end_line);
  // GitHub takes columns within one line only.
  if (sighting.line == sighting.end_line) {
    out += fmt::format("col={},endColumn={},", sighting.column, sighting.end_column);
  }
  return out;
}

std::string message(const View& view, const model::Credential& credential,
                    const model::Sighting& sighting) {
  std::string text = printable(view.secret(credential));
  const std::string& path = sighting.path;
  if (is_pseudo_path(path) || outer_file(path).size() != path.size()) {
    text += fmt::format(" in {}:{}:{}", printable(view.name(path)), sighting.line, sighting.column);
  }
  if (!sighting.decoded.empty()) text += fmt::format(" (decoded from {})", sighting.decoded);
  const std::string standing = view.standing(sighting);
  if (!standing.empty()) text += ", " + standing;
  if (sighting.git && !sighting.git->commit.empty()) {
    const model::GitPlace& git = *sighting.git;
    text += fmt::format(", introduced in {} by {} on {}", short_oid(git.commit),
                        printable(view.name(git.author)), readable_date(git.date, git.date_offset));
  }
  text += fmt::format("\n{}, fingerprint {}", printable(credential.pattern->id),
                      short_fingerprint(credential.fingerprint));
  if (sighting.confidence != model::Confidence::kHigh) {
    text += fmt::format(", {} confidence", name(sighting.confidence));
  }
  if (const std::string verdict = view.verdict(credential); !verdict.empty()) text += "\n" + printable(verdict);
  for (const auto& [name, values] : view.identity(credential)) text += fmt::format("\n{} {}", name, printable(values));
  if (!credential.attribution.owners.empty()) text += "\nprobable owner: " + printable(view.owner(credential.attribution.owners.front()));
  if (!credential.pattern->rotate.empty()) {
    text += fmt::format("\nReplace it at {}", printable(credential.pattern->rotate));
  }
  if (const std::string command = revocation(view, credential); !command.empty()) text += "\nRevoke it: " + printable(command);
  return workflow_data(text);
}

void write_skips(const View& view, std::ostream& out) {
  for (const SkipGroup& group : view.skip_groups(3)) {
    std::string text = fmt::format("{} ({}):", printable(group.reason), group.count);
    for (const std::string& example : group.examples) {
      text += fmt::format("\n{}", printable(example));
    }
    if (group.count > group.examples.size()) text += "\n…";
    out << fmt::format("::{} title=keywake{}::{}\n", group.failed ? "error" : "notice",
                       workflow_property(group.failed ? ": could not be read" : ": not scanned"),
                       workflow_data(text));
  }
}

}  // namespace

void write_github(const View& view, std::ostream& out) {
  // Notices last: GitHub drops what is beyond its limits in the order of the log.
  for (const bool current : {true, false}) {
    for (const model::Credential& credential : view.result().credentials) {
      for (const model::Sighting& sighting : credential.sightings) {
        if (is_current(sighting) != current) continue;
        out << fmt::format("::{} {}title={}::{}\n", level(credential, sighting),
                           place(view, sighting), property(credential.pattern->title),
                           message(view, credential, sighting));
      }
    }
  }
  write_skips(view, out);
  const std::string held_back = view.held_back();
  const std::string allowed = view.allowed();
  out << fmt::format("keywake: {} credentials at {} places{}{}{}{}{}\n",
                     view.result().credentials.size(), view.places(),
                     held_back.empty() ? "" : "; held back: ", held_back,
                     allowed.empty() ? "" : "; allowed: ", allowed,
                     view.summary().complete() ? "" : "; the scan is incomplete");
}

}  // namespace keywake::report
