// Takes artifacts apart in tests and keeps what came out.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "artifacts/unfold.h"
#include "catch.h"

namespace made {

using keywake::artifacts::Format;

inline std::string le(std::uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i);
  return out;
}
inline std::string be(std::uint64_t value, unsigned bytes) {
  const std::string out = le(value, bytes);
  return {out.rbegin(), out.rend()};
}

struct Taken {
  std::map<std::string, std::string> parts;
  std::size_t bytes = 0;
  std::string error;
  bool all = false;
  std::string operator[](const std::string& path) const { return parts.contains(path) ? parts.at(path) : "(no such part)"; }
};

/// As it is recognised.
inline Taken take_apart(std::string_view artifact) {
  Taken out;
  const auto result = keywake::artifacts::unfold(keywake::artifacts::recognise(artifact), artifact, [&](std::string_view path, std::string_view part) {
    out.parts[std::string(path)] += part;
    out.bytes += part.size();
  });
  out.all = result.value_or(false);
  if (!result) out.error = result.error().message;
  return out;
}

/// Cut short and changed at every byte: an error or other parts, never more than `most` times the bytes. Returns how many changes were errors.
inline std::size_t damage_everywhere(const std::string& whole, std::size_t most) {
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // A copy of its own, so that a read beyond the end shows under the sanitizers.
    const std::string cut(whole.data(), size);
    CHECK(take_apart(cut).bytes <= most * whole.size());
  }
  std::size_t errors = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const char change : {'\xff', '\x7f', '\x01'}) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ change);
      const Taken got = take_apart(changed);
      CHECK(got.bytes <= most * whole.size());
      errors += got.error.empty() ? 0 : 1;
    }
  }
  return errors;
}

}  // namespace made
