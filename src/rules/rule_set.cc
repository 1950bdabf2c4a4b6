#include "rules/rule_set.h"

#include <algorithm>

namespace keywake::rules {

RuleSet::RuleSet(std::span<const model::Pattern> constant)
    : patterns_(constant.begin(), constant.end()) {}

const model::Pattern* RuleSet::find(std::string_view id) const {
  auto it = std::find_if(patterns_.begin(), patterns_.end(),
                         [&](const model::Pattern& pattern) { return pattern.id == id; });
  return it == patterns_.end() ? nullptr : &*it;
}

std::string_view RuleSet::keep(std::string text) {
  return texts_.emplace_back(std::move(text));
}

template <>
std::span<const std::string_view> RuleSet::keep(std::vector<std::string_view> items) {
  return string_lists_.emplace_back(std::move(items));
}
template <>
std::span<const model::Check> RuleSet::keep(std::vector<model::Check> items) {
  return check_lists_.emplace_back(std::move(items));
}
template <>
std::span<const model::Companion> RuleSet::keep(std::vector<model::Companion> items) {
  return companion_lists_.emplace_back(std::move(items));
}

}  // namespace keywake::rules
