// Any bytes as each of the artifacts that libraries or readers of our own take apart, recognised or not: the first byte says which, the rest is its
// content. Whatever comes out is bounded.
#include "artifacts/unfold.h"

#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using keywake::artifacts::Format;
  if (size < 2) return 0;
  constexpr Format kFormats[] = {Format::kPyc, Format::kAsar, Format::kSourceMap, Format::kSqlite, Format::kPdf, Format::kOffice};
  const Format format = kFormats[data[0] % 6];
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::uint64_t out = 0;
  (void)keywake::artifacts::recognise(bytes);
  (void)keywake::artifacts::unfold(format, bytes, [&](std::string_view path, std::string_view part) {
    if (path.size() > 8192) std::abort();
    for (const char c : part) out += c == '\0' ? 2 : 1;
  });
  if (out > (512ull << 20)) std::abort();
  return 0;
}
