// A place in a text, for the rooms of the assignment lexer (matching/assignment.h): what is read of it is counted against the window, and
// what lies behind the window's end makes everything that was read void, since the text may go on there.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/ascii.h"

namespace keywake::matching {

inline constexpr std::size_t kMaxBlanks = 48;

constexpr bool is_name(char c) { return is_alnum(c) || c == '_'; }
constexpr bool is_joint(char c) { return c == '.' || c == '-'; }
// The set is a literal: inlined this is a few comparisons, where find() would be a call.
constexpr bool is_one_of(char c, std::string_view set) {
  for (char one : set) {
    if (c == one) return true;
  }
  return false;
}

struct Cursor {
  std::string_view text;
  std::size_t at = 0;
  bool at_end = true;    // the text ends where it ends, it was not cut off
  bool ran_out = false;  // something was read from behind a cut

  /// The byte at a position; NUL where there is none.
  char peek(std::size_t where) {
    if (where < text.size()) return text[where];
    ran_out |= !at_end;
    return '\0';
  }
  char now() { return peek(at); }
  char next() { return peek(at + 1); }
  bool starts_at(std::size_t where, std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (peek(where + i) != word[i]) return false;
    }
    return true;
  }
  bool starts(std::string_view word) { return starts_at(at, word); }
  bool take(std::string_view word) {
    if (!starts(word)) return false;
    at += word.size();
    return true;
  }
  void skip_blanks() {
    for (std::size_t n = 0; n < kMaxBlanks && is_blank(now()); ++n) ++at;
  }
  void skip_spaces() {
    for (std::size_t n = 0; n < kMaxBlanks && is_space(now()); ++n) ++at;
  }
  [[nodiscard]] std::string_view since(std::size_t begin) const { return text.substr(begin, at - begin); }
};

}  // namespace keywake::matching
