// What a rule file must hold to beyond being readable, as far as it needs no engine: names, anchors
// that are worth their cost, citations, examples. matching/rules_check.h runs the examples. Thread
// safety: pure functions.
#pragma once

#include <vector>

#include "rules/loader.h"

namespace keywake::rules {

/// Problems of every pattern in `loaded.sources`, by file, line, column; those of loading are not
/// repeated.
std::vector<Problem> lint(const Loaded& loaded);

}  // namespace keywake::rules
