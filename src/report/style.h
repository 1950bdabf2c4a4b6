// Colours and line breaks of the text report. Thread safety: immutable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/pattern.h"

namespace keywake::report {

/// What a piece of text is, and so how it looks.
enum class Ink : unsigned char {
  kPlain,
  kStrong,
  kFaint,
  kCommit,
  kAlarm,
  kCalm,
  kCritical,
  kHigh,
  kMedium,
  kLow
};

Ink ink_of(model::Risk risk);

class Style {
 public:
  explicit Style(bool colour) : colour_(colour) {}
  /// `text` must be printable already; it comes back between ANSI sequences, or as it is without
  /// colour.
  [[nodiscard]] std::string paint(Ink ink, std::string_view text) const;

 private:
  bool colour_;
};

struct Piece {
  std::string text;
  Ink ink = Ink::kPlain;
};

/// Columns of a terminal that the text takes: its characters, combining marks left out and wide
/// ones counted twice.
std::size_t columns(std::string_view utf8);

/// At most `width` columns, an ellipsis at the end if something was cut off.
std::string ellipsize(std::string_view utf8, std::size_t width);

/// The pieces with " · " between them, broken between pieces where the next would pass `width`;
/// each line is indented. A piece is never broken: paths, ids and URLs are there to be copied. Ends
/// with a newline; nothing at all for no pieces.
std::string flow(const Style& style, const std::vector<Piece>& pieces, std::size_t indent,
                 std::size_t width);

}  // namespace keywake::report
