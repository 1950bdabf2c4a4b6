// What the readers of pattern and validator files share: values by key, each of the right type, and problems that name file, line and
// column. Included by those two alone, since toml++ is a large header. Ownership: the text and the list of problems are the caller's.
// Thread safety: as any value.
#pragma once

#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/dotted_keys.h"
#include "rules/loader.h"
#include "rules/messages.h"

namespace keywake::rules {

Place place_of(const toml::source_region& region);

/// `name.name` in small letters, digits and -.
bool is_rule_id(std::string_view id);

class TomlReader {
 protected:
  TomlReader(std::string_view text, std::string_view file, std::vector<Problem>& problems)
      : text_(text), file_(file), problems_(problems) {}

  /// read(root), unless the text is no TOML. Problems come out in order of their places.
  template <typename Read>
  void parse(Read read);

  void problem(Place place, std::string message);
  void problem(const toml::node& node, std::string message) { problem(place_of(node.source()), std::move(message)); }
  /// Points at byte `offset` of a string where it can.
  void problem_inside(const toml::node& node, std::size_t offset, std::string message);

  void check_keys(const toml::table& table, std::span<const std::string_view> known);

  // Each getter returns nothing for an absent key, and reports one of the wrong type.
  template <typename T>
  std::optional<T> value(const toml::table& table, std::string_view key, std::string_view type);
  std::optional<std::string> string(const toml::table& table, std::string_view key) { return value<std::string>(table, key, "a string"); }
  std::optional<std::int64_t> integer(const toml::table& table, std::string_view key, std::int64_t least, std::int64_t most);
  std::string required(const toml::table& table, std::string_view key);
  /// Calls `take(text, node)` for each string of a list.
  template <typename Take>
  void each_string(const toml::table& table, std::string_view key, Take take);
  /// Calls `take(table)` for each [[`shown`]].
  template <typename Take>
  void each_table(const toml::table& table, std::string_view key, std::string_view shown, Take take);
  /// Calls `take(name, node)` for each entry of an inline table.
  template <typename Take>
  void each_entry(const toml::table& table, std::string_view key, Take take);
  /// The index of a name in an enumeration's names.
  std::size_t one_of(const toml::table& table, std::string_view key, std::span<const std::string_view> names,
                     std::optional<std::size_t> otherwise = std::nullopt);

  std::string_view text_;
  std::string file_;
  bool complete_ = true;  // no problem since it was last set

 private:
  static constexpr std::size_t kMaxItems = 256;  // of one list

  bool small(const toml::node& node, std::string_view key, std::size_t size);

  std::vector<Problem>& problems_;
};

template <typename Read>
void TomlReader::parse(Read read) {
  const auto first = static_cast<std::ptrdiff_t>(problems_.size());
  if (has_endless_key(text_)) return problem(Place{}, "it has a key of too many dotted parts");
  try {
    const toml::table root = toml::parse(text_, file_);
    read(root);
  } catch (const toml::parse_error& error) {
    problem(place_of(error.source()), std::string(error.description()));
  }
  std::sort(problems_.begin() + first, problems_.end());
}

template <typename T>
std::optional<T> TomlReader::value(const toml::table& table, std::string_view key, std::string_view type) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return std::nullopt;
  std::optional<T> found = node->value_exact<T>();
  if (!found) problem(*node, std::string("\"").append(key).append("\" must be ").append(type));
  return found;
}

template <typename Take>
void TomlReader::each_string(const toml::table& table, std::string_view key, Take take) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return;
  const std::string quoted = std::string("\"").append(key).append("\"");
  const toml::array* array = node->as_array();
  if (array == nullptr) return problem(*node, quoted + " must be a list of strings");
  if (!small(*node, key, array->size())) return;
  for (const toml::node& item : *array) {
    std::optional<std::string> text = item.value_exact<std::string>();
    if (!text) {
      problem(item, quoted + " must be a list of strings");
    } else if (text->empty()) {
      problem(item, quoted + " has an empty string");
    } else {
      take(*std::move(text), item);
    }
  }
}

template <typename Take>
void TomlReader::each_table(const toml::table& table, std::string_view key, std::string_view shown, Take take) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
    return problem(*node, std::string("each ").append(key).append(" is written [[").append(shown).append("]], with two brackets"));
  }
  for (const toml::node& item : *array) take(*item.as_table());
}

template <typename Take>
void TomlReader::each_entry(const toml::table& table, std::string_view key, Take take) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return;
  const toml::table* entries = node->as_table();
  if (entries == nullptr) return problem(*node, std::string("\"").append(key).append("\" must be a table, { name = \"value\" }"));
  if (!small(*node, key, entries->size())) return;
  for (const auto& [name, item] : *entries) take(std::string(name.str()), item);
}

}  // namespace keywake::rules
