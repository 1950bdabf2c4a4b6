// SQLite, loaded for the first database and not before: its symbols take half a millisecond to bind, which every commit hook would pay. The functions
// have their own names here without `sqlite3_`. Thread safety: immutable once loaded.
#pragma once

#include <sqlite3.h>

#include "base/library.h"
#include "base/result.h"

namespace keywake::artifacts {

struct Sqlite : Library {
  Sqlite();
  decltype(&::sqlite3_close_v2) close_v2 = take("sqlite3_close_v2");
  decltype(&::sqlite3_column_blob) column_blob = take("sqlite3_column_blob");
  decltype(&::sqlite3_column_bytes) column_bytes = take("sqlite3_column_bytes");
  decltype(&::sqlite3_column_int) column_int = take("sqlite3_column_int");
  decltype(&::sqlite3_column_int64) column_int64 = take("sqlite3_column_int64");
  decltype(&::sqlite3_column_text) column_text = take("sqlite3_column_text");
  decltype(&::sqlite3_column_type) column_type = take("sqlite3_column_type");
  decltype(&::sqlite3_db_config) db_config = take("sqlite3_db_config");
  decltype(&::sqlite3_deserialize) deserialize = take("sqlite3_deserialize");
  decltype(&::sqlite3_errcode) errcode = take("sqlite3_errcode");
  decltype(&::sqlite3_errstr) errstr = take("sqlite3_errstr");
  decltype(&::sqlite3_exec) exec = take("sqlite3_exec");
  decltype(&::sqlite3_finalize) finalize = take("sqlite3_finalize");
  decltype(&::sqlite3_limit) limit = take("sqlite3_limit");
  decltype(&::sqlite3_malloc64) malloc64 = take("sqlite3_malloc64");
  decltype(&::sqlite3_open_v2) open_v2 = take("sqlite3_open_v2");
  decltype(&::sqlite3_prepare_v2) prepare_v2 = take("sqlite3_prepare_v2");
  decltype(&::sqlite3_progress_handler) progress_handler = take("sqlite3_progress_handler");
  decltype(&::sqlite3_set_authorizer) set_authorizer = take("sqlite3_set_authorizer");
  decltype(&::sqlite3_step) step = take("sqlite3_step");
};

/// Loaded at the first call. Fails, at each, if it is not installed.
Result<const Sqlite*> load_sqlite();
/// After load_sqlite() has succeeded.
const Sqlite& sqlite();

}  // namespace keywake::artifacts
