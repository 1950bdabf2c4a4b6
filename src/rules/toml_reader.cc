#include "rules/toml_reader_internal.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace keywake::rules {

Place place_of(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

bool is_rule_id(std::string_view id) {
  std::size_t dot = id.find('.');
  if (dot == 0 || dot == std::string_view::npos || dot + 1 == id.size() || id.size() > 64) return false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    bool plain = (id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '0' && id[i] <= '9') || id[i] == '-';
    if (!plain && i != dot) return false;
  }
  return true;
}

void TomlReader::problem(Place place, std::string message) {
  problems_.push_back({file_, place.line, place.column, printable(message)});
  complete_ = false;
}

void TomlReader::problem_inside(const toml::node& node, std::size_t offset, std::string message) {
  const Place place = place_of(node.source());
  problem(offset == 0 ? place : place_inside(text_, place, offset), std::move(message));
}

void TomlReader::check_keys(const toml::table& table, std::span<const std::string_view> known) {
  for (const auto& [key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    problem(place_of(key.source()), unknown("key", key.str(), known));
  }
}

std::optional<std::int64_t> TomlReader::integer(const toml::table& table, std::string_view key, std::int64_t least, std::int64_t most) {
  std::optional<std::int64_t> found = value<std::int64_t>(table, key, "a whole number");
  if (found && (*found < least || *found > most)) {
    problem(*table.get(key), fmt::format("\"{}\" must be from {} to {}", key, least, most));
    return std::nullopt;
  }
  return found;
}

std::string TomlReader::required(const toml::table& table, std::string_view key) {
  std::optional<std::string> found = string(table, key);
  if (!table.contains(key)) problem(table, fmt::format("\"{}\" is missing", key));
  if (found && found->empty()) problem(*table.get(key), fmt::format("\"{}\" is empty", key));
  return found.value_or("");
}

std::size_t TomlReader::one_of(const toml::table& table, std::string_view key, std::span<const std::string_view> names,
                               std::optional<std::size_t> otherwise) {
  if (otherwise && !table.contains(key)) return *otherwise;
  const std::string word = required(table, key);
  auto it = std::find(names.begin(), names.end(), word);
  if (it != names.end()) return static_cast<std::size_t>(it - names.begin());
  if (!word.empty()) problem(*table.get(key), unknown(key, word, names));
  return 0;
}

bool TomlReader::small(const toml::node& node, std::string_view key, std::size_t size) {
  if (size <= kMaxItems) return true;
  problem(node, fmt::format("\"{}\" has more than {} items", key, kMaxItems));
  return false;
}

}  // namespace keywake::rules
