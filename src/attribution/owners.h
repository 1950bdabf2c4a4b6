// Owner hints for one credential. Thread safety: pure function.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "attribution/code_owners.h"
#include "attribution/mailmap.h"
#include "model/finding.h"

namespace keywake::attribution {

/// What a repository says of its people.
struct Repository {
  CodeOwners owners;
  Mailmap mailmap;
};

/// The surest first: what its provider said, who answers for the files it stands in, who brought it in, what it says of itself. `repositories`
/// by target; a target may be missing.
std::vector<model::Owner> owners_of(const model::Credential& credential, const std::map<std::string, Repository>& repositories);

}  // namespace keywake::attribution
