// SQLite, loaded for the first database and not before: its symbols take half a millisecond to bind, which every commit hook would pay. The functions
// have their own names here without `sqlite3_`. Thread safety: immutable once loaded.
#pragma once

#include <sqlite3.h>

#include "base/result.h"

namespace keywake::artifacts {

struct Sqlite {
  decltype(&::sqlite3_close_v2) close_v2;
  decltype(&::sqlite3_column_blob) column_blob;
  decltype(&::sqlite3_column_bytes) column_bytes;
  decltype(&::sqlite3_column_int) column_int;
  decltype(&::sqlite3_column_int64) column_int64;
  decltype(&::sqlite3_column_text) column_text;
  decltype(&::sqlite3_column_type) column_type;
  decltype(&::sqlite3_db_config) db_config;
  decltype(&::sqlite3_deserialize) deserialize;
  decltype(&::sqlite3_errmsg) errmsg;
  decltype(&::sqlite3_exec) exec;
  decltype(&::sqlite3_finalize) finalize;
  decltype(&::sqlite3_limit) limit;
  decltype(&::sqlite3_malloc64) malloc64;
  decltype(&::sqlite3_open_v2) open_v2;
  decltype(&::sqlite3_prepare_v2) prepare_v2;
  decltype(&::sqlite3_progress_handler) progress_handler;
  decltype(&::sqlite3_set_authorizer) set_authorizer;
  decltype(&::sqlite3_step) step;
};

/// Loaded at the first call. Fails, at each, if it is not installed.
Result<const Sqlite*> load_sqlite();
/// After load_sqlite() has succeeded.
const Sqlite& sqlite();

}  // namespace keywake::artifacts
