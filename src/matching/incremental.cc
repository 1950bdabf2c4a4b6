// Why this is exact. Let a hit end at p, with the window [p - before, p + after) clipped to the
// text. Call an offset x of the new text changed if it is a byte that no span covers, or a seam:
// the border between two spans, or an end of the text that is not the same end in the old one. If
// no one span holds the window, it contains such a byte or has such a seam strictly inside (or, cut
// short at an end, needs that end), so p - before < x and x < p + after + 1: p lies in (x - after -
// 1, x + before]. Conversely a held window has the same bytes and the same ends in the old text, so
// the same hit was seen there and came to the same notes.
//
//     old  ....aaaaaaaabbbbbbbb........
//     new  aaaaaaaa+++bbbbbbbbaaaa      "+++" is new, and so is the seam between b and the second a
//               ^^^^^^^^^    ^^^^^^     what is looked at again, for a reach of 3
#include "matching/incremental.h"

#include <algorithm>

namespace keywake::matching {
namespace {

constexpr std::uint32_t kMergeGap = 128;  // a shorter gap costs less to scan than another call

class Ranges {
 public:
  Ranges(Reach reach, std::uint32_t size, std::vector<HitRange>& out)
      : reach_(reach), size_(size), out_(out) {}

  // The changed offsets [begin, end), or the seam at begin == end.
  void add(std::uint32_t begin, std::uint32_t end) {
    std::uint32_t after = begin > reach_.after + 1 ? begin - reach_.after - 1 : 0;
    auto last = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(size_, std::uint64_t{end} + reach_.before));
    if (!out_.empty() && after <= std::uint64_t{out_.back().last} + kMergeGap) {
      out_.back().last = std::max(out_.back().last, last);
    } else {
      out_.push_back({after, last});
    }
  }

 private:
  Reach reach_;
  std::uint32_t size_;
  std::vector<HitRange>& out_;
};

bool ends_agree(const CopyMap& map, const CopySpan& span, bool at_begin, bool at_end) {
  if (at_begin && (span.source != 0 || span.target != 0)) return false;
  return !at_end ||
         (span.source + span.length == map.old_size && span.target + span.length == map.new_size);
}

}  // namespace

TextWindow window_at(std::uint32_t hit_end, Reach reach, std::uint32_t text_size) {
  TextWindow window;
  window.at_begin = hit_end < reach.before;
  window.begin = window.at_begin ? 0 : hit_end - reach.before;
  window.at_end = text_size - hit_end < reach.after;
  window.end = window.at_end ? text_size : hit_end + reach.after;
  return window;
}

void changed_ranges(const CopyMap& map, Reach reach, std::vector<HitRange>& out) {
  out.clear();
  if (map.new_size == 0) return;
  Ranges ranges(reach, map.new_size, out);
  std::uint32_t covered = 0;
  bool seam = map.spans.empty() || map.spans.front().source != 0 || map.spans.front().target != 0;
  for (const CopySpan& span : map.spans) {
    if (seam || span.target > covered) ranges.add(covered, span.target);
    covered = span.target + span.length;
    seam = true;
  }
  const CopySpan last = map.spans.empty() ? CopySpan{} : map.spans.back();
  bool same_end =
      !map.spans.empty() && covered == map.new_size && last.source + last.length == map.old_size;
  if (!same_end) ranges.add(covered, map.new_size);
}

bool holds_old(const CopyMap& map, const CopySpan& span, const TextWindow& window) {
  return window.begin >= span.source && window.end <= span.source + span.length &&
         ends_agree(map, span, window.at_begin, window.at_end);
}

bool held_in_new(const CopyMap& map, const TextWindow& window) {
  auto after = std::upper_bound(
      map.spans.begin(), map.spans.end(), window.begin,
      [](std::uint32_t offset, const CopySpan& span) { return offset < span.target; });
  if (after == map.spans.begin()) return false;
  const CopySpan& span = *std::prev(after);
  return window.end <= span.target + span.length &&
         ends_agree(map, span, window.at_begin, window.at_end);
}

}  // namespace keywake::matching
