// libFuzzer over what logs are cleaned by: every byte that stays is found again where it stood, in order. The first byte says whether a line begins.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "scan/log_text.h"

namespace {

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view raw(reinterpret_cast<const char*>(data) + 1, size - 1);
  keywake::scan::LogText log;
  log.take(raw, data[0] % 2 == 0);
  require(log.raw_offset(log.text().size()) == raw.size() && log.text_offset(raw.size()) == log.text().size(), "ends lead to ends");
  std::size_t next = 0;
  for (std::size_t i = 0; i < log.text().size(); ++i) {
    const std::size_t at = log.raw_offset(i);
    require(at >= next && at < raw.size(), "order is kept");
    require(raw[at] == log.text()[i] || (raw[at] == '\x1b' && log.text()[i] == ' '), "bytes are kept");
    require(log.text_offset(at) == i, "the way back is the way");
    next = at + 1;
  }
  return 0;
}
