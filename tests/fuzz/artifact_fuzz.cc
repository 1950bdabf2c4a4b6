// Any bytes as each of the build artifacts that compilers make: the first byte says which, the rest is its content. Whatever comes out is in
// proportion to what went in, and every byte of it can be read.
#include "artifacts/unfold.h"

#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using keywake::artifacts::Format;
  constexpr Format kFormats[] = {Format::kClass, Format::kDex, Format::kBinaryXml, Format::kResourceTable, Format::kDotNet};
  if (size < 2) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  // Readers are given only what is recognised, so they may count on that much.
  const Format format = kFormats[data[0] % 5];
  if (keywake::artifacts::recognise(bytes) != format) return -1;
  std::uint64_t out = 0;
  volatile char sink = 0;
  (void)keywake::artifacts::unfold(format, bytes, [&](std::string_view path, std::string_view part) {
    if (path.size() > 8192) std::abort();
    for (const char c : part) sink = static_cast<char>(sink ^ c);
    out += part.size();
  });
  if (out > 16 * (std::uint64_t{size} + (128u << 10))) std::abort();
  return 0;
}
