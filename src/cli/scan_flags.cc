// The flags of `keywake scan`, and those of reports, which it shares.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/flags.h"
#include "cli/values.h"

namespace keywake::cli {
namespace {

using Done = Result<void>;

// Stores a parsed value, or passes its error on.
template <typename T>
Done store(Result<T> value, T& place) {
  if (!value) return std::unexpected(value.error());
  place = std::move(*value);
  return {};
}

constexpr Flag kScanFlags[] = {
    {.name = "no-history",
     .help = "Leave git history out: files as they are now, nothing more",
     .long_help = "Without it a git repository is scanned with its work tree, its index and every "
                  "object of its history.",
     .group = Group::kWhat,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.request.history = false;
       return {};
     }},
    {.name = "staged",
     .help = "Only what is staged for the next commit",
     .long_help = "For a pre-commit hook. Nothing staged is clean: the exit status is 0.",
     .group = Group::kWhat,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.request.staged = true;
       return {};
     }},
    {.name = "range",
     .argument = "A..B",
     .help = "Only what the commits reachable from B and not from A brought in",
     .long_help = "For pull requests and pushes: origin/main..HEAD. A.. means A..HEAD.",
     .group = Group::kWhat,
     .apply = [](std::string_view v,
                 Arguments& a) { return store(parse_range(v), a.request.range); }},
    {.name = "since",
     .argument = "DATE",
     .help = "Only what commits from this date on brought in",
     .long_help =
         "A date as 2026-01-31, with a time as 2026-01-31T12:00:00Z, or an age as '90 days "
         "ago', compared with the committer's date. With --logs and --artifacts: those of jobs from this date on.",
     .group = Group::kWhat,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty()) return fail("the value is empty; an example: 2026-01-31");
       a.request.since = v;
       return {};
     }},
    {.name = "branch",
     .argument = "NAME",
     .help = "Only the history of this branch or tag",
     .long_help = "May be given several times. Without it every object of the repository is "
                  "scanned, also what no branch or tag reaches any more.",
     .group = Group::kWhat,
     .repeatable = true,
     .apply = [](std::string_view v,
                 Arguments& a) { return append_value(v, a.request.branches, "main"); }},
    {.name = "include",
     .argument = "GLOB",
     .help = "Only paths that match",
     .long_help = "* and ? match within a path's component, ** across components. A glob without a "
                  "slash is tried on the names at every depth, and one that matches a folder takes "
                  "all that is in it. May be given several times.",
     .group = Group::kWhat,
     .repeatable = true,
     .apply = [](std::string_view v,
                 Arguments& a) { return append_value(v, a.request.include, "'src/**'"); }},
    {.name = "exclude",
     .argument = "GLOB",
     .help = "Leave paths out that match",
     .long_help =
         "Globs as for --include; what both match is left out. May be given several times.",
     .group = Group::kWhat,
     .repeatable = true,
     .apply = [](std::string_view v,
                 Arguments& a) { return append_value(v, a.request.exclude, "'vendor/**'"); }},
    {.name = "platform",
     .argument = "OS/ARCH",
     .help = "Of images, only those for this platform",
     .long_help = "As linux/amd64 or linux/arm/v7; linux/arm takes all its variants. May be given several times. Without it all platforms are scanned, each layer once.",
     .group = Group::kWhat,
     .repeatable = true,
     .apply = [](std::string_view v, Arguments& a) { return append_value(v, a.request.images.platforms, "linux/amd64"); }},
    {.name = "not-in",
     .argument = "IMAGE",
     .help = "Of images, only layers that this other image lacks",
     .long_help = "Written as a target: oci:base or base.tar. Configuration and history are scanned all the same. May be given several times.",
     .group = Group::kWhat,
     .repeatable = true,
     .apply = [](std::string_view v, Arguments& a) { return append_value(v, a.request.images.not_in, "oci:base"); }},
    {.name = "all-tags",
     .help = "Of an image in a registry, every tag of its repository",
     .long_help = "docker://registry/name --all-tags: layers that tags share are scanned once.",
     .group = Group::kWhat,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.request.images.all_tags = true;
       return {};
     }},
    {.name = "credential-helper",
     .argument = "NAME",
     .help = "Let this helper be asked for a registry's credentials",
     .long_help = "docker-credential-NAME, if Docker's or containers' auth files name it for the registry. Without it no such program is run. May be given several times.",
     .group = Group::kWhat,
     .repeatable = true,
     .apply = [](std::string_view v, Arguments& a) { return append_value(v, a.request.images.credential_helpers, "ecr-login"); }},
    {.name = "no-cache",
     .help = "Read all of every layer, also of those read before",
     .long_help = "Layers that the same rules have read are remembered by digest under the user's cache folder, and of those only what was found is read again. Nothing that was found is kept there.",
     .group = Group::kWhat,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.layer_cache = false;
       return {};
     }},
    {.name = "no-archives",
     .help = "Do not look inside archives and compressed files",
     .long_help = "Archives are known by their content, not by their name, and are otherwise "
                  "expanded in memory, nested ones too.",
     .group = Group::kWhat,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.request.archives = false;
       return {};
     }},
    {.name = "max-file-size",
     .argument = "SIZE",
     .help = "Leave out files, objects and archive members larger than this",
     .long_help = "What is left out is counted in the summary.",
     .fallback = "256M",
     .group = Group::kWhat,
     .apply = [](std::string_view v,
                 Arguments& a) { return store(parse_size(v), a.request.max_file_size); }},

    {.name = "token-file",
     .argument = "FILE",
     .help = "Access token for the CI system, cluster or vault that is scanned",
     .long_help = "Its first line. Without it the token comes from the provider's customary environment variable, GITLAB_TOKEN, GITHUB_TOKEN, "
                  "VAULT_TOKEN and so on. For one such target at a time.",
     .group = Group::kWhat,
     .complete = Complete::kFile,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty()) return fail("the value is empty; name a file");
       a.request.stores.token_file = v;
       return {};
     }},

    {.name = "logs",
     .help = "Of a CI system, also the logs of its jobs",
     .long_help = "Of gitlab-ci://, github-actions:// and jenkins:// targets, of the last 30 days or --since. They are scanned as they are downloaded and kept nowhere. What has "
                  "expired or was erased is counted in the summary.",
     .group = Group::kWhat,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.request.stores.outputs.logs = true;
       return {};
     }},
    {.name = "artifacts",
     .help = "Of a CI system, also the artifacts of its jobs",
     .long_help = "As --logs; archives are looked into.",
     .group = Group::kWhat,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.request.stores.outputs.artifacts = true;
       return {};
     }},

    {.name = "jenkins-secrets",
     .argument = "DIR",
     .help = "Jenkins' master.key and hudson.util.Secret, to decrypt its files",
     .long_help = "For a credentials.xml or config.xml away from its home, also in archives and in layers of images. In a Jenkins home, or a copy or an "
                  "archive of one, the keys are found in secrets/ without this.",
     .group = Group::kWhat,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty()) return fail("the value is empty; name a folder");
       a.request.jenkins_secrets = v;
       return {};
     }},

    {.name = "exhaustive",
     .help = "Scan every version of every file in full",
     .long_help = "Much slower, with the same findings: a check on the usual way, which scans only "
                  "what each version changes.",
     .group = Group::kHow,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.request.exhaustive = true;
       return {};
     }},
    {.name = "threads",
     .short_name = 'j',
     .argument = "N",
     .help = "Threads to use; 0 is one per processor",
     .long_help = "The report is the same for any number of threads.",
     .fallback = "0",
     .group = Group::kHow,
     .apply = [](std::string_view v,
                 Arguments& a) { return store(parse_count(v, 1024), a.request.threads); }},
    {.name = "memory",
     .argument = "SIZE",
     .help = "What the buffers of a scan may hold together",
     .long_help = "With less, objects of a history are rebuilt more often.",
     .fallback = "512M",
     .group = Group::kHow,
     .apply = [](std::string_view v,
                 Arguments& a) { return store(parse_size(v), a.request.memory); }},
};

