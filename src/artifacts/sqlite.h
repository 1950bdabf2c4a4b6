// SQLite databases: rows as text that patterns match (in the file a column's name stands nowhere near its value).
// Source: sqlite.org/fileformat2.html; read with SQLite itself, from a copy in memory, read-only, defensive, without trust in the schema; no view,
// trigger, virtual table, function or generated column is evaluated.
// Parts: "schema", "table/NAME" with a line `column = "value"` for each value and an empty line between rows, and the file's
// own bytes with blanks for all live cells: what is left are deleted rows. If the pages cannot be followed, the file's own bytes are to be scanned.
// Ownership: views are valid during the call. Thread safety: functions may run at once on different input.
#pragma once

#include "artifacts/unfold.h"

namespace keywake::artifacts {

bool is_sqlite(std::string_view head);

Result<bool> unfold_sqlite(std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
