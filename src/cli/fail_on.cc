#include "cli/fail_on.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/values.h"

namespace keywake::cli {
namespace {

template <typename T, std::size_t N>
Result<void> take(std::string_view value, const std::array<std::string_view, N>& names, std::optional<T>& out) {
  const auto index = parse_choice(value, names);
  if (!index) return std::unexpected(index.error());
  out = static_cast<T>(*index);
  return {};
}

Result<void> add(std::string_view condition, FailOn& out) {
  if (condition == "live") {
    out.live = true;
    return {};
  }
  const std::size_t equals = condition.find('=');
  const std::string_view name = condition.substr(0, equals);
  const std::string_view value = equals == std::string_view::npos ? "" : condition.substr(equals + 1);
  if (name == "risk") return take(value, model::kRiskNames, out.risk);
  if (name == "confidence") return take(value, model::kConfidenceNames, out.confidence);
  if (name == "kind") return take(value, model::kKindNames, out.kind);
  return fail(fmt::format("'{}' is no condition; there are live, risk=LEVEL, confidence=LEVEL and kind=KIND", printable(condition)));
}

bool holds(const model::Credential& credential, const FailOn& condition) {
  const bool live = credential.validation && credential.validation->verdict == model::Verdict::kLive;
  return (!condition.live || live) && (!condition.risk || credential.attribution.risk >= *condition.risk) &&
         (!condition.confidence || credential.confidence >= *condition.confidence) && (!condition.kind || credential.pattern->kind == *condition.kind);
}

}  // namespace

Result<FailOn> parse_fail_on(std::string_view text) {
  FailOn out;
  for (std::string_view rest = text;;) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (auto added = add(rest.substr(0, comma), out); !added) return std::unexpected(added.error());
    if (comma == rest.size()) return out;
    rest.remove_prefix(comma + 1);
  }
}

Result<void> check_fail_on(const std::vector<FailOn>& conditions, bool validated) {
  if (validated || std::none_of(conditions.begin(), conditions.end(), [](const FailOn& each) { return each.live; })) return {};
  return fail("--fail-on live: nobody is asked what is live; add --validate");
}

bool fails(const model::Credential& credential, const std::vector<FailOn>& conditions) {
  return conditions.empty() || std::any_of(conditions.begin(), conditions.end(), [&](const FailOn& each) { return holds(credential, each); });
}

}  // namespace keywake::cli
