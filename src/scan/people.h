// Reads who works on a repository, for owner hints: who changed the files that credentials stand in since, who is still active, CODEOWNERS and
// .mailmap of HEAD. Walks back from HEAD as far as that takes, within limits: commits and their trees, nothing else.
// Thread safety: pure but for reading.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "git/repository.h"
#include "model/people.h"

namespace keywake::scan {

/// `since`: by path of a file of today, the date of the commit that first brought a credential into it. `now`: seconds since 1970; who made
/// no commit for kActive before it counts as gone.
model::People read_people(const git::Repository& repository, const std::string& target, const std::map<std::string, std::int64_t>& since, std::int64_t now);

}  // namespace keywake::scan
