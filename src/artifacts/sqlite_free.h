// The bytes of a SQLite file that no live cell holds: freed pages, freed space in pages, what lies behind the last byte of an overflow chain.
// Deleted rows stay there until something overwrites them.
// Thread safety: pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keywake::artifacts {

/// The file with blanks for all else, so that offsets stay. Absent if the pages cannot be followed to the last (damage, an unknown page size).
std::optional<std::string> sqlite_free_bytes(std::string_view file);

}  // namespace keywake::artifacts
