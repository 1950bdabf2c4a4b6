// What a CI variable's name says of its value: PROD_DB_PASSWORD is a password of a database, in production. Evidence, not proof: people write
// such names, so it is said among the reasons of a risk and moves nothing. Thread safety: pure function.
#pragma once

#include <string>
#include <string_view>

namespace keywake::attribution {

struct NameEvidence {
  std::string_view environment;  // "production", "staging", "development", "test"; empty: the name says none
  std::string_view kind;         // "database", "mail server", "deployment"; empty: likewise
};

/// Words are what stands between characters other than letters, and in camelCase what begins with a capital.
NameEvidence name_evidence(std::string_view variable);

}  // namespace keywake::attribution
