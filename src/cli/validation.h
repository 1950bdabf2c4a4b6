// Validation as the commands use it: from arguments to answered credentials, with a progress line. Thread safety: used by one thread.
#pragma once

#include "base/result.h"
#include "cli/arguments.h"
#include "model/finding.h"

namespace keywake::cli {

/// Every credential of the result has a validation afterwards.
Result<void> validate(model::ScanResult& result, const Arguments& arguments);

}  // namespace keywake::cli
