// Reads validator files (docs/validators.md). Ownership: values. Thread safety: the functions are independent of one another. Errors: every
// problem of every file is collected; a validator with a problem is left out, the others are loaded.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "model/validator.h"
#include "rules/loader.h"

namespace keywake::rules {

struct LoadedValidators {
  std::vector<model::Validator> validators;  // in order of loading
  std::vector<Problem> problems;             // by file, line, column
};

/// Adds those of one file, or of every *.toml of a folder in order of name.
void load_validators(const std::filesystem::path& path, LoadedValidators& into);
/// Adds those of a file's text; `file` names it in messages and, by its stem, the provider.
void load_validator_text(std::string_view text, std::string_view file, LoadedValidators& into);

/// What is wrong with them beside that: unique ids, hosts that hold all requests, names that resolve, examples of each kind, patterns that
/// exist and have one validator only. `patterns` are all that there are.
std::vector<Problem> lint_validators(const LoadedValidators& loaded, std::span<const model::Pattern> patterns);

}  // namespace keywake::rules
