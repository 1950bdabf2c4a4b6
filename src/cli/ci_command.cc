// keywake ci: the gate of a CI job. Finds out where it runs and what the job is about (ci/event.h), scans what that brings (cli/ci_range.h), and
// fails for what its target has not had before.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "attribution/attribute.h"
#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "ci/event.h"
#include "cli/baseline_key.h"
#include "cli/ci_range.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/fail_on.h"
#include "cli/failures.h"
#include "cli/progress_line.h"
#include "cli/reports.h"
#include "cli/rule_choice.h"
#include "cli/validation.h"
#include "cli/version.h"
#include "scan/pipeline.h"

namespace keywake::cli {
namespace {

constexpr std::size_t kMaxPayload = 64 * limits::kMiB;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What the flags say counts more than what the system does.
Result<ci::Event> event_of(const Arguments& arguments) {
  const auto read = [](const std::string& path) { return read_file(path, kMaxPayload); };
  auto detected = ci::detect(variable, read);
  const bool told = !arguments.ci.base.empty();
  if (!detected && !told) return std::unexpected(detected.error());
  ci::Event event;
  if (detected && *detected) {
    event = std::move(**detected);
  } else if (!told) {
    std::string known;
    for (const std::string_view system : ci::systems()) known += (known.empty() ? "" : ", ") + std::string(system);
    return fail(fmt::format("this is no CI system that is known ({}); give --base and --head, or use keywake scan", known));
  }
  if (event.system.empty()) event.system = "ci";
  if (told) {
    event.kind = ci::Kind::kMerge;
    event.base = {arguments.ci.base};
    if (arguments.ci.head.empty()) event.head.clear();
  }
  if (!arguments.ci.head.empty()) event.head = arguments.ci.head;
  return event;
}

Result<model::ScanResult> scan_with(const scan::Request& request, const RuleChoice& choice, const Arguments& arguments) {
  auto engine = choice.engine();
  if (!engine) return std::unexpected(engine.error());
  scan::Progress progress;
  const ProgressLine line(progress, arguments.quiet && arguments.progress == When::kAuto ? When::kNever : arguments.progress);
  return scan::run(request, **engine, progress);
}

// Takes out what the target's files have already, wherever it stands there. Returns how many.
Result<std::size_t> leave_out_known(const CiRange& range, const Arguments& arguments, const scan::Request& scanned, model::ScanResult& result) {
  if (range.base_tree.empty() || result.credentials.empty()) return std::size_t{0};
  Arguments narrowed = arguments;
  std::set<std::string> patterns;
  for (const model::Credential& credential : result.credentials) patterns.emplace(credential.pattern->id);
  narrowed.patterns.assign(patterns.begin(), patterns.end());
  auto choice = RuleChoice::make(narrowed);
  if (!choice) return std::unexpected(choice.error());
  scan::Request request = scanned;
  request.push = scan::Push{{{"target", range.base_tree}}, {}, ""};
  request.people = false;
  request.suppress = false;
  request.min_confidence = model::Confidence::kLow;
  const auto before = scan_with(request, **choice, arguments);
  if (!before) return std::unexpected(before.error());
  std::set<std::string> known;
  for (const model::Credential& credential : before->credentials) known.insert(credential.fingerprint);
  return std::erase_if(result.credentials, [&](const model::Credential& credential) { return known.contains(credential.fingerprint); });
}

report::Options report_options(std::int64_t started) {
  report::Options out;
  out.version = kVersion;
  out.started = started;
  out.finished = std::time(nullptr);
  return out;
}

// The job's own page. A page that cannot be written is no reason to fail.
void write_summary(const ci::Event& event, const std::string& file, const std::string& about, const model::ScanResult& result, std::int64_t started) {
  if (file.empty()) return;
  std::ofstream out(file, event.summary_style == ci::Event::SummaryStyle::kAzure ? std::ios::trunc : std::ios::app);
  report::write(report::Format::kMarkdown, result, report_options(started), out);
  out << "- looked at: " << printable(about) << "\n\n";
  out.close();
  if (!out) return complain(fmt::format("the summary could not be written to {}", printable(file)));
  if (event.summary_style == ci::Event::SummaryStyle::kAzure) std::cout << "##vso[task.uploadsummary]" << file << '\n';
}

ExitStatus judge(const model::ScanResult& result, const CiRange& range, const ci::Event& event, const Arguments& arguments) {
  if (!result.summary.complete()) {
    complain_of_failures(result.summary);
    return ExitStatus::kFailed;
  }
  // A request that brings nothing was not checked out, most likely; green would be wrong.
  if (!range.whole && result.summary.commits == 0 && event.kind == ci::Kind::kMerge) {
    return failed(fmt::format("{}: the request brings no commit that its target has not; is its own commit checked out, and not the target's? "
                              "(for pull_request_target: actions/checkout with ref: the head's)",
                              event.system));
  }
  const bool found = std::any_of(result.credentials.begin(), result.credentials.end(), [&](const model::Credential& each) { return fails(each, arguments.fail_on); });
  return found && !arguments.exit_zero ? ExitStatus::kFound : ExitStatus::kClean;
}

}  // namespace

ExitStatus ci_command(const Arguments& arguments) {
  const std::int64_t started = std::time(nullptr);
  const std::string target = arguments.operands.empty() ? "." : arguments.operands.front();
  if (auto possible = check_fail_on(arguments.fail_on, arguments.validation.wanted); !possible) return failed(possible.error().message);
  auto event = event_of(arguments);
  if (!event) return failed(event.error().message);
  auto repository = git::Repository::open(target);
  if (!repository) return failed(repository.error().message);
  if (!*repository) return failed(fmt::format("{}: is no git repository; run keywake ci where the job checked it out, or name the folder", printable(target)));
  auto range = ci_range(*event, **repository);
  if (!range) return failed(range.error().message);
  if (auto writable = check_outputs(arguments); !writable) return failed(writable.error().message);
  auto choice = RuleChoice::make(arguments);
  if (!choice) return failed(choice.error().message);

  scan::Request request = arguments.request;
  request.targets = {target};
  take_policy_keys(request);
  request.people = arguments.validation.wanted;
  if (!range->whole) {
    request.push = scan::Push{{{event->branch.empty() ? "HEAD" : event->branch, range->head}}, range->bases, ""};
    // A change cannot allow itself.
    if (request.policy_commit.empty() && !range->bases.empty()) request.policy_commit = range->bases.front();
  }
  auto result = scan_with(request, **choice, arguments);
  if (!result) return failed(result.error().message);
  const auto known = leave_out_known(*range, arguments, request, *result);
  if (!known) return failed(known.error().message);
  if (arguments.validation.wanted) {
    if (auto asked = validate(*result, arguments); !asked) return failed(asked.error().message);
  }
  attribution::attribute(*result, std::time(nullptr));
  const std::uint64_t commits = result->summary.commits;
  std::string about = fmt::format("{}: {}, {} {}", event->system, range->kind, commits, commits == 1 ? "commit" : "commits");
  if (!range->between.empty()) about += ", " + range->between;
  if (*known > 0) about += fmt::format("; {} {} there before, and not counted", *known, *known == 1 ? "credential was" : "credentials were");
  if (!arguments.quiet && arguments.format == report::Format::kText) std::cout << printable(about) << "\n\n";
  auto written = write_reports(*result, arguments, started, std::time(nullptr));
  if (event->annotations && !arguments.quiet && arguments.format == report::Format::kText) {
    std::cout << '\n';
    report::write(report::Format::kGithub, *result, report_options(started), std::cout);
  }
  write_summary(*event, arguments.ci.summary.empty() ? event->summary_file : arguments.ci.summary, about, *result, started);
  std::cout << std::flush;
  const ExitStatus status = judge(*result, *range, *event, arguments);
  return written ? status : failed(written.error().message);
}

}  // namespace keywake::cli
