// Git deltas: instructions that build a new object from a base by copying spans of it and inserting new bytes (gitformat-pack(5),
// "Deltified representation"). Every offset is checked: a delta cannot read outside its base or write outside its result.
// Thread safety: all functions are pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/copy_map.h"

namespace keywake::git {

struct DeltaSizes {
  std::uint64_t base = 0;
  std::uint64_t result = 0;
  std::uint32_t header = 0;  // bytes that the two sizes take
};

/// The two sizes that begin a delta; absent if cut off, or if the result is larger than the instructions that follow could
/// make of such a base: a lie costs no memory.
std::optional<DeltaSizes> delta_sizes(std::string_view delta);

/// Past so many spans a map counts the rest of the result as new. Only a delta made to exhaust memory (two bytes for each byte
/// copied) comes near it.
inline constexpr std::size_t kMaxCopySpans = std::size_t{1} << 20;

/// Builds the result at `out`, which has room for sizes.result bytes. Fills `map` with what was copied from where unless it is
/// null; base and result must then be at most limits::kMaxBlob. False if the delta is damaged or does not fit this base; `out` and `map` are then meaningless.
bool apply_delta(std::string_view delta, const DeltaSizes& sizes, std::string_view base, char* out,
                 CopyMap* map);

}  // namespace keywake::git
