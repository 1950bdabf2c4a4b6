// Asks the user's own git about the repository here: where its hooks are, which only git's whole configuration tells. For commands that a
// person runs; scans never do. Thread safety: may be called from several threads.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace keywake::cli {

/// Standard output of `git <arguments>` in `folder`, without the line end at its end. An error says what git said.
Result<std::string> ask_git(const std::string& folder, const std::vector<std::string>& arguments);

}  // namespace keywake::cli
