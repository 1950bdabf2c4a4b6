#include <optional>

#include "artifacts/sqlite_internal.h"
#include "base/library.h"

namespace keywake::artifacts {
namespace {

std::optional<Sqlite> loaded() {
  Library library("libsqlite3.so.0");
  Sqlite out{};
  library.take(out.close_v2, "sqlite3_close_v2");
  library.take(out.column_blob, "sqlite3_column_blob");
  library.take(out.column_bytes, "sqlite3_column_bytes");
  library.take(out.column_int, "sqlite3_column_int");
  library.take(out.column_int64, "sqlite3_column_int64");
  library.take(out.column_text, "sqlite3_column_text");
  library.take(out.column_type, "sqlite3_column_type");
  library.take(out.db_config, "sqlite3_db_config");
  library.take(out.deserialize, "sqlite3_deserialize");
  library.take(out.errmsg, "sqlite3_errmsg");
  library.take(out.exec, "sqlite3_exec");
  library.take(out.finalize, "sqlite3_finalize");
  library.take(out.limit, "sqlite3_limit");
  library.take(out.malloc64, "sqlite3_malloc64");
  library.take(out.open_v2, "sqlite3_open_v2");
  library.take(out.prepare_v2, "sqlite3_prepare_v2");
  library.take(out.progress_handler, "sqlite3_progress_handler");
  library.take(out.set_authorizer, "sqlite3_set_authorizer");
  library.take(out.step, "sqlite3_step");
  if (!library.complete()) return std::nullopt;
  return out;
}

const std::optional<Sqlite>& once() {
  static const std::optional<Sqlite> all = loaded();
  return all;
}

}  // namespace

Result<const Sqlite*> load_sqlite() {
  if (once()) return &*once();
  return fail("libsqlite3.so.0 cannot be loaded; install it (Debian: libsqlite3-0)");
}

const Sqlite& sqlite() { return *once(); }

}  // namespace keywake::artifacts
