// The flags of `keywake ci` alone, and what gates fail for.
#include "cli/flags.h"

namespace keywake::cli {
namespace {

using Done = Result<void>;

constexpr Flag kCiFlags[] = {
    {.name = "base",
     .argument = "REV",
     .help = "What was there before; else what the CI system says",
     .long_help = "A commit, branch or tag. What the head has and this has not is looked at.",
     .group = Group::kWhat,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty()) return fail("the value is empty, as an unset variable would be; an example: origin/main");
       a.ci.base = v;
       return {};
     }},
    {.name = "head",
     .argument = "REV",
     .help = "What is to be looked at; else what the CI system says",
     .group = Group::kWhat,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty()) return fail("the value is empty, as an unset variable would be; an example: HEAD");
       a.ci.head = v;
       return {};
     }},
    {.name = "summary",
     .argument = "FILE",
     .help = "Append a summary in Markdown to a file",
     .long_help = "By default where the CI system takes one for the job's page: GITHUB_STEP_SUMMARY, or a file that Azure Pipelines is told to upload.",
     .group = Group::kReport,
     .complete = Complete::kFile,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       a.ci.summary = v;
       return {};
     }},
};

constexpr Flag kGateFlags[] = {
    {.name = "fail-on",
     .argument = "CONDITION",
     .help = "Exit with 1 only for credentials of this kind: live, risk=high",
     .long_help = "live (needs --validate), risk=LEVEL or above, confidence=LEVEL or above, kind=KIND; conditions with commas between them must all hold. May be given "
                  "several times: one is enough. What does not hold is reported all the same.",
     .group = Group::kReport,
     .repeatable = true,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto condition = parse_fail_on(v);
       if (!condition) return std::unexpected(condition.error());
       a.fail_on.push_back(*condition);
       return {};
     }},
};

}  // namespace

std::span<const Flag> gate_flags() { return kGateFlags; }

std::span<const Flag> ci_flags() { return kCiFlags; }

}  // namespace keywake::cli
