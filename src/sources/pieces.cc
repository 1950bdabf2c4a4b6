// How a large file is cut. The buffer holds a core and the context on either side:
//
//   piece 1   [core .................|context]
//   piece 2                 [context|core ............|context]
//   piece 3                                   [context|core ...... end]
//
// The context after one core and the context before the next are the same 2 × kPieceContext bytes
// around the border, and they are all that is kept from one piece to the next. A piece is handed on
// only when another byte is at hand, so the last is known as such.
#include "sources/pieces.h"

#include <algorithm>
#include <cstring>

namespace keywake::sources {
namespace {

constexpr std::size_t kEnoughHead = 4096;  // for wide_encoding()

// Lines and columns past text that is left behind.
void count_lines(std::string_view text, std::uint32_t& lines, std::uint32_t& column) {
  lines += static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
  std::size_t last_line = text.rfind('\n');
  if (last_line == std::string_view::npos) {
    column += static_cast<std::uint32_t>(text.size());
  } else {
    column = static_cast<std::uint32_t>(text.size() - last_line - 1);
  }
}

}  // namespace

void emit_pieces(std::string_view path, std::string_view bytes, Sink& sink) {
  Piece piece{.path = path};
  while (bytes.size() > kWholeBytes) {
    piece.bytes = bytes.substr(0, kWholeBytes);
    piece.core_begin = piece.first ? 0 : kPieceContext;
    piece.core_end = kWholeBytes - kPieceContext;
    piece.last = false;
    sink.piece(piece);
    std::size_t left_behind = kWholeBytes - 2 * kPieceContext;
    count_lines(bytes.substr(0, left_behind), piece.lines_before, piece.column_before);
    bytes.remove_prefix(left_behind);
    piece.first = false;
  }
  piece.bytes = bytes;
  piece.core_begin = piece.first ? 0 : kPieceContext;
  piece.core_end = bytes.size();
  piece.last = true;
  sink.piece(piece);
}

void PieceWriter::start(std::string_view path) {
  path_ = path;
  size_ = 0;
  first_ = true;
  lines_before_ = column_before_ = 0;
  head_known_ = false;
  head_.clear();
  carry_.clear();
}

void PieceWriter::append(std::string_view bytes) {
  if (!head_known_) {
    if (head_.empty() && bytes.size() >= kEnoughHead) {
      encoding_ = wide_encoding(bytes);
    } else {
      head_ += bytes;
      if (head_.size() < kEnoughHead) return;
      encoding_ = wide_encoding(head_);
      bytes = head_;
    }
    head_known_ = true;
  }
  encoding_ == WideEncoding::kNone ? put(bytes) : convert(bytes, false);
}

void PieceWriter::finish() {
  if (!head_known_) {
    encoding_ = wide_encoding(head_);
    head_known_ = true;
    encoding_ == WideEncoding::kNone ? put(head_) : convert(head_, false);
  }
  if (encoding_ != WideEncoding::kNone) convert({}, true);
  sink_.piece({.path = path_,
               .bytes = {buffer_.get(), size_},
               .core_begin = first_ ? 0 : kPieceContext,
               .core_end = size_,
               .lines_before = lines_before_,
               .column_before = column_before_,
               .first = first_,
               .last = true});
}

void PieceWriter::convert(std::string_view bytes, bool last) {
  converted_.clear();
  if (carry_.empty()) {
    std::size_t used = append_utf8(encoding_, bytes, last, converted_);
    carry_ = bytes.substr(used);
  } else {
    carry_ += bytes;
    carry_.erase(0, append_utf8(encoding_, carry_, last, converted_));
  }
  std::string_view text = converted_;
  if (first_ && size_ == 0 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  put(text);
}

void PieceWriter::put(std::string_view text) {
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kWholeBytes);
  while (!text.empty()) {
    if (size_ == kWholeBytes) flush_full();
    std::size_t part = std::min(text.size(), kWholeBytes - size_);
    std::memcpy(buffer_.get() + size_, text.data(), part);
    size_ += part;
    text.remove_prefix(part);
  }
}

void PieceWriter::flush_full() {
  sink_.piece({.path = path_,
               .bytes = {buffer_.get(), size_},
               .core_begin = first_ ? 0 : kPieceContext,
               .core_end = size_ - kPieceContext,
               .lines_before = lines_before_,
               .column_before = column_before_,
               .first = first_,
               .last = false});
  std::size_t left_behind = size_ - 2 * kPieceContext;
  count_lines({buffer_.get(), left_behind}, lines_before_, column_before_);
  std::memmove(buffer_.get(), buffer_.get() + left_behind, 2 * kPieceContext);
  size_ = 2 * kPieceContext;
  first_ = false;
}

}  // namespace keywake::sources
