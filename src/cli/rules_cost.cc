// keywake rules cost [PATH]
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/rule_choice.h"
#include "matching/cost.h"

namespace keywake::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = 64 * limits::kMiB;  // larger ones are no source code
constexpr std::size_t kMaxAnchors = 3;

// Regular files below a folder, without git's own. What cannot be read is left out: this is a
// measurement, no scan.
void feed(const fs::path& root, matching::CostMeter& meter) {
  auto feed_file = [&](const fs::path& path) {
    if (auto text = read_file(path, kMaxFile)) meter.scan(*text);
  };
  std::error_code error;
  if (!fs::is_directory(root, error)) return feed_file(root);
  for (fs::recursive_directory_iterator
           it(root, fs::directory_options::skip_permission_denied, error),
       end;
       !error && it != end; it.increment(error)) {
    if (it->path().filename() == ".git") it.disable_recursion_pending();
    std::error_code ignored;
    if (fs::is_regular_file(it->symlink_status(ignored))) feed_file(it->path());
  }
}

std::string row(const matching::PatternCost& cost, std::size_t id_width) {
  std::string anchors;
  for (std::size_t i = 0; i < std::min(kMaxAnchors, cost.anchors.size()); ++i) {
    anchors += fmt::format("{}{} {}", i == 0 ? "" : ", ", printable(cost.anchors[i].text),
                           human_count(cost.anchors[i].hits));
  }
  return fmt::format("{:<{}}  {:>9.1f}  {:>11}  {:>11}  {:>8}  {}\n", cost.pattern, id_width,
                     cost.seconds * 1000, human_count(cost.hits), human_count(cost.tried),
                     human_count(cost.findings), anchors);
}

std::string describe(const matching::CostMeter::Report& report) {
  auto speed = [&](double seconds) {
    return seconds > 0 ? human_bytes(static_cast<std::uint64_t>(static_cast<double>(report.bytes) /
                                                                seconds)) +
                             "/s"
                       : "-";
  };
  std::string out =
      fmt::format("{} read; tier one {} ({}), tier two {} ({})\n\n", human_bytes(report.bytes),
                  human_seconds(report.tier_one_seconds), speed(report.tier_one_seconds),
                  human_seconds(report.tier_two_seconds), speed(report.tier_two_seconds));
  std::size_t id_width = 7;
  for (const matching::PatternCost& cost : report.patterns)
    id_width = std::max(id_width, cost.pattern.size());
  out += fmt::format("{:<{}}  {:>9}  {:>11}  {:>11}  {:>8}  {}\n", "pattern", id_width, "ms",
                     "hits", "tried", "findings", "anchors with most hits");
  for (const matching::PatternCost& cost : report.patterns) out += row(cost, id_width);
  return out;
}

}  // namespace

ExitStatus rules_cost(const Arguments& arguments) {
  auto choice = RuleChoice::make(arguments);
  if (!choice) return failed(choice.error().message);
  auto engine = (*choice)->engine();
  if (!engine) return failed(engine.error().message);
  fs::path root = arguments.operands.empty() ? "." : arguments.operands[0];
  std::error_code error;
  if (!fs::exists(root, error))
    return failed(fmt::format("rules cost: there is no {}", printable(root.string())));

  matching::CostMeter meter(**engine);
  feed(root, meter);
  matching::CostMeter::Report report = meter.report();
  if (report.bytes == 0)
    return failed(
        fmt::format("rules cost: there is nothing to read in {}", printable(root.string())));
  return print(describe(report));
}

}  // namespace keywake::cli
