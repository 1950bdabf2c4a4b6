// The tier-one database: every anchor, keyword and shape of a rule set (and the anchors' encoded forms) as a table of byte sequences
// (matching/sequences.h), and the shapes that are no such sequence as a Hyperscan block-mode database. matching/expressions.h says which
// expressions those are, in which order: their numbers are what either reports, so a database is only good for the very rule set it was
// compiled from.
//
// Errors: a Result's message names the pattern, or the literal, and what is wrong with it. Thread safety: all functions are pure;
// compiling takes up to a second.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rules/rule_set.h"

namespace keywake::matching {

/// CPU levels a database can be compiled for, best first.
inline constexpr std::array<std::string_view, 3> kCpuLevels{"avx512", "avx2", "base"};

/// The database for one of kCpuLevels, serialized; any machine can compile for any level.
Result<std::string> compile_database(const rules::RuleSet& rules, std::string_view cpu);

/// The best of kCpuLevels that this machine runs.
std::string_view native_cpu();

/// Whether a serialized database is whole and runs on this machine (nothing is said of the rules it
/// was made from).
bool usable_database(std::string_view database);

/// The longest match of a canonical expression in bytes, as Hyperscan sees it; kUnbounded if there
/// is no longest. Fails when Hyperscan cannot compile the expression.
inline constexpr std::uint32_t kUnbounded = 0xffffffff;
Result<std::uint32_t> max_match_length(std::string_view canonical_regex);

}  // namespace keywake::matching
