#include "artifacts/unfold.h"

#include <array>

namespace keywake::artifacts {

Format recognise(std::string_view head) {
  if (head.size() < 8) return Format::kNone;
  switch (static_cast<unsigned char>(head[0])) {
    default:
      return Format::kNone;
  }
}

Result<bool> unfold(Format format, std::string_view, const Visit&) {
  switch (format) {
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
