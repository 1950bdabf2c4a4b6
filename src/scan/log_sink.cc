#include <algorithm>
#include <utility>

#include "scan/log_sink_internal.h"

namespace keywake::scan {
namespace {

// A line of a text and its first byte; moved forward only.
struct Line {
  std::string_view text;
  std::uint32_t number = 1;
  std::size_t begin = 0;

  void to_number(std::uint32_t wanted) {
    while (number < wanted) next(text.find('\n', begin));
  }
  void to_offset(std::size_t offset) {
    for (std::size_t end = text.find('\n', begin); end < offset; end = text.find('\n', begin)) next(end);
  }

 private:
  void next(std::size_t end) {
    begin = end + 1;
    ++number;
  }
};

}  // namespace

void LogSink::piece(const sources::Piece& piece) {
  if (!log_) return matcher_.match(piece, found_);
  text_.take(piece.bytes, piece.column_before == 0);
  sources::Piece clean{.path = piece.path, .bytes = text_.text()};
  clean.core_begin = text_.text_offset(piece.core_begin);
  clean.core_end = text_.text_offset(piece.core_end);
  clean.first = piece.first;
  clean.last = piece.last;
  progress(0, clean.core_end - clean.core_begin);
  // Findings come in the order of where they begin.
  Line line{text_.text()};
  Line raw{piece.bytes};
  matcher_.match(clean, [&](Seen seen) {
    model::Sighting& at = seen.sighting;
    line.to_number(at.line);
    const std::size_t begin = line.begin + at.column - 1;
    Line last = line;
    last.to_number(at.end_line);
    const std::size_t end = last.begin + at.end_column - 1;
    const std::size_t raw_begin = text_.raw_offset(begin);
    // The end follows the last byte, and not what was taken away after that.
    const std::size_t raw_end = end > begin ? text_.raw_offset(end - 1) + 1 : raw_begin;
    raw.to_offset(raw_begin);
    Line raw_last = raw;
    raw_last.to_offset(raw_end);
    const auto column = [&](const Line& of, std::size_t offset) { return static_cast<std::uint32_t>(offset - of.begin + 1) + (of.number == 1 ? piece.column_before : 0); };
    at.column = column(raw, raw_begin);
    at.end_column = column(raw_last, raw_end);
    at.line = raw.number + piece.lines_before;
    at.end_line = raw_last.number + piece.lines_before;
    found_(std::move(seen));
  });
}

}  // namespace keywake::scan
