// Holds rule files to their own examples, through the whole engine: both engines compile every expression; each match example yields
// exactly what it marks, alone, amid other text and in the carriers of matching/carriers.h; each reject example yields nothing of its
// pattern. Thread safety: pure functions. Errors: every problem is a line for a person, with the place of the pattern or example.
#pragma once

#include <string>
#include <vector>

#include "rules/loader.h"

namespace keywake::matching {

/// What is wrong, in order of the patterns; empty when all holds.
std::vector<std::string> check_examples(const rules::Loaded& loaded);

}  // namespace keywake::matching
