#include "rules/other_regex.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rules/canonical_regex.h"
#include "rules/other_regex_tree_internal.h"

namespace keywake::rules {
namespace {

using other::Kind;
using other::Node;

// The first group that takes part in every match; 0 if there is none.
std::uint32_t first_sure(const Node& node) {
  if (node.kind == Kind::kGroup && node.capture > 0) return node.capture;
  if (node.kind == Kind::kAlternatives && node.children.size() != 1) return 0;
  if (node.kind == Kind::kRepeat && node.least == 0) return 0;
  for (const Node& child : node.children) {
    if (const std::uint32_t found = first_sure(child); found > 0) return found;
  }
  return 0;
}

constexpr std::string_view kAnchored = "its expression is bound to the beginning or end of a text, which this matcher does not know";

}  // namespace

std::expected<OtherRegex, std::string> read_other_regex(std::string_view expression, CaptureChoice choice) {
  const auto tree = other::parse(expression);
  if (!tree) return std::unexpected(tree.error());
  const std::vector<std::string>& captures = tree->captures;
  std::uint32_t secret = choice.number;
  if (secret > captures.size()) return std::unexpected(fmt::format("there is no group {} in its expression", secret));
  if (const auto named = std::find(captures.begin(), captures.end(), choice.name); !choice.name.empty() && secret == 0 && named != captures.end()) {
    secret = static_cast<std::uint32_t>(named - captures.begin() + 1);
  }
  if (secret == 0) secret = first_sure(tree->root);

  const auto text = other::write(tree->root, secret, false);
  auto shape = other::write(tree->root, 0, false);
  if (!text || !shape) return std::unexpected(std::string(kAnchored));
  auto canonical = canonical_regex(secret == 0 ? "(?P<secret>" + *text + ")" : *text);
  if (!canonical) return std::unexpected(std::move(canonical.error().message));
  if (canonical->min_length == 0) return std::unexpected(std::string("its expression matches the empty text"));
  OtherRegex out;
  out.canonical = std::move(canonical->text);
  out.shape = std::move(*shape);
  out.min_length = canonical->min_length;
  out.max_length = canonical->max_length.value_or(0);
  out.required = other::required_literals(tree->root, secret);
  return out;
}

std::expected<std::string, std::string> read_value_regex(std::string_view expression) {
  const auto tree = other::parse(expression);
  if (!tree) return std::unexpected(tree.error());
  auto text = other::write(tree->root, 0, true);
  if (!text) return std::unexpected(std::string(kAnchored));
  return std::move(*text);
}

}  // namespace keywake::rules
