// The flags of `keywake baseline`, and those that say where a baseline and its key are.
#include "base/mapped_file.h"
#include "cli/flags.h"
#include "policy/source.h"

namespace keywake::cli {
namespace {

using Done = Result<void>;

constexpr Flag kPolicyFlags[] = {
    {.name = "baseline",
     .argument = "FILE",
     .help = "The baseline, instead of the target's .keywake-baseline.json",
     .long_help = "What stands in it is left out and counted. docs/baseline.md explains it.",
     .group = Group::kReport,
     .complete = Complete::kFile,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty()) return fail("the value is empty; name a file");
       a.request.baseline_file = v;
       return {};
     }},
    {.name = "baseline-key",
     .argument = "FILE",
     .help = "The baseline's key: 64 hexadecimal digits",
     .long_help = "Without it the environment variable KEYWAKE_BASELINE_KEY, then keywake/baseline.key in the repository's .git folder.",
     .group = Group::kReport,
     .complete = Complete::kFile,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto text = read_file(std::string(v), 4096);
       if (!text) return std::unexpected(text.error());
       if (text->empty()) return fail("the file is empty");
       a.request.baseline_key = *std::move(text);
       return {};
     }},
};

constexpr Flag kTrustFlags[] = {
    {.name = "policy-from",
     .argument = "REVISION",
     .help = "Only what this revision says may stay is left out",
     .long_help = "For changes that must not allow themselves: baseline, keywake.toml and ignore files are read from its tree, and a comment such as "
                  "keywake:allow counts if it stands there beside the same value already.",
     .group = Group::kReport,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty()) return fail("the value is empty; an example: origin/main");
       a.request.policy_commit = v;
       return {};
     }},
};

constexpr Flag kBaselineFlags[] = {
    {.name = "reason",
     .argument = "TEXT",
     .help = "Why what is new in it may stay; written beside each entry",
     .group = Group::kOther,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.find_first_not_of(" \t") == std::string_view::npos) return fail("the value is empty; say why these may stay");
       if (v.size() > 1000) return fail("it is longer than 1000 bytes");
       a.baseline_reason = v;
       return {};
     }},
    {.name = "expires",
     .argument = "DATE",
     .help = "New entries hold until the end of this day (UTC): 2026-12-31",
     .group = Group::kOther,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       a.baseline_expires = policy::day_of(v);
       if (!a.baseline_expires) return fail("no date; an example: 2026-12-31");
       return {};
     }},
    {.name = "who",
     .argument = "NAME",
     .help = "Who says so; without it the user who runs this",
     .group = Group::kOther,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty() || v.size() > 1000) return fail("a name of 1 to 1000 bytes is wanted");
       a.baseline_who = v;
       return {};
     }},
};

constexpr Flag kCreateFlags[] = {
    {.name = "no-key",
     .help = "Hash slowly and without a key, for those who cannot share one",
     .long_help = "scrypt with a salt that is in the file: anybody can then guess at weak values, slowly. docs/baseline.md says what that means.",
     .group = Group::kOther,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.baseline_without_key = true;
       return {};
     }},
};

}  // namespace

std::span<const Flag> policy_flags() { return kPolicyFlags; }
std::span<const Flag> trust_flags() { return kTrustFlags; }
std::span<const Flag> baseline_flags() { return kBaselineFlags; }
std::span<const Flag> baseline_create_flags() { return kCreateFlags; }

}  // namespace keywake::cli
