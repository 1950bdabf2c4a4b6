// keywake recheck: reads the credentials of an earlier report again from where they were found, asks again, and says what has changed. The
// report holds no secret, so the targets that it names are scanned again, and what has a fingerprint of the report is it.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "attribution/assess.h"
#include "attribution/attribute.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/progress_line.h"
#include "cli/reports.h"
#include "cli/rule_choice.h"
#include "cli/validation.h"
#include "scan/pipeline.h"

namespace keywake::cli {
namespace {

using nlohmann::json;
using model::Verdict;

constexpr std::size_t kMaxReport = 1024UL * 1024 * 1024;

/// A credential as the report has it.
struct Earlier {
  std::string pattern;
  std::string title;
  std::string secret;   // redacted
  std::string place;    // the first
  std::string verdict;  // empty: nobody was asked then
  std::int64_t at = 0;  // of the verdict
};

struct Report {
  std::map<std::string, Earlier> credentials;  // by fingerprint
  std::set<std::string> targets;
  stores::OutputOptions outputs;  // what of CI jobs must be read again
};

std::string text(const json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

void take(const json& credential, const json& sighting, Report& report) {
  const std::string fingerprint = text(credential, "fingerprint");
  const std::string target = text(sighting, "target");
  if (fingerprint.empty() || target.empty()) return;
  report.targets.insert(target);
  Earlier earlier{text(credential, "pattern"), text(credential, "title"), text(credential, "secret"), text(sighting, "path"), "", 0};
  if (sighting.contains("line")) earlier.place += fmt::format(":{}", sighting["line"].dump());
  if (const auto validation = credential.find("validation"); validation != credential.end() && validation->is_object()) {
    earlier.verdict = text(*validation, "verdict");
    earlier.at = attribution::date_of(text(*validation, "at")).value_or(0);
  }
  if (const auto ci = sighting.find("ci"); ci != sighting.end() && ci->is_object() && text(*ci, "source") != "variable") {
    report.outputs.logs |= text(*ci, "source") == "log";
    report.outputs.artifacts |= text(*ci, "source") == "artifact";
    const std::int64_t date = attribution::date_of(text(*ci, "updated_at")).value_or(0);
    if (date > 0 && (report.outputs.since == 0 || date < report.outputs.since)) report.outputs.since = date;
  }
  report.credentials.emplace(fingerprint, std::move(earlier));
}

// Of --format json, or jsonl.
Result<Report> read_report(const std::string& file) {
  auto bytes = read_file(file, kMaxReport);
  if (!bytes) return std::unexpected(bytes.error());
  Report report;
  const json whole = json::parse(*bytes, nullptr, false);
  if (whole.is_object() && whole.contains("credentials") && whole["credentials"].is_array()) {
    for (const json& credential : whole["credentials"]) {
      for (const json& sighting : credential.value("sightings", json::array())) take(credential, sighting, report);
    }
  } else {
    for (std::string_view left = *bytes; !left.empty();) {
      const std::size_t end = left.find('\n');
      const json line = json::parse(left.substr(0, end), nullptr, false);
      left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
      if (line.is_object() && text(line, "type") == "sighting") take(line, line, report);
    }
  }
  if (report.credentials.empty()) return fail(fmt::format("{}: holds no credential; give a report of --format json or jsonl", printable(file)));
  return report;
}

std::string days_since(std::int64_t then, std::int64_t now) {
  const std::int64_t days = then == 0 ? 0 : (now - then) / 86'400;
  return days == 0 ? "" : fmt::format(" after {} {}", days, days == 1 ? "day" : "days");
}

std::string change(const Earlier& earlier, const model::Credential* found, std::int64_t now) {
  if (found == nullptr) return "cannot be read any more: it is in none of the places that the report names";
  const std::string verdict(model::name(found->validation->verdict));
  if (verdict == earlier.verdict) return fmt::format("still {}{}", verdict, days_since(earlier.at, now));
  if (earlier.verdict.empty()) return fmt::format("{}; nobody was asked before", verdict);
  return fmt::format("now {}, was {}{}", verdict, earlier.verdict, days_since(earlier.at, now));
}

ExitStatus judge(const Report& report, const std::map<std::string, const model::Credential*>& found) {
  bool open = false;
  for (const auto& [fingerprint, earlier] : report.credentials) {
    const auto credential = found.find(fingerprint);
    const Verdict verdict = credential == found.end() ? Verdict::kUnknown : credential->second->validation->verdict;
    if (verdict == Verdict::kLive) return ExitStatus::kFound;
    open = open || verdict != Verdict::kDead;
  }
  return open ? ExitStatus::kFailed : ExitStatus::kClean;
}

}  // namespace

ExitStatus recheck_command(const Arguments& arguments) {
  const std::int64_t started = std::time(nullptr);
  auto report = read_report(arguments.operands[0]);
  if (!report) return failed(report.error().message);
  if (report->targets.contains("-")) return failed("standard input is among the report's targets, and cannot be read again");
  if (auto writable = check_outputs(arguments); !writable) return failed(writable.error().message);

  Arguments narrowed = arguments;  // only the patterns of the report
  std::set<std::string> patterns;
  for (const auto& [fingerprint, earlier] : report->credentials) patterns.insert(earlier.pattern);
  narrowed.patterns.assign(patterns.begin(), patterns.end());
  auto choice = RuleChoice::make(narrowed);
  if (!choice) return failed(choice.error().message);
  auto engine = (*choice)->engine();
  if (!engine) return failed(engine.error().message);

  scan::Request request = arguments.request;
  request.people = true;
  request.stores.client = request.images.client = arguments.validation.client();
  request.stores.outputs = report->outputs;
  request.suppress = false;
  request.targets.assign(report->targets.begin(), report->targets.end());
  request.min_confidence = model::Confidence::kLow;
  scan::Progress progress;
  auto result = scan::run(request, **engine, progress);
  if (!result) return failed(result.error().message);
  std::erase_if(result->credentials, [&](const model::Credential& credential) { return !report->credentials.contains(credential.fingerprint); });
  if (auto asked = validate(*result, arguments); !asked) return failed(asked.error().message);
  const std::int64_t now = std::time(nullptr);
  attribution::attribute(*result, now);

  std::map<std::string, const model::Credential*> found;
  for (const model::Credential& credential : result->credentials) found.emplace(credential.fingerprint, &credential);
  std::string out;
  for (const auto& [fingerprint, earlier] : report->credentials) {
    const auto credential = found.find(fingerprint);
    out += fmt::format("{}  {}\n  {}  {}\n", printable(earlier.title), printable(earlier.secret),
                       change(earlier, credential == found.end() ? nullptr : credential->second, now), printable(earlier.place));
  }
  if (!arguments.quiet) print(out);
  Arguments files = arguments;  // standard output has the changes
  files.quiet = true;
  auto written = write_reports(*result, files, started, now);
  return written ? judge(*report, found) : failed(written.error().message);
}

}  // namespace keywake::cli
