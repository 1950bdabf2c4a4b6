#include "scan/store_scan.h"

#include <algorithm>
#include <ctime>
#include <map>

#include "base/parallel.h"
#include "scan/content.h"
#include "scan/dates.h"
#include "scan/job_scan.h"
#include "stores/leaks.h"
#include "stores/store.h"

namespace keywake::scan {
namespace {

// As matching/judge.h knows such texts: a place where secrets are in use.
constexpr std::string_view kJudgedAs = ".env";

// Of logs and artifacts, without --since. Providers keep them for 30 to 90 days.
constexpr std::uint32_t kJobDays = 30;
constexpr std::int64_t kDay = 86'400;

struct Line {
  std::size_t variable = 0;     // index in the listing
  std::uint32_t line = 1;       // where its value begins in the text
  std::uint32_t column = 1;
};

// How a file would write it: quoted if it has blanks, and on lines of its own if it has several.
void append(const std::string& name, std::string_view value, std::string& text) {
  text += name;
  text += '=';
  if (value.find('\n') != std::string_view::npos) {
    text += '\n';
  } else if (value.find_first_of(" \t") != std::string_view::npos) {
    const char quote = value.find('"') == std::string_view::npos ? '"' : value.find('\'') == std::string_view::npos ? '\'' : '\0';
    if (quote != '\0') {
      (text += quote).append(value) += quote;
      text += '\n';
      return;
    }
  }
  text.append(value) += '\n';
}

std::uint32_t lines_in(std::string_view text) { return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')); }

class StoreScanner {
 public:
  StoreScanner(const Context& context, const std::string& target, const stores::Listing& listing)
      : context_(context), target_(target), listing_(listing) {}

  /// Of one scope: [begin, end) of the listing.
  void scan(std::size_t begin, std::size_t end, ContentScanner& scanner) const {
    std::string text;
    std::vector<Line> lines;
    std::uint32_t line = 1;
    for (std::size_t i = begin; i < end; ++i) {
      const stores::StoredVariable& variable = listing_.variables[i];
      if (!variable.value) continue;
      const std::size_t start = text.size();
      append(variable.about.place.variable, variable.value->reveal(), text);
      const std::string_view added = std::string_view(text).substr(start);
      const std::size_t value = added.find(variable.value->reveal(), variable.about.place.variable.size());
      const std::size_t newline = added.rfind('\n', value);
      const bool below = newline != std::string_view::npos && newline < value;
      lines.push_back({i, line + (below ? 1 : 0), static_cast<std::uint32_t>((below ? value - newline - 1 : value) + 1)});
      line += lines_in(added);
    }
    if (lines.empty()) return;
    context_.collector.bytes += text.size();
    std::vector<Occurrence> occurrences;
    scanner.scan_text(text, "", occurrences);
    for (const Occurrence& occurrence : occurrences) report(occurrence, lines);
  }

 private:
  void report(const Occurrence& found, const std::vector<Line>& lines) const {
    const auto after = std::upper_bound(lines.begin(), lines.end(), found.begin.line, [](std::uint32_t at, const Line& each) { return at < each.line; });
    if (after == lines.begin()) return;
    const Line& line = *(after - 1);
    const model::CiPlace& place = listing_.variables[line.variable].about.place;
    const auto column = [&](const Position& at) { return at.line == line.line && at.column >= line.column ? at.column - line.column + 1 : at.column; };
    model::Sighting sighting;
    sighting.target = target_;
    sighting.path = model::path_of(place);
    sighting.line = found.begin.line - line.line + 1;
    sighting.column = column(found.begin);
    sighting.end_line = found.end.line - line.line + 1;
    sighting.end_column = column(found.end);
    sighting.ci = place;
    context_.collector.add({found.value, std::move(sighting), found.line_text, "", found.allow, std::string(kJudgedAs)});
  }

  const Context& context_;
  const std::string& target_;
  const stores::Listing& listing_;
};

// Where each scope of the listing begins, and its end.
std::vector<std::size_t> scopes_of(const stores::Listing& listing) {
  std::vector<std::size_t> out;
  const auto& all = listing.variables;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == 0 || all[i].about.place.scope != all[i - 1].about.place.scope) out.push_back(i);
  }
  out.push_back(all.size());
  return out;
}

}  // namespace

Result<void> scan_store(const Context& context, const std::string& target, std::vector<ScannedVariable>& variables) {
  context.progress.stage = "variables";
  stores::StoreOptions options = context.request.stores;
  options.progress = [&](std::size_t) { ++context.progress.objects; };
  if (options.outputs.any() && options.outputs.since == 0) {
    const auto since = context.request.since.empty() ? Result<std::int64_t>(std::time(nullptr) - kJobDays * kDay) : parse_date(context.request.since);
    if (!since) return std::unexpected(since.error());
    options.outputs.since = *since;
    if (context.request.since.empty()) context.collector.job_days = kJobDays;
  }
  auto listing = stores::list(target, options);
  if (!listing) return std::unexpected(listing.error());
  for (model::Skip& skip : listing->skips) context.collector.skip(std::move(skip));
  ++context.collector.stores;
  context.collector.variables += listing->variables.size();
  const StoreScanner scanner(context, target, *listing);
  const std::vector<std::size_t> scopes = scopes_of(*listing);
  parallel_for(scopes.size() - 1, 64, [&](std::size_t begin, std::size_t end) {
    ContentScanner content(context.engine, context.values, {.explain = context.request.explain, .retain = false}, context.archive_limits, false);
    for (std::size_t i = begin; i < end; ++i) scanner.scan(scopes[i], scopes[i + 1], content);
    context.collector.bytes_matched += content.scanner().bytes_matched();
  });
  scan_job_output(context, target, *listing);
  for (stores::StoredVariable& each : listing->variables) variables.push_back({std::move(each.about), each.is_secret});
  return {};
}

std::vector<model::Variable> variables_to_report(std::vector<ScannedVariable> variables, const std::vector<model::Credential>& credentials, std::int64_t now) {
  std::map<std::pair<std::string_view, std::string_view>, std::string_view> providers;  // of what was found, by target and path
  for (const model::Credential& credential : credentials) {
    for (const model::Sighting& sighting : credential.sightings) {
      if (sighting.ci) providers.try_emplace({sighting.target, sighting.path}, credential.pattern->provider);
    }
  }
  std::vector<model::Variable> out;
  for (ScannedVariable& each : variables) {
    const std::string path = model::path_of(each.about.place);
    const auto found = providers.find({each.about.target, path});
    const bool hidden = each.about.place.value_hidden;
    if (hidden || each.is_secret || found != providers.end()) {
      each.about.leaks = stores::leaks_of(each.about, found == providers.end() ? "" : found->second, now);
    }
    if (hidden || !each.about.leaks.empty()) out.push_back(std::move(each.about));
  }
  return out;
}

}  // namespace keywake::scan
