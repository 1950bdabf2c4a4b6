#include "cli/flags.h"

#include "cli/commands.h"
#include "cli/completions.h"
#include "cli/values.h"

namespace keywake::cli {
namespace {

using Done = Result<void>;

constexpr Flag kRuleFlags[] = {
    {.name = "rules",
     .argument = "FILE",
     .help = "Use the patterns of this file too",
     .long_help = "A file of patterns in keywake's own format. Its compiled form is kept in "
                  "$XDG_CACHE_HOME/keywake. May be given several times.",
     .group = Group::kRules,
     .repeatable = true,
     .complete = Complete::kFile,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty()) return fail("the value is empty; name a file of patterns");
       a.rule_files.emplace_back(v);
       return {};
     }},
    {.name = "pattern",
     .argument = "ID-GLOB",
     .help = "Only patterns whose id matches, e.g. 'github.*'; '!GLOB' leaves out",
     .long_help = "May be given several times: a pattern is used if one of the globs matches (or "
                  "all begin with !) and none that begins with ! does.",
     .group = Group::kRules,
     .repeatable = true,
     .complete = Complete::kPatternId,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty() || v == "!") return fail("the value is empty; an example: 'github.*'");
       a.patterns.emplace_back(v);
       return {};
     }},
};

constexpr Flag kValidateFlags[] = {
    {.name = "validate",
     .help = "Ask the providers which credentials still work, and whose they are",
     .long_help = "Read-only requests over verified TLS, to the hosts of 'keywake rules endpoints' alone, each credential once.",
     .group = Group::kValidation,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.validation.wanted = true;
       return {};
     }},
};

constexpr Flag kPartFlags[] = {
    {.name = "part",
     .argument = "NAME=VALUE",
     .help = "What belongs to the secret: a key id, a host",
     .long_help = "By the names that 'keywake rules show' gives for companions. A value stands in the list of processes for all to see: what is secret "
                  "too, or long, is given as NAME=@FILE. May be given several times.",
     .group = Group::kValidation,
     .repeatable = true,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       const std::size_t equals = v.find('=');
       if (equals == 0 || equals == std::string_view::npos) return fail("it is written NAME=VALUE; an example: key_id=abc");
       auto value = text_or_file(v.substr(equals + 1));
       if (!value) return std::unexpected(value.error());
       a.validation.parts.emplace_back(v.substr(0, equals), *std::move(value));
       return {};
     }},
};

constexpr Flag kCommonFlags[] = {
    {.name = "help",
     .short_name = 'h',
     .help = "Print this help",
     .group = Group::kOther,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.help = true;
       return {};
     }},
};

constexpr Flag kVersionFlags[] = {
    {.name = "version",
     .short_name = 'V',
     .help = "Print the version",
     .group = Group::kOther,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.version = true;
       return {};
     }},
};

constexpr std::string_view kHookNames[]{"pre-commit", "commit-msg", "pre-push", "pre-receive", "update"};
constexpr std::string_view kRunNames[]{"pre-commit", "commit-msg", "pre-push", "pre-receive", "update", "agent"};

