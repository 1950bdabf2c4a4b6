// Owner hints for one credential. Thread safety: pure function.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
  const model::People* people = nullptr;  // null: not known

  /// Whether who goes by this address has made a commit lately; absent: not known.
  [[nodiscard]] std::optional<bool> active(const std::string& email, std::int64_t now) const;
};

/// The surest first, and of equally sure ones those who are active: what its provider said, who answers for the files it stands in, who brought
/// it in, who changed those files since, what the labels
/// of its image say, which project or group has the CI variable that it stands in, what it says of itself. `repositories` by target; a target may be missing. `now`: seconds since 1970.
std::vector<model::Owner> owners_of(const model::Credential& credential, const std::map<std::string, Repository>& repositories, std::int64_t now);

}  // namespace keywake::attribution
