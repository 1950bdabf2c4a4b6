// Cutting files into pieces with context (sources/sink.h).
// Ownership: a PieceWriter holds one buffer of a little more than 8 MiB, made when first needed and
// used again. Thread safety: one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/utf16.h"
#include "sources/sink.h"

namespace keywake::sources {

/// A file up to this size is one piece.
inline constexpr std::size_t kWholeBytes = kPieceBytes + 2 * kPieceContext;

/// Bytes in memory, as they are: one piece or several, without a copy.
void emit_pieces(std::string_view path, std::string_view bytes, Sink& sink);

/// Bytes that come in parts, of a file of any size. UTF-16 and UTF-32 text is recognised and
/// converted on the way.
class PieceWriter {
 public:
  explicit PieceWriter(Sink& sink) : sink_(sink) {}

  /// `path` must stay valid until finish().
  void start(std::string_view path);
  void append(std::string_view bytes);
  void finish();

 private:
  void convert(std::string_view bytes, bool last);
  void put(std::string_view text);
  void flush_full();

  Sink& sink_;
  std::string_view path_;
  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0;
  bool first_ = true;
  std::uint32_t lines_before_ = 0;
  std::uint32_t column_before_ = 0;

  bool head_known_ = false;
  WideEncoding encoding_ = WideEncoding::kNone;
  std::string head_;       // until there is enough to tell the encoding
  std::string converted_;  // scratch
  std::string carry_;      // of a character cut by the end of a part
};

}  // namespace keywake::sources
