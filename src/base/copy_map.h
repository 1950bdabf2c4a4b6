// CopyMap: which spans of a new text stand unchanged in an earlier text. A git delta says so; so may
// a diff. The matcher uses it to scan only what is new (matching/incremental.h).
// Ownership: values. Thread safety: as std::vector.
#pragma once

#include <cstdint>
#include <vector>

namespace keywake {

/// new[target, target + length) == old[source, source + length).
struct CopySpan {
  std::uint32_t source = 0;
  std::uint32_t target = 0;
  std::uint32_t length = 0;
  bool operator==(const CopySpan&) const = default;
};

struct CopyMap {
  std::uint32_t old_size = 0;
  std::uint32_t new_size = 0;
  /// In ascending order of target, not overlapping there. Two neighbours that continue each other in both
  /// texts are one span, so the border between two spans is always a seam. Whatever no span covers is new.
  std::vector<CopySpan> spans;

  void clear(std::uint32_t old_bytes, std::uint32_t new_bytes) {
    old_size = old_bytes;
    new_size = new_bytes;
    spans.clear();
  }
  void add(std::uint32_t source, std::uint32_t target, std::uint32_t length) {
    if (length == 0) return;
    if (!spans.empty()) {
      CopySpan& last = spans.back();
      if (last.target + last.length == target && last.source + last.length == source) {
        last.length += length;
        return;
      }
    }
    spans.push_back({source, target, length});
  }
};

}  // namespace keywake
