// The two parts of a serialized database, for whoever loads one (matching/engine.cc). Views into the bytes given.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace keywake::matching {

struct DatabaseBytes {
  std::uint64_t fingerprint = 0;  // Expressions::fingerprint of the rules it was compiled from
  std::string_view hyperscan;
};
std::optional<DatabaseBytes> split_database(std::string_view database);

}  // namespace keywake::matching
