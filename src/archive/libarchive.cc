#include <fmt/format.h>

#include "archive/libarchive_internal.h"

namespace keywake::archive {

LibArchive::LibArchive() : Library(KEYWAKE_LIBARCHIVE) {}

Result<const LibArchive*> load_libarchive() {
  if (const LibArchive* libarchive = Library::loaded<LibArchive>()) return libarchive;
  return fail(fmt::format("{} cannot be loaded; install it (Debian: libarchive13)", KEYWAKE_LIBARCHIVE));
}

const LibArchive& libarchive() { return *Library::loaded<LibArchive>(); }

}  // namespace keywake::archive
