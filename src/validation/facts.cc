#include "validation/facts.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace keywake::validation {

void add_fact(std::vector<model::Fact>& facts, std::string_view name, std::vector<std::string> values) {
  std::erase_if(values, [](const std::string& value) { return value.empty(); });
  const auto at = std::lower_bound(facts.begin(), facts.end(), name, [](const model::Fact& fact, std::string_view key) { return fact.name < key; });
  if (values.empty() || (at != facts.end() && at->name == name)) return;
  facts.insert(at, {std::string(name), std::move(values)});
}

std::string day_of(std::int64_t seconds) { return fmt::format("{:%Y-%m-%d}", fmt::gmtime(static_cast<std::time_t>(seconds))); }

}  // namespace keywake::validation
