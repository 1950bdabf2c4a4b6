// Scans a whole history the fast way: the delta-aware walk with the matcher as its visitor, then attribution for what was found.
// Thread safety: one call at a time; works in parallel inside.
#pragma once

#include <string>

#include "git/repository.h"
#include "scan/context.h"
#include "scan/file_scan.h"

namespace keywake::scan {

/// Returns which files of the work tree are, by the index, byte for byte what has just been scanned.
KnownFile scan_history(const Context& context, const git::Repository& repository, const std::string& target);

}  // namespace keywake::scan
