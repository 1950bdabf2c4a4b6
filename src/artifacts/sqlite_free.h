// The bytes of a SQLite file that no live cell holds: freed pages, freed space in pages, what lies behind the last byte of an overflow chain.
// Deleted rows stay there until something overwrites them.
// Thread safety: pure.
#pragma once

#include <string_view>

#include "artifacts/rendering.h"

namespace keywake::artifacts {

/// Blanks all else in `own`, which is of the file. False if the pages cannot be followed to the last (damage, an unknown page size).
bool blank_live_cells(std::string_view file, OwnBytes& own);

}  // namespace keywake::artifacts
