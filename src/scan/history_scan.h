// Scans a whole history the fast way: the delta-aware walk with the matcher as its visitor, then attribution for what was found.
// Thread safety: one call at a time; works in parallel inside.
#pragma once

#include <vector>

#include "git/repository.h"
#include "scan/context.h"
#include "scan/history_report.h"

namespace keywake::scan {

/// What the walk leaves for the scan of the work tree that follows.
struct HistoryOutcome {
  std::vector<git::Appearance> appearances;
  FindingsByBlob findings;
};

HistoryOutcome scan_history(const Context& context, const git::Repository& repository, const std::string& target);

}  // namespace keywake::scan
