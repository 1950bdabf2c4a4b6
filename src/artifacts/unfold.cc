#include "artifacts/unfold.h"

#include "artifacts/asar.h"
#include "artifacts/pyc.h"
#include "artifacts/source_map.h"
#include "artifacts/sqlite.h"

namespace keywake::artifacts {

Format recognise(std::string_view head) {
  if (is_asar(head)) return Format::kAsar;
  if (is_pyc(head)) return Format::kPyc;
  if (is_sqlite(head)) return Format::kSqlite;
  if (is_source_map(head)) return Format::kSourceMap;
  return Format::kNone;
}

Result<bool> unfold(Format format, std::string_view bytes, const Visit& visit) {
  switch (format) {
    case Format::kAsar:
      return unfold_asar(bytes, visit);
    case Format::kPyc:
      return unfold_pyc(bytes, visit);
    case Format::kSqlite:
      return unfold_sqlite(bytes, visit);
    case Format::kSourceMap:
      return unfold_source_map(bytes, visit);
    default:
      return false;
  }
}

}  // namespace keywake::artifacts
