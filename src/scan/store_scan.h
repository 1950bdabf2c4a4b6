// Stores of variables (stores/store.h): what can be read of their values is scanned, the rest is listed.
// Thread safety: as Context; the requests are made by the calling thread.
#pragma once

#include <string>
#include <vector>

#include "scan/context.h"

namespace keywake::scan {

/// Of one store, from reading it to the result's variables, which only the found credentials tell.
struct ScannedVariable {
  model::Variable about;
  bool is_secret = false;  // the store says so
};

/// Appends every variable to `variables`. The variables of one scope are scanned as one text, NAME=value line by line, so that a name is
/// evidence and a key finds its id, as in a file.
Result<void> scan_store(const Context& context, const std::string& target, std::vector<ScannedVariable>& variables);

/// Those that reports show: hidden ones, and those with a secret and settings that leak. `now`: seconds since 1970.
std::vector<model::Variable> variables_to_report(std::vector<ScannedVariable> variables, const std::vector<model::Credential>& credentials, std::int64_t now);

}  // namespace keywake::scan
