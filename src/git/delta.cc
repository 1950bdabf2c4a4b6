#include "git/delta.h"

#include <algorithm>
#include <bit>
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

// The operands of a copy: the low seven bits of its code say which bytes of the offset (4) and of the length (3) follow. Nearly every copy has
// another choice of them, so there is no branch here for a processor to guess wrong.
static_assert(std::endian::native == std::endian::little, "operands are read as a little-endian word");
struct Copy {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t operands = 0;  // how many bytes they took
};
Copy read_copy(std::uint8_t code, std::uint64_t following) {
  std::uint64_t operands = 0;
  std::uint32_t taken = 0;
  for (unsigned i = 0; i < 7; ++i) {
    const std::uint64_t present = code >> i & 1;
    operands |= (following >> 8 * taken & 0xff & (0 - present)) << 8 * i;
    taken += static_cast<std::uint32_t>(present);
  }
  const auto length = static_cast<std::uint32_t>(operands >> 32);
  return {static_cast<std::uint32_t>(operands), length == 0 ? 0x10000 : length, taken};
}

// Most copies are of a few dozen bytes, for which memcpy() is slow to start. `room`: how many bytes may be read and written, of which those
// behind `length` come to nothing.
void copy_bytes(char* to, const char* from, std::size_t length, std::size_t room) {
  constexpr std::size_t kStep = 32;
  constexpr std::size_t kMany = 8 * kStep;
  if (length > kMany || room < length + kStep) {
    std::memcpy(to, from, length);
    return;
  }
  for (std::size_t i = 0; i < length; i += kStep) std::memcpy(to + i, from + i, kStep);
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
    const auto left = static_cast<std::size_t>(end - op);
    const std::uint64_t space = sizes.result - written;
    if ((code & 0x80) != 0) {
      std::uint64_t following = 0;
      if (left >= sizeof following) {
        std::memcpy(&following, op, sizeof following);
      } else {
        std::memcpy(&following, op, left);
      }
      const Copy copy = read_copy(code, following);
      if (copy.operands > left) return false;
      op += copy.operands;
      if (copy.offset > base.size() || copy.length > base.size() - copy.offset) return false;
      if (copy.length > space) return false;
      copy_bytes(out + written, base.data() + copy.offset, copy.length, std::min<std::uint64_t>(base.size() - copy.offset, space));
      if (map != nullptr && map->spans.size() < kMaxCopySpans) map->add(copy.offset, static_cast<std::uint32_t>(written), copy.length);
      written += copy.length;
    } else if (code != 0) {
      // Insert: the next `code` bytes.
      if (code > left || code > space) return false;
      copy_bytes(out + written, reinterpret_cast<const char*>(op), code, std::min<std::uint64_t>(left, space));
      op += code;
      written += code;
    } else {
      return false;  // reserved
    }
  }
  return written == sizes.result;
}

}  // namespace keywake::git
