// What a serialized database holds, for whoever loads one (matching/engine.cc).
#pragma once

#include <string_view>

#include "base/result.h"
#include "matching/expressions.h"
#include "rules/rule_set.h"

namespace keywake::matching {

struct DatabaseParts {
  Expressions expressions;
  std::string_view hyperscan;  // a view into the bytes given
};

/// Fails if the bytes are damaged or were compiled from other rules.
Result<DatabaseParts> read_database(std::string_view database, const rules::RuleSet& rules);

}  // namespace keywake::matching
