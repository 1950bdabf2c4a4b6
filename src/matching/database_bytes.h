// What a serialized database holds, for whoever loads one (matching/engine.cc).
#pragma once

#include <string_view>

#include "base/result.h"
#include "matching/expressions.h"
#include "rules/rule_set.h"

namespace keywake::matching {

/// Views into the bytes given.
struct DatabaseParts {
  ExpressionTables expressions;
  std::string_view sequences;
  std::string_view shapes;  // empty if there are none
};

/// Fails if the bytes are damaged or were compiled from other rules. Bytes that are `trusted` to be neither are not read through.
Result<DatabaseParts> read_database(std::string_view database, const rules::RuleSet& rules, bool trusted);

}  // namespace keywake::matching