constexpr Flag kSuppressFlags[] = {
    {.name = "no-suppress",
     .help = "Report also what a comment, baseline or keywake.toml says may stay",
     .long_help = "Without it such places are left out and counted in the summary, by what says so. docs/baseline.md explains them all.",
     .group = Group::kReport,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.request.suppress = false;
       return {};
     }},
};

constexpr Flag kReportFlags[] = {
    {.name = "progress",
     .argument = "WHEN",
     .help = "Show a progress line: auto, always or never",
     .long_help = "auto redraws one line on standard error if that is a terminal. always also "
                  "prints a plain line now and then where it is none, for the logs of long runs.",
     .fallback = "auto",
     .group = Group::kHow,
     .choices = kWhenNames,
     .apply = [](std::string_view v, Arguments& a) { return store(parse_when(v), a.progress); }},

    {.name = "format",
     .short_name = 'f',
     .argument = "NAME",
     .help = "Format of the report on standard output",
     .long_help = "One of text, json, jsonl, sarif (2.1.0), gitlab (secret detection report), "
                  "github (workflow annotations) and csv.",
     .fallback = "text",
     .group = Group::kReport,
     .choices = report::kFormatNames,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto index = parse_choice(v, report::kFormatNames);
       if (!index) return std::unexpected(index.error());
       a.format = static_cast<report::Format>(*index);
       return {};
     }},
    {.name = "output",
     .short_name = 'o',
     .argument = "[FORMAT:]FILE",
     .help = "Write the report to a file too; the name tells the format",
     .long_help = "out.sarif, out.json, out.jsonl, out.csv and out.txt tell their format; for "
                  "other names it stands in front, as in gitlab:report.json. May be given several "
                  "times. Standard output still gets its own report; --quiet drops that.",
     .group = Group::kReport,
     .repeatable = true,
     .complete = Complete::kFile,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto output = parse_output(v);
       if (!output) return std::unexpected(output.error());
       a.outputs.push_back(std::move(*output));
       return {};
     }},
    {.name = "quiet",
     .short_name = 'q',
     .help = "Print no report on standard output and no progress",
     .long_help = "Errors are still printed, files named by --output are still written, and the "
                  "exit status is the same.",
     .group = Group::kReport,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.quiet = true;
       return {};
     }},
    {.name = "show-secrets",
     .help = "Print secrets in full instead of redacted",
     .long_help = "In all formats. Files named by --output are then readable by their owner only.",
     .group = Group::kReport,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.show_secrets = true;
       return {};
     }},
    {.name = "confidence",
     .argument = "LEVEL",
     .help = "Report credentials of this confidence or above",
     .long_help =
         "high: formats that only a credential has. medium: also values that are told by their "
         "name and look like secrets, and weak passwords in configuration and deployment files. "
         "low: also ordinary words as passwords, and values in tests, examples and documentation. "
         "The summary counts what was left out; it does not change the exit status.",
     .fallback = "medium",
     .group = Group::kReport,
     .choices = model::kConfidenceNames,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto index = parse_choice(v, model::kConfidenceNames);
       if (!index) return std::unexpected(index.error());
       a.request.min_confidence = static_cast<model::Confidence>(*index);
       return {};
     }},
    {.name = "explain",
     .help = "Also show what was nearly a finding, and why it was turned down",
     .group = Group::kReport,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.request.explain = true;
       return {};
     }},
    {.name = "color",
     .argument = "WHEN",
     .help = "Colours in the text report: auto, always or never",
     .long_help = "auto uses colours on a terminal, unless the environment variable NO_COLOR is "
                  "set or TERM is dumb.",
     .fallback = "auto",
     .group = Group::kReport,
     .choices = kWhenNames,
     .apply = [](std::string_view v, Arguments& a) { return store(parse_when(v), a.colour); }},
    {.name = "exit-zero",
     .help = "Exit with 0 instead of 1 when credentials are found",
     .long_help = "What could not be done still ends in 2.",
     .group = Group::kReport,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.exit_zero = true;
       return {};
     }},
};

}  // namespace

std::span<const Flag> scan_flags() {
  return kScanFlags;
}

std::span<const Flag> suppress_flags() {
  return kSuppressFlags;
}

std::span<const Flag> report_flags() {
  return kReportFlags;
}

}  // namespace keywake::cli
