// Text for people: quoting of hostile bytes, sizes, durations, places in a text, globs.
// Thread safety: all functions are pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace keywake {

/// Bytes from a scanned target made safe for a terminal and a one-line message: control characters
/// (C0, DEL, C1) and bytes that are not UTF-8 become \n, \t, \e or \xNN; bidirectional overrides become \u{NNNN}.
std::string printable(std::string_view bytes);

/// Valid UTF-8 for JSON and CSV: every byte that is not part of a valid sequence becomes U+FFFD.
std::string to_utf8(std::string_view bytes);

/// "512 B", "3.4 MiB", "8.1 GiB".
std::string human_bytes(std::uint64_t bytes);
/// "0.41 s", "12 s", "3 min 20 s", "2 h 5 min".
std::string human_seconds(double seconds);
/// 1234567 → "1,234,567".
std::string human_count(std::uint64_t count);

/// A place in a text: lines and columns count from 1; a column counts bytes from the line's start.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};
Position position_at(std::string_view text, std::size_t offset);

/// Shell-style match of a whole path: `*` and `?` within one component, `**` across components, `[a-z]`.
/// A pattern without `/` is matched against the last component; a pattern that matches a folder matches all in it.
bool glob_match(std::string_view pattern, std::string_view path);

/// The candidate nearest to `word` by edit distance, if near enough to be a misspelling; else empty.
template <typename Range>
std::string_view nearest(std::string_view word, const Range& candidates);
std::size_t edit_distance(std::string_view a, std::string_view b);

template <typename Range>
std::string_view nearest(std::string_view word, const Range& candidates) {
  std::string_view best;
  std::size_t best_distance = word.size() / 3 + 2;
  for (std::string_view candidate : candidates) {
    std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace keywake
