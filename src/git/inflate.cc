#include "git/inflate.h"

#include <libdeflate.h>

#include <algorithm>

namespace keywake::git {

Inflater::Inflater() : decompressor_(libdeflate_alloc_decompressor()) {}

Inflater::~Inflater() {
  libdeflate_free_decompressor(static_cast<libdeflate_decompressor*>(decompressor_));
}

std::optional<std::size_t> Inflater::inflate(std::string_view input, char* out, std::size_t size) {
  std::size_t taken = 0;
  // An empty object still has a stream; libdeflate wants somewhere to point.
  char none = 0;
  auto result = libdeflate_zlib_decompress_ex(static_cast<libdeflate_decompressor*>(decompressor_),
                                              input.data(), input.size(), size == 0 ? &none : out,
                                              size, &taken, nullptr);
  if (result != LIBDEFLATE_SUCCESS) return std::nullopt;
  return taken;
}

Inflater::Outcome Inflater::inflate_all(std::string_view input, std::size_t limit,
                                        std::string& out) {
  std::size_t room = std::min(std::max<std::size_t>(input.size() * 4, 4096), std::max<std::size_t>(limit, 1));
  for (;;) {
    out.resize(room);
    std::size_t got = 0;
    auto result = libdeflate_zlib_decompress(static_cast<libdeflate_decompressor*>(decompressor_),
                                             input.data(), input.size(), out.data(), room, &got);
    if (result == LIBDEFLATE_SUCCESS) {
      out.resize(got);
      return Outcome::kDone;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE) return Outcome::kDamaged;
    if (room >= limit) return Outcome::kTooLarge;
    room = std::min(room * 4, limit);
  }
}

}  // namespace keywake::git
