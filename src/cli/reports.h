// Writes the reports of a scan: to standard output and to the files of --output. Thread safety:
// used by one thread.
#pragma once

#include "base/result.h"
#include "cli/arguments.h"
#include "model/finding.h"

namespace keywake::cli {

/// Whether the files of --output can be written, asked before a long scan rather than after it.
Result<void> check_outputs(const Arguments& arguments);

/// Every report that can be written is; the error names all that could not.
Result<void> write_reports(const model::ScanResult& result, const Arguments& arguments,
                           std::int64_t started, std::int64_t finished);

}  // namespace keywake::cli
