// RuleSet: the patterns of one scan. Either the built-in tables (constant data, nothing to load) or those plus a user's own
// rule files, read by rules/loader.h, in which case the set owns their text.
// Ownership: patterns() stays valid while the RuleSet lives; movable, not copyable. Thread safety: immutable once built.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/pattern.h"

namespace keywake::rules {

class RuleSet {
 public:
  RuleSet() = default;
  explicit RuleSet(std::span<const model::Pattern> constant);
  RuleSet(RuleSet&&) = default;
  RuleSet& operator=(RuleSet&&) = default;

  [[nodiscard]] std::span<const model::Pattern> patterns() const { return patterns_; }
  [[nodiscard]] const model::Pattern* find(std::string_view id) const;

  /// For loaders: keeps the text, returns a view of it that lives as long as the set.
  std::string_view keep(std::string text);
  template <typename T>
  std::span<const T> keep(std::vector<T> items);
  void add(const model::Pattern& pattern) { patterns_.push_back(pattern); }

 private:
  std::vector<model::Pattern> patterns_;
  std::deque<std::string> texts_;
  std::deque<std::vector<std::string_view>> string_lists_;
  std::deque<std::vector<model::Check>> check_lists_;
  std::deque<std::vector<model::Companion>> companion_lists_;
};

template <>
std::span<const std::string_view> RuleSet::keep(std::vector<std::string_view> items);
template <>
std::span<const model::Check> RuleSet::keep(std::vector<model::Check> items);
template <>
std::span<const model::Companion> RuleSet::keep(std::vector<model::Companion> items);

}  // namespace keywake::rules
