#include "artifacts/sqlite_internal.h"
#include "artifacts/unfold.h"

namespace keywake::artifacts {

Sqlite::Sqlite() : Library("libsqlite3.so.0") {}

Result<const Sqlite*> load_sqlite() {
  if (const Sqlite* sqlite = Library::loaded<Sqlite>()) return sqlite;
  return fail(std::string(kNoReader) + "libsqlite3.so.0 cannot be loaded; install it (Debian: libsqlite3-0)");
}

const Sqlite& sqlite() { return *Library::loaded<Sqlite>(); }

}  // namespace keywake::artifacts
