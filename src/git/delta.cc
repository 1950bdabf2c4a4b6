#include "git/delta.h"

#include <cstring>

#include "base/limits.h"

namespace keywake::git {
namespace {

std::optional<std::uint64_t> read_size(std::string_view delta, std::size_t& at) {
  std::uint64_t size = 0;
  for (int shift = 0; shift <= 56; shift += 7) {
    if (at >= delta.size()) return std::nullopt;
    auto byte = static_cast<std::uint8_t>(delta[at++]);
    size |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return size;
  }
  return std::nullopt;
}

}  // namespace

std::optional<DeltaSizes> delta_sizes(std::string_view delta) {
  std::size_t at = 0;
  auto base = read_size(delta, at);
  if (!base) return std::nullopt;
  auto result = read_size(delta, at);
  if (!result) return std::nullopt;
  // An instruction of k bytes makes at most the whole base, or k - 1 bytes of its own.
  const std::uint64_t body = delta.size() - at;
  if (*result > body && (body == 0 || *result / body > *base)) return std::nullopt;
  return DeltaSizes{*base, *result, static_cast<std::uint32_t>(at)};
}

bool apply_delta(std::string_view delta, const DeltaSizes& sizes, std::string_view base, char* out,
                 CopyMap* map) {
  if (sizes.base != base.size()) return false;
  if (map != nullptr) {
    if (sizes.base > limits::kMaxBlob || sizes.result > limits::kMaxBlob) return false;
    map->clear(static_cast<std::uint32_t>(sizes.base), static_cast<std::uint32_t>(sizes.result));
  }
  const auto* op = reinterpret_cast<const std::uint8_t*>(delta.data()) + sizes.header;
  const auto* const end = reinterpret_cast<const std::uint8_t*>(delta.data()) + delta.size();
  std::uint64_t written = 0;
  while (op < end) {
    const std::uint8_t code = *op++;
    if ((code & 0x80) != 0) {
      // Copy: the low seven bits say which bytes of the offset (4) and of the length (3) follow.
      std::uint32_t offset = 0;
      std::uint32_t length = 0;
      for (int i = 0; i < 4; ++i) {
        if ((code & (1 << i)) == 0) continue;
        if (op == end) return false;
        offset |= std::uint32_t{*op++} << (8 * i);
      }
      for (int i = 0; i < 3; ++i) {
        if ((code & (0x10 << i)) == 0) continue;
        if (op == end) return false;
        length |= std::uint32_t{*op++} << (8 * i);
      }
      if (length == 0) length = 0x10000;
      if (offset > base.size() || length > base.size() - offset) return false;
      if (length > sizes.result - written) return false;
      std::memcpy(out + written, base.data() + offset, length);
      if (map != nullptr && map->spans.size() < kMaxCopySpans) map->add(offset, static_cast<std::uint32_t>(written), length);
      written += length;
    } else if (code != 0) {
      // Insert: the next `code` bytes.
      if (code > static_cast<std::size_t>(end - op) || code > sizes.result - written) return false;
      std::memcpy(out + written, op, code);
      op += code;
      written += code;
    } else {
      return false;  // reserved
    }
  }
  return written == sizes.result;
}

}  // namespace keywake::git
