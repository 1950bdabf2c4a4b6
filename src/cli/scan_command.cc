// keywake scan
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "attribution/attribute.h"
#include "base/text.h"
#include "cli/baseline_key.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/fail_on.h"
#include "cli/failures.h"
#include "cli/hook_input.h"
#include "cli/layer_cache.h"
#include "cli/progress_line.h"
#include "cli/reports.h"
#include "cli/rule_choice.h"
#include "cli/validation.h"
#include "scan/dates.h"
#include "scan/pipeline.h"

namespace keywake::cli {
namespace {

ExitStatus judge(const model::ScanResult& result, const Arguments& arguments) {
  const model::Summary& summary = result.summary;
  ExitStatus status = ExitStatus::kClean;
  const bool found = std::any_of(result.credentials.begin(), result.credentials.end(), [&](const model::Credential& each) { return fails(each, arguments.fail_on); });
  if (found && !arguments.exit_zero) status = ExitStatus::kFound;
  if (!summary.complete()) {
    complain_of_failures(summary);
    status = ExitStatus::kFailed;
  } else if (!summary.scanned_anything() && !arguments.request.staged) {
    complain(
        "nothing was scanned: the target is empty, or --include, --exclude, --range, --since or "
        "--max-file-size leave nothing of it");
    status = ExitStatus::kFailed;
  }
  return status;
}

// A token is for one provider; with several it would be shown to those that it is not for.
Result<void> check_token_file(const scan::Request& request) {
  if (request.stores.token_file.empty()) return {};
  const auto count = std::count_if(request.targets.begin(), request.targets.end(), [](const std::string& each) { return stores::is_store(each); });
  if (count == 1) return {};
  return fail(count == 0 ? "--token-file is for a store of variables, as gitlab-ci://host/group, and no target is one"
                         : "--token-file is for one store of variables; scan the others by themselves, or set their environment variables");
}

Result<void> check_job_output(const scan::Request& request) {
  if (!request.stores.outputs.any()) return {};
  const std::string_view flag = request.stores.outputs.logs ? "--logs" : "--artifacts";
  std::string usages;
  for (const std::string_view usage : stores::job_output_usages()) usages += fmt::format("{}{}", usages.empty() ? "" : ", ", usage);
  for (const std::string& target : request.targets) {
    if (stores::has_job_output(target)) continue;
    return fail(fmt::format("{} is for what the jobs of a CI system left, and {} has none; these have: {}", flag, printable(stores::redacted_target(target)), usages));
  }
  if (request.since.empty()) return {};
  const auto since = scan::parse_date(request.since);
  return since ? Result<void>() : std::unexpected(since.error());
}

Result<model::ScanResult> run_with_progress(const scan::Request& request,
                                            const Arguments& arguments,
                                            const matching::Engine& engine) {
  scan::Progress progress;
  When when =
      arguments.quiet && arguments.progress == When::kAuto ? When::kNever : arguments.progress;
  ProgressLine line(progress, when);
  return scan::run(request, engine, progress);
}

}  // namespace

ExitStatus scan_command(const Arguments& arguments) {
  std::int64_t started = std::time(nullptr);
  scan::Request request = arguments.request;
  request.targets = arguments.operands;
  request.people = arguments.validation.wanted;
  if (request.targets.empty()) request.targets.emplace_back(".");
  request.stores.client = request.images.client = arguments.validation.client();
  take_policy_keys(request);
  request.images.layer_cache = [&arguments] { return layer_cache_options(arguments); };
  if (auto possible = check_fail_on(arguments.fail_on, arguments.validation.wanted); !possible) return failed(possible.error().message);
  if (auto alone = check_token_file(request); !alone) return failed(alone.error().message);
  if (auto possible = check_job_output(request); !possible) return failed(possible.error().message);
  if (request.staged) request.index_file = index_file_of_hook();
  for (const std::string& target : request.targets) {
    if (target.empty())
      return failed(
          "a target is empty, as an unset variable would be; name a path, a git URL or -");
  }

  if (auto writable = check_outputs(arguments); !writable) return failed(writable.error().message);
  auto choice = RuleChoice::make(arguments);
  if (!choice) return failed(choice.error().message);
  auto engine = (*choice)->engine();
  if (!engine) return failed(engine.error().message);

  auto result = run_with_progress(request, arguments, **engine);
  if (!result) return failed(result.error().message);
  if (arguments.validation.wanted) {
    if (auto asked = validate(*result, arguments); !asked) return failed(asked.error().message);
  }
  attribution::attribute(*result, std::time(nullptr));
  auto written = write_reports(*result, arguments, started, std::time(nullptr));
  ExitStatus status = judge(*result, arguments);
  return written ? status : failed(written.error().message);
}

}  // namespace keywake::cli
