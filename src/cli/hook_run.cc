// keywake hook run NAME [ARGUMENT...]: what the scripts in a repository's hooks folder call, and coding agents. A hook with nothing to say
// prints nothing.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>

#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/agent_event.h"
#include "cli/baseline_key.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failures.h"
#include "cli/hook_input.h"
#include "cli/hook_script.h"
#include "cli/rule_choice.h"
#include "cli/terminal.h"
#include "cli/time_limit.h"
#include "report/hook_text.h"
#include "git/repository.h"
#include "scan/pipeline.h"
#include "scan/suppression.h"

namespace keywake::cli {
namespace {

using report::Stopped;

constexpr unsigned kRemoteWidth = 72;  // with git's "remote: " before it, a line of 80
constexpr unsigned kUsualWidth = 80;
constexpr unsigned kMostWidth = 120;

Result<model::ScanResult> scan_with(const scan::Request& request, const RuleChoice& choice) {
  auto engine = choice.engine();
  if (!engine) return std::unexpected(engine.error());
  scan::Progress progress;
  return scan::run(request, **engine, progress);
}

std::string go_on(std::string_view hook) {
  const auto* known = find_hook(hook);
  if (known != nullptr && known->server) return "the push is refused; ask whoever runs this server";
  return fmt::format("to go on without this check: git {} --no-verify", hook == "pre-push" ? "push" : "commit");
}

ExitStatus cannot(std::string_view hook, std::string_view message) {
  complain(message);
  return failed(fmt::format("{} could not do its work; {}", hook, go_on(hook)));
}

ExitStatus run_and_tell(std::string_view hook, Stopped what, scan::Request request, const Arguments& arguments) {
  auto choice = RuleChoice::make(arguments);
  if (!choice) return cannot(hook, choice.error().message);
  take_policy_keys(request);
  if (request.texts.empty()) {
    request.targets = {repository_of_hook()};
    request.object_dirs = object_dirs_of_hook();
  }
  auto result = scan_with(request, **choice);
  if (!result) return cannot(hook, result.error().message);
  for (const model::Skip& skip : result->summary.skips) {
    if (skip.reason.starts_with(scan::Suppression::kOfChange)) complain(fmt::format("{}, {}", printable(skip.what.substr(skip.what.rfind(' ') + 1)), printable(skip.reason)));
  }
  report::Options options;
  options.width = what == Stopped::kReceive ? kRemoteWidth : std::min(terminal_width(STDERR_FILENO).value_or(kUsualWidth), kMostWidth);
  std::ostringstream text;
  report::write_hook_text(report::View(*result, options), what, text);
  std::cerr << text.str() << std::flush;
  if (!result->summary.complete()) {
    complain_of_failures(result->summary);
    return failed(fmt::format("{} could not do all of its work; {}", hook, go_on(hook)));
  }
  return result->credentials.empty() ? ExitStatus::kClean : ExitStatus::kFound;
}

// What a push must be measured by, since it may not allow itself: the ref as it was; for a new ref, or several, the default branch; in a
// repository that has none yet, nothing.
std::string policy_of(const scan::Push& push) {
  if (push.refs.size() == 1 && push.known.size() == 1) return push.known.front();
  const auto repository = git::Repository::open(repository_of_hook());
  const bool born = repository && *repository && !(*repository)->refs.empty() && (*repository)->refs.front().name == "HEAD";
  return born ? "HEAD" : std::string(40, '0');
}

ExitStatus run_push(std::string_view hook, Stopped what, const Result<scan::Push>& push, const Arguments& arguments) {
  if (!push) return cannot(hook, push.error().message);
  if (push->refs.empty()) return ExitStatus::kClean;  // nothing, or deletions alone
  scan::Request request = arguments.request;
  request.push = *push;
  if (what == Stopped::kReceive && request.policy_commit.empty()) request.policy_commit = policy_of(*push);
  return run_and_tell(hook, what, std::move(request), arguments);
}

ExitStatus run_pre_commit(const Arguments& arguments) {
  scan::Request request = arguments.request;
  request.staged = true;
  request.index_file = index_file_of_hook();
  return run_and_tell("pre-commit", Stopped::kCommit, std::move(request), arguments);
}

ExitStatus run_commit_msg(const Arguments& arguments) {
  constexpr std::string_view kHook = "commit-msg";
  if (arguments.operands.size() != 2) return cannot(kHook, "commit-msg: git gives this hook one argument, the file of the message; call it as git does");
  auto message = read_file(arguments.operands[1], limits::kDefaultMaxFileSize);
  if (!message) return cannot(kHook, message.error().message);
  scan::Request request = arguments.request;
  request.texts.push_back({"message", std::string(without_scissors(*message))});
  return run_and_tell(kHook, Stopped::kMessage, std::move(request), arguments);
}

ExitStatus run_pre_push(const Arguments& arguments) {
  if (auto push = push_of_pre_commit_framework()) return run_push("pre-push", Stopped::kPush, std::move(*push), arguments);
  const std::string remote = arguments.operands.size() > 1 ? arguments.operands[1] : "";
  return run_push("pre-push", Stopped::kPush, read_pre_push(std::cin, remote), arguments);
}

// The time counts from before git has named the refs.
template <typename Read>
ExitStatus run_on_server(std::string_view hook, const Read& read, const Arguments& arguments) {
  const std::string over = fmt::format("the push could not be checked within {} s", arguments.time_limit.count());
  const TimeLimit limit(arguments.time_limit,
                        arguments.pass_over_time ? over + "; it is let pass, unseen, as this server's --over-time says"
                                                 : over + ", and is refused.\nPush it in smaller parts (git push REMOTE COMMIT:BRANCH, older commits first), or ask whoever\nruns this server for a larger --time-limit.",
                        arguments.pass_over_time ? ExitStatus::kClean : ExitStatus::kFailed);
  return run_push(hook, Stopped::kReceive, read(), arguments);
}

ExitStatus run_pre_receive(const Arguments& arguments) { return run_on_server("pre-receive", [] { return read_pre_receive(std::cin); }, arguments); }

ExitStatus run_update(const Arguments& arguments) {
  return run_on_server("update", [&] { return read_update({arguments.operands.begin() + 1, arguments.operands.end()}); }, arguments);
}

std::string reason_for_agent(const report::View& view) {
  std::string text = "keywake: stopped, this would write, run or send a credential:\n";
  for (const model::Credential& credential : view.result().credentials) {
    const model::Sighting& place = credential.sightings.front();
    text += fmt::format("  {}:{}:{}  {}  {}  ({})\n", printable(view.path_to_show(place)), place.line, place.column, printable(credential.pattern->title),
                        printable(view.secret(credential)), printable(credential.pattern->id));
  }
  return text + "Leave it out: name an environment variable or a secret store instead of the value. If it was shown to anybody, its owner must replace it.\n";
}

// The exit status is the protocols': 2 stops what the agent was about to do.
ExitStatus run_agent(const Arguments& arguments) {
  const std::string input{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  auto event = read_agent_event(input);
  if (!event) return failed(event.error().message);
  auto choice = RuleChoice::make(arguments);
  if (!choice) return failed(choice.error().message);
  scan::Request request = arguments.request;
  request.suppress = false;  // an agent could allow itself anything
  request.texts = std::move(event->texts);
  auto result = scan_with(request, **choice);
  if (!result) return failed(result.error().message);
  if (result->credentials.empty()) return ExitStatus::kClean;

  request.texts = std::move(event->known);
  request.min_confidence = model::Confidence::kLow;
  auto before = scan_with(request, **choice);
  if (!before) return failed(before.error().message);
  std::set<std::string> known;
  for (const model::Credential& credential : before->credentials) known.insert(credential.fingerprint);
  std::erase_if(result->credentials, [&](const model::Credential& credential) { return known.contains(credential.fingerprint); });
  if (result->credentials.empty()) return ExitStatus::kClean;

  const report::Options options;
  const std::string reason = reason_for_agent(report::View(*result, options));
  if (event->protocol != Protocol::kExitStatus) return print(refusal(event->protocol, reason));
  std::cerr << reason << std::flush;
  return ExitStatus::kFailed;
}

}  // namespace

ExitStatus hook_run(const Arguments& arguments) {
  using Run = ExitStatus (*)(const Arguments&);
  static constexpr std::pair<std::string_view, Run> kRuns[]{{"pre-commit", run_pre_commit},   {"commit-msg", run_commit_msg}, {"pre-push", run_pre_push},
                                                            {"pre-receive", run_pre_receive}, {"update", run_update},         {"agent", run_agent}};
  const std::string& name = arguments.operands.front();
  for (const auto& [known, run] : kRuns) {
    if (name == known) return run(arguments);
  }
  return failed(fmt::format("hook run: there is no hook '{}'; there are pre-commit, commit-msg, pre-push, pre-receive, update and agent", printable(name)));
}

}  // namespace keywake::cli
