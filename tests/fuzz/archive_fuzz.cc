// Any bytes as an archive: from memory and as a stream; whatever comes out, it stays within the
// limits, and no limit, crash or hang of libarchive is met that archive/ does not hold off.
#include "archive/expand.h"

#include <cstdlib>

namespace {

struct Bounded : keywake::archive::Visitor {
  std::uint64_t bytes = 0;
  std::uint64_t members = 0;
  std::uint64_t reports = 0;
  void member(const std::string& path, std::string_view content) override {
    if (path.size() > 9 * 4200) std::abort();
    ++members;
    // Touch every byte, so that the sanitizer sees a view that is not valid.
    volatile char sink = 0;
    for (char c : content) sink = static_cast<char>(sink ^ c);
    bytes += content.size();
  }
  void left_out(const std::string&, const std::string&, bool) override { ++reports; }
};

keywake::archive::Limits small_limits() {
  keywake::archive::Limits limits;
  limits.depth = 3;
  limits.members = 200;
  limits.member_bytes = 1 << 20;
  limits.total_bytes = 4 << 20;
  return limits;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const keywake::archive::Limits limits = small_limits();
  Bounded whole;
  keywake::archive::expand("fuzz.bin", bytes, limits, whole);
  Bounded streamed;
  std::size_t at = 0;
  keywake::archive::Stream stream{[&]() -> keywake::Result<std::string_view> {
    std::string_view part = bytes.substr(at, 512);
    at += part.size();
    return part;
  }};
  keywake::archive::expand("fuzz.bin", stream, limits, streamed);
  for (const Bounded& got : {whole, streamed}) {
    // Nested packages come as bytes beside their members: each level may be seen twice.
    if (got.members > 2 * limits.members || got.reports > 1001) std::abort();
    if (got.bytes > 2 * limits.depth * 3 * limits.total_bytes) std::abort();
  }
  return 0;
}
