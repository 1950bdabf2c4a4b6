// Any bytes as each of the build artifacts that compilers make, behind the front that recognise() asks for: the first byte says which, the rest is
// its content. Whatever comes out is in proportion to what went in, and every byte of it can be read.
#include "artifacts/unfold.h"

#include <cstdlib>
#include <string>

namespace {

std::string le(std::uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i);
  return out;
}

// A PE file of one section, which follows these headers at once and begins with the CLI header.
std::string portable_executable() {
  constexpr unsigned kAddress = 0x2000;
  const std::string coff = le(0x14c, 2) + le(1, 2) + le(0, 12) + le(224, 2) + le(0x2102, 2);
  const std::string optional = le(0x10b, 2) + std::string(90, '\0') + le(16, 4) + std::string(14 * 8, '\0') + le(kAddress, 4) + le(72, 4) + le(0, 8);
  const std::string headers = "MZ" + std::string(58, '\0') + le(64, 4) + std::string("PE\0\0", 4) + coff + optional + std::string(".text\0\0\0", 8) + le(0, 4);
  return headers + le(kAddress, 4) + le(1 << 20, 4) + le(headers.size() + 12 + 16, 4) + le(0, 8) + le(0, 8);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using keywake::artifacts::Format;
  struct Front {
    Format format;
    std::string bytes;
  };
  static const Front kFronts[] = {
      {Format::kClass, std::string("\xca\xfe\xba\xbe\0\0\0\x3d", 8)},
      {Format::kDex, std::string("dex\n035\0", 8) + std::string(0x1c, '\0') + le(0x70, 4) + le(0x12345678, 4)},
      {Format::kBinaryXml, le(3, 2) + le(8, 2) + le(1 << 20, 4) + le(1, 2) + le(28, 2)},
      {Format::kResourceTable, le(2, 2) + le(12, 2) + le(1 << 20, 4) + le(1, 4) + le(1, 2) + le(28, 2)},
      {Format::kDotNet, portable_executable()},
  };
  if (size < 2) return 0;
  const Front& front = kFronts[data[0] % 5];
  const std::string bytes = front.bytes + std::string(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (keywake::artifacts::recognise(bytes) != front.format) return 0;
  std::uint64_t out = 0;
  volatile char sink = 0;
  (void)keywake::artifacts::unfold(front.format, bytes, [&](std::string_view path, std::string_view part) {
    if (path.size() > 8192) std::abort();
    for (const char c : part) sink = static_cast<char>(sink ^ c);
    out += part.size();
  });
  if (out > 16 * (std::uint64_t{bytes.size()} + (128u << 10))) std::abort();
  return 0;
}
