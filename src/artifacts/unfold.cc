#include "artifacts/unfold.h"

#include <array>

#include "artifacts/asar.h"
#include "artifacts/binary_xml.h"
#include "artifacts/dex.h"
#include "artifacts/dotnet.h"
#include "artifacts/java_class.h"
#include "artifacts/office.h"
#include "artifacts/pdf.h"
#include "artifacts/pyc.h"
#include "artifacts/resource_table.h"
#include "artifacts/source_map.h"
#include "artifacts/sqlite.h"

namespace keywake::artifacts {

Format recognise(std::string_view head) {
  if (head.size() < 8) return Format::kNone;
  auto when = [](bool fits, Format format) { return fits ? format : Format::kNone; };
  if (is_pyc(head)) return Format::kPyc;  // its first byte is a version's number
  switch (static_cast<unsigned char>(head[0])) {
    case 4:
      return when(is_asar(head), Format::kAsar);
    case 'S':
      return when(is_sqlite(head), Format::kSqlite);
    case '%':
      return when(is_pdf(head), Format::kPdf);
    case '<':
      return when(is_office(head), Format::kOffice);
    case 0xef:  // a byte order mark
      if (is_office(head)) return Format::kOffice;
      return when(is_source_map(head), Format::kSourceMap);
    case '{':
    case ' ':
    case '\t':
    case '\r':
    case '\n':
      return when(is_source_map(head), Format::kSourceMap);
    case 0x02:
      return when(is_resource_table(head), Format::kResourceTable);
    case 0x03:
      return when(is_binary_xml(head), Format::kBinaryXml);
    case 0xca:
      return when(is_class(head), Format::kClass);
    case 'd':
      return when(is_dex(head), Format::kDex);
    case 'M':
      return when(is_dotnet(head), Format::kDotNet);
    default:
      return Format::kNone;
  }
}

Result<bool> unfold(Format format, std::string_view bytes, const Visit& visit) {
  switch (format) {
    case Format::kPyc:
      return unfold_pyc(bytes, visit);
    case Format::kAsar:
      return unfold_asar(bytes, visit);
    case Format::kSourceMap:
      return unfold_source_map(bytes, visit);
    case Format::kPdf:
      return unfold_pdf(bytes, visit);
    case Format::kOffice:
      return unfold_office(bytes, visit);
    case Format::kSqlite:
      return unfold_sqlite(bytes, visit);
    case Format::kClass:
      return unfold_class(bytes, visit);
    case Format::kDex:
      return unfold_dex(bytes, visit);
    case Format::kBinaryXml:
      return unfold_binary_xml(bytes, visit);
    case Format::kResourceTable:
      return unfold_resource_table(bytes, visit);
    case Format::kDotNet:
      return unfold_dotnet(bytes, visit);
    default:
      return false;
  }
}

std::string_view name(Format format) {
  static constexpr std::array<std::string_view, 12> kNames{"artifact", "Java class",      "DEX",  "Android binary XML", "Android resource table", ".NET assembly",
                                                           "Python bytecode", "asar archive", "source map", "SQLite database",    "PDF document",       "Office document"};
  return kNames[static_cast<std::size_t>(format)];
}

}  // namespace keywake::artifacts
