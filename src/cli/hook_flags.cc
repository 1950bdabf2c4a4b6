// The flags of `keywake hook run` alone.
#include "cli/flags.h"
#include "cli/values.h"

namespace keywake::cli {
namespace {

using Done = Result<void>;

constexpr std::string_view kOverTimeNames[]{"refuse", "pass"};

constexpr Flag kHookFlags[] = {
    {.name = "time-limit",
     .argument = "SECONDS",
     .help = "What a server's hook may take; 0 is no limit",
     .long_help = "Of pre-receive and update. The default leaves room under the 30 seconds after which many front ends give up.",
     .fallback = "25",
     .group = Group::kHow,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto seconds = parse_count(v, 24 * 3600);
       if (!seconds) return std::unexpected(seconds.error());
       a.time_limit = std::chrono::seconds(*seconds);
       return {};
     }},
    {.name = "over-time",
     .argument = "WHAT",
     .help = "What to do with a push that takes longer: refuse it, or let it pass",
     .long_help = "A push that is let pass unseen is a way around the gate for whoever makes his push large enough, so refuse is the default.",
     .fallback = "refuse",
     .group = Group::kHow,
     .choices = kOverTimeNames,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto index = parse_choice(v, kOverTimeNames);
       if (!index) return std::unexpected(index.error());
       a.pass_over_time = *index == 1;
       return {};
     }},
};

}  // namespace

std::span<const Flag> hook_flags() {
  return kHookFlags;
}

}  // namespace keywake::cli