std::vector<Command> make_commands() {
  return {
      {.name = "",
       .operands = "COMMAND",
       .help = "keywake finds leaked credentials in repositories with their whole history, in "
               "directories and archives, container images and CI systems",
       .flag_tables = {kCommonFlags, kVersionFlags}},
      {.name = "scan",
       .operands = "[TARGET...]",
       .max_operands = 100'000,
       .help = "Look for credentials in repositories, files, images, CI variables",
       .long_help = "A target is a directory, a file, a git repository (found by itself: work "
                    "tree, index, and every object of its history), a bare repository, "
                    "a git URL (cloned to a private temporary place), - for standard input, a container image: docker://registry/name[:tag], "
                    "docker-daemon:name, docker-archive:FILE, oci:DIR, oci-archive:FILE, dir:DIR (docs/images.md), or a store of variables: env:, "
                    "env:pid/N, gitlab-ci://host[/group[/project]], github-actions://owner[/repository], k8s://context[/namespace], "
                    "vault://host/mount[/path], terraform-cloud://organization[/workspace], bitbucket-pipelines://workspace[/repository], "
                    "jenkins://host[/job], circleci://vcs/organization[/project], buildkite://organization[/pipeline], "
                    "azure-pipelines://organization[/project], gitea-actions://host[/owner[/repository]] (Forgejo, too), "
                    "woodpecker://host[/owner[/repository]] (docs/stores.md). "
                    "Without one it is the current directory.",
       .flag_tables = {scan_flags(), suppress_flags(), policy_flags(), trust_flags(), report_flags(), gate_flags(), kRuleFlags, kValidateFlags, validation_flags(), kCommonFlags},
       .complete = Complete::kFile,
       .run = scan_command},
      {.name = "validate",
       .operands = "[FILE...]",
       .max_operands = 1000,
       .help = "Ask providers whether the credentials in a text still work",
       .long_help = "Reads standard input, or files, and asks about each credential in it. With --pattern and one id the whole of standard "
                    "input may be the secret itself. Requests are read-only, go over verified TLS and to the validators' own hosts "
                    "alone. The exit status is 1 if one is live, 0 if all are dead, and 2 if that could not be found out.",
       .flag_tables = {kRuleFlags, kPartFlags, validation_flags(), report_flags(), kCommonFlags},
       .complete = Complete::kFile,
       .run = validate_command},
      {.name = "recheck",
       .operands = "REPORT",
       .max_operands = 1,
       .min_operands = 1,
       .help = "Ask again about the credentials of an earlier report, and say what changed",
       .long_help = "REPORT is one of --format json or jsonl. It holds no secret, so the targets it names are scanned again, from the same folder, "
                    "and what has one of its fingerprints is asked about. The exit status is 1 if one is live, 0 if all are dead, and 2 if "
                    "that could not be found out of one.",
       .flag_tables = {{kRuleFlags, 1}, validation_flags(), report_flags(), kCommonFlags},
       .complete = Complete::kFile,
       .run = recheck_command},
      {.name = "ci",
       .operands = "[FOLDER]",
       .max_operands = 1,
       .help = "In a CI job: look at what the change brings, and fail for new credentials",
       .long_help = "Finds out where it runs (GitHub, Gitea and Forgejo Actions, GitLab CI, Woodpecker, Azure Pipelines, Bitbucket Pipelines, Buildkite, CircleCI, Jenkins) and "
                    "takes what the pull or merge request, push or tag brings; a scheduled job scans the whole history. A shallow clone that lacks what is needed "
                    "is an error that says how to fetch it. The exit status is 1 for credentials that the target has not had before (docs/ci.md).",
       .flag_tables = {ci_flags(), suppress_flags(), policy_flags(), trust_flags(), report_flags(), gate_flags(), kRuleFlags, kValidateFlags, validation_flags(), kCommonFlags},
       .complete = Complete::kFile,
       .run = ci_command},
      {.name = "baseline create",
       .operands = "[TARGET]",
       .max_operands = 1,
       .help = "Make a baseline of all that is found here now",
       .long_help = "Scans TARGET (here: .) with its history and writes the values that it finds, hashed by a key, into .keywake-baseline.json, which is meant to be committed. The key is made if there is none, in .git/keywake/baseline.key.",
       .flag_tables = {baseline_flags(), baseline_create_flags(), policy_flags(), kRuleFlags, only(report_flags(), "confidence"), kCommonFlags},
       .complete = Complete::kFile,
       .run = baseline_create},
      {.name = "baseline update",
       .operands = "[TARGET]",
       .max_operands = 1,
       .help = "Add to the baseline what is new",
       .long_help = "What the baseline has already stays as it is; what has expired there is said anew.",
       .flag_tables = {baseline_flags(), policy_flags(), kRuleFlags, only(report_flags(), "confidence"), kCommonFlags},
       .complete = Complete::kFile,
       .run = baseline_update},
      {.name = "baseline prune",
       .operands = "[TARGET]",
       .max_operands = 1,
       .help = "Drop from the baseline what is no longer found",
       .long_help = "Scans, and drops each entry whose value is nowhere any more.",
       .flag_tables = {policy_flags(), kRuleFlags, only(report_flags(), "confidence"), kCommonFlags},
       .complete = Complete::kFile,
       .run = baseline_prune},
      {.name = "baseline import",
       .operands = "[TARGET]",
       .max_operands = 1,
       .help = "Take over what other scanners leave out",
       .long_help = "From .gitleaksignore, .betterleaksignore, .secrets.baseline and .gitguardian.yaml: what is found here and they name.",
       .flag_tables = {baseline_flags(), baseline_create_flags(), policy_flags(), kRuleFlags, only(report_flags(), "confidence"), kCommonFlags},
       .complete = Complete::kFile,
       .run = baseline_import},
      {.name = "hook install",
       .operands = "[NAME...]",
       .max_operands = std::size(kHookNames),
       .help = "Put keywake into the hooks of the repository here",
       .long_help = "By default pre-commit, commit-msg and pre-push, and in a bare repository pre-receive. Goes where core.hooksPath says. A hook that "
                    "is there still runs, first. Where husky, lefthook, overcommit or the pre-commit framework manage hooks, it says how keywake is added to them, and "
                    "changes nothing.",
       .flag_tables = {kCommonFlags},
       .choices = kHookNames,
       .run = hook_install},
      {.name = "hook uninstall",
       .operands = "[NAME...]",
       .max_operands = std::size(kHookNames),
       .help = "Take keywake out of the hooks again",
       .long_help = "What was there before is put back. Other hooks are left alone.",
       .flag_tables = {kCommonFlags},
       .choices = kHookNames,
       .run = hook_uninstall},
      {.name = "hook status",
       .help = "Say which hooks of the repository here run keywake",
       .flag_tables = {kCommonFlags},
       .run = hook_status},
      {.name = "hook run",
       .operands = "NAME [ARGUMENT...]",
       .max_operands = 16,
       .min_operands = 1,
       .help = "Do a hook's work: what the installed scripts call",
       .long_help = "NAME is pre-commit (scans what is staged), commit-msg (the message in a file), pre-push (all that the remote lacks), pre-receive or update "
                    "(all that a push brings to a server), or agent (a coding agent's tool call or prompt, as JSON on standard input). The exit status is 1 if a "
                    "credential is found and 2 if something could not be scanned; of agent it is 2 for both, as the agents' protocols want it.",
       .flag_tables = {hook_flags(), kRuleFlags, only(report_flags(), "confidence"), suppress_flags(), policy_flags(), trust_flags(), kCommonFlags},
       .choices = kRunNames,
       .run = hook_run},
      {.name = "rules list",
       .help = "List the patterns: id, kind, risk, confidence, title",
       .flag_tables = {kRuleFlags, kCommonFlags},
       .run = rules_list},
      {.name = "rules show",
       .operands = "ID",
       .max_operands = 1,
       .min_operands = 1,
       .help = "Show all there is to know of one pattern",
       .flag_tables = {{kRuleFlags, 1}, kCommonFlags},
       .complete = Complete::kPatternId,
       .run = rules_show},
      {.name = "rules why",
       .operands = "FILE[:LINE]",
       .max_operands = 1,
       .min_operands = 1,
       .help = "Say what became of each candidate in a line of a file",
       .long_help =
           "Found, with its confidence and what its place did to that; or rejected, by which "
           "check; or never a candidate. Without a line all of the file is explained. Places may "
           "be given as reports write them: app.war!/web.xml:3:7. Secrets are redacted. The exit "
           "status is 0 whatever the answer is.",
       .flag_tables = {kRuleFlags, kCommonFlags},
       .complete = Complete::kFile,
       .run = rules_why},
      {.name = "rules check",
       .operands = "[PATTERNS [VALIDATORS]]",
       .max_operands = 2,
       .help = "Hold pattern and validator files to their own examples and rules",
       .long_help =
           "Each is a folder or a file; by default patterns/ and validators/ in the current directory. Reports "
           "every fault with file, line and column. The exit status is 2 if there is one.",
       .flag_tables = {kCommonFlags},
       .complete = Complete::kFile,
       .run = rules_check},
      {.name = "rules endpoints",
       .help = "List every host that validation may contact, for firewalls",
       .long_help = "Host, port, what asking does there (none, login, spends-quota), and for which validators. A host in braces is one that "
                    "scanned text names, and is asked only with --allow-host.",
       .flag_tables = {validation_flags().first(1), kCommonFlags},
       .run = rules_endpoints},
      {.name = "rules cost",
       .operands = "[PATH]",
       .max_operands = 1,
       .help = "Measure on real files what each pattern costs",
       .long_help = "Reads the files under PATH (by default the current directory) and says for "
                    "each pattern how often tier one reports it, how many candidates tier two "
                    "turns down, and how long that takes.",
       .flag_tables = {kRuleFlags, kCommonFlags},
       .complete = Complete::kFile,
       .run = rules_cost},
      {.name = "version",
       .help = "Print the version and what keywake was built with",
       .flag_tables = {kCommonFlags},
       .run = version_command},
      {.name = "help",
       .operands = "[COMMAND...]",
       .max_operands = 2,
       .help = "Explain a command and its flags at length",
       .flag_tables = {kCommonFlags},
       .run = help_command},
      {.name = "completions",
       .operands = "SHELL",
       .max_operands = 1,
       .min_operands = 1,
       .help = "Print completions for bash, zsh or fish",
       .flag_tables = {kCommonFlags},
       .choices = kShells,
       .hidden = true,
       .run = completions_command},
      {.name = "man",
       .help = "Print the manual page",
       .flag_tables = {kCommonFlags},
       .hidden = true,
       .run = man_command},
  };
}

}  // namespace

std::string_view title(Group group) {
  switch (group) {
    case Group::kWhat:
      return "What to scan";
    case Group::kHow:
      return "How to scan";
    case Group::kRules:
      return "Patterns";
    case Group::kValidation:
      return "Validation";
    case Group::kReport:
      return "Report";
    case Group::kOther:
      return "Other";
  }
  return "";
}

std::vector<const Flag*> Command::flags() const {
  std::vector<const Flag*> all;
  for (std::span<const Flag> table : flag_tables) {
    for (const Flag& flag : table) all.push_back(&flag);
  }
  return all;
}

bool is_command_group(std::string_view word) {
  for (const CommandGroup& group : kCommandGroups) {
    if (group.name == word) return true;
  }
  return false;
}

std::span<const Flag> only(std::span<const Flag> flags, std::string_view name) {
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (flags[i].name == name) return flags.subspan(i, 1);
  }
  return {};
}

const std::vector<Command>& commands() {
  static const std::vector<Command> all = make_commands();
  return all;
}

const Command* find_command(std::string_view name) {
  for (const Command& command : commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace keywake::cli
