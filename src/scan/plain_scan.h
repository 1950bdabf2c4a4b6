// Scans history commit by commit through libgit2, every version in full: --range, --since and --branch, which are small, and --exhaustive,
// the check on the delta walk. Also staged changes.
// Thread safety: one call at a time; works in parallel inside.
#pragma once

#include <string>

#include "base/result.h"
#include "git/repository.h"
#include "scan/context.h"

namespace keywake::scan {

/// An error for a revision or date that is not known.
Result<void> scan_commits(const Context& context, const git::Repository& repository, const std::string& target);

/// What Request::push brings: its commits, and the tags, trees and blobs that its refs point to. An object that is missing is a failure
/// in the summary.
Result<void> scan_push(const Context& context, const git::Repository& repository, const std::string& target);

/// What the index would add to HEAD.
Result<void> scan_staged(const Context& context, const git::Repository& repository, const std::string& target);

}  // namespace keywake::scan
