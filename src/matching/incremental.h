// What a copy map means for matching: which hits of the new text must be looked at again, and which
// notes of the old one hold on.
//
// The rule: a note depends on the bytes of its window, and on an end of the text if the window was
// cut short there. If the window lies in one copied span (with that end in both texts the same),
// nothing that it depends on has changed. Every other hit has a window that touches a new byte or
// crosses a seam between spans, so its end lies within a known reach of one. The essay is in the
// .cc.
//
// Ownership: refers to the CopyMap. Thread safety: immutable after construction. Offsets are bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "base/copy_map.h"
#include "matching/confirm.h"
#include "matching/tier_one.h"

namespace keywake::matching {

struct TextWindow {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool at_begin = false;  // it would begin before the text
  bool at_end = false;
};
TextWindow window_at(std::uint32_t hit_end, Reach reach, std::uint32_t text_size);

/// The ranges that hold every hit with a window, of at most `reach`, that no one span holds.
/// Ascending, apart, within the text.
void changed_ranges(const CopyMap& map, Reach reach, std::vector<HitRange>& out);

/// Whether a window of the old text lies in `span`, with the text's ends where it depends on them.
bool holds_old(const CopyMap& map, const CopySpan& span, const TextWindow& window);
/// Whether a window of the new text lies in one span, likewise.
bool held_in_new(const CopyMap& map, const TextWindow& window);

}  // namespace keywake::matching
