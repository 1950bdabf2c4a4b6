// Markdown for a job's page (GitHub's and Gitea's step summary, Azure's, Buildkite's annotation) or a comment: a table of what was found, most
// urgent first, and what the scan did. GitHub flavoured Markdown 0.29 (https://github.github.com/gfm/), tables; no HTML, no image, and no link but
// to the page where a credential is replaced.
#include <fmt/format.h>

#include "base/text.h"
#include "report/escape.h"
#include "report/formats.h"

namespace keywake::report {
namespace {

// GitHub takes 1 MiB a step, Azure likewise.
constexpr std::size_t kMaxRows = 500;

// A bar would end the cell.
std::string cell(std::string_view text) { return markdown_text(printable(text)); }

std::string code(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) out += c == '`' ? '\'' : c == '|' ? '/' : c;
  return "`" + out + "`";
}

std::string place_of(const View& view, const model::Credential& credential) {
  const model::Sighting& first = credential.sightings.front();
  std::string out = code(fmt::format("{}:{}", view.path_to_show(first), first.line));
  if (credential.sightings.size() > 1) out += fmt::format(" and {} more", human_count(credential.sightings.size() - 1));
  if (const std::string standing = view.standing(first); !standing.empty()) out += ", " + cell(standing);
  return out;
}

std::string brought_by(const View& view, const model::Credential& credential) {
  const auto& git = credential.sightings.front().git;
  if (!git || git->commit.empty()) return "";
  return fmt::format("{} in {}", cell(view.name(git->author)), code(short_oid(git->commit)));
}

std::string to_do(const View& view, const model::Credential& credential) {
  std::string out = cell(view.verdict(credential));
  if (is_web_url(credential.pattern->rotate)) out += fmt::format("{}[replace it]({})", out.empty() ? "" : "; ", credential.pattern->rotate);
  return out;
}

}  // namespace

void write_markdown(const View& view, std::ostream& out) {
  const auto& credentials = view.result().credentials;
  const bool complete = view.summary().complete();
  if (credentials.empty()) {
    out << fmt::format("### keywake: {}\n\n", complete ? "no credentials found" : "no credentials found in what could be read");
  } else {
    out << fmt::format("### keywake: {} {} at {} {}\n\n", human_count(credentials.size()), credentials.size() == 1 ? "credential" : "credentials", human_count(view.places()),
                       view.places() == 1 ? "place" : "places");
    out << "What is in a commit that others have fetched must be replaced where it was issued; taking it out of the code does not help.\n\n";
    out << "| risk | credential | place | brought in by | |\n|---|---|---|---|---|\n";
    for (std::size_t i = 0; i < credentials.size() && i < kMaxRows; ++i) {
      const model::Credential& each = credentials[i];
      out << fmt::format("| {} | {} {} | {} | {} | {} |\n", name(each.attribution.risk), cell(each.pattern->title), code(view.secret(each)), place_of(view, each), brought_by(view, each), to_do(view, each));
    }
    if (credentials.size() > kMaxRows) out << fmt::format("\nand {} more\n", human_count(credentials.size() - kMaxRows));
    out << '\n';
  }
  for (const SkipGroup& group : view.skip_groups(3)) {
    out << fmt::format("- {}: {} ({})", group.failed ? "**could not be read**" : "not scanned", cell(group.reason), human_count(group.count));
    for (const std::string& example : group.examples) out << " " << code(example);
    out << '\n';
  }
  if (const std::string held_back = view.held_back(); !held_back.empty()) out << "- held back: " << cell(held_back) << '\n';
  if (const std::string allowed = view.allowed(); !allowed.empty()) out << "- allowed: " << cell(allowed) << '\n';
  for (const std::string& target : view.summary().targets) out << "- scanned: " << code(view.name(target)) << '\n';
}

}  // namespace keywake::report
