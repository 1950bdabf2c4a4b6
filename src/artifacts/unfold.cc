#include "artifacts/unfold.h"

#include <array>

#include "artifacts/binary_xml.h"
#include "artifacts/dex.h"
#include "artifacts/dotnet.h"
#include "artifacts/java_class.h"
#include "artifacts/resource_table.h"

namespace keywake::artifacts {

Format recognise(std::string_view head) {
  if (head.size() < 8) return Format::kNone;
  auto when = [](bool fits, Format format) { return fits ? format : Format::kNone; };
  switch (static_cast<unsigned char>(head[0])) {
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
  static constexpr std::array<std::string_view, 11> kNames{"artifact", "Java class",      "DEX",  "Android binary XML", "Android resource table", ".NET assembly",
                                                           "Python bytecode", "asar archive", "source map", "SQLite database",    "PDF document"};
  return kNames[static_cast<std::size_t>(format)];
}

}  // namespace keywake::artifacts
