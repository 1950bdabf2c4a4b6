// Writes the source files that put the rules into the binary: constant tables of model::Pattern,
// and an assembler file that includes the compiled databases. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "rules/rule_set.h"

namespace keywake::embed {

struct DatabaseFile {
  std::string_view cpu;  // as in rules::BuiltinDatabase
  std::string name;      // of the file, beside the assembler file; levels may share one
  std::size_t size = 0;
};

/// C++ that defines rules::builtin(). Everything in it is constant-initialised: nothing runs at
/// start-up.
std::string rules_source(const rules::RuleSet& rules, std::span<const DatabaseFile> databases);

struct TextFile {
  std::string name;
  std::string text;
};
/// C++ that defines rules::builtin_validators().
std::string validators_source(std::span<const TextFile> files);

/// GNU assembler that defines one symbol per database.
std::string databases_source(std::span<const DatabaseFile> databases);

}  // namespace keywake::embed
