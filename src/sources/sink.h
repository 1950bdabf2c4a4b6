// Sink: where a source of plain files (a directory, a file, standard input) puts what it reads. The
// pipeline implements it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "model/finding.h"

namespace keywake::sources {

/// What a matcher may need to see on either side of a match.
inline constexpr std::size_t kPieceContext = 40 * limits::kKiB;
/// A file up to kPieceBytes + 2 × kPieceContext is one piece; a larger one is cut into cores of
/// kPieceBytes and more.
inline constexpr std::size_t kPieceBytes = 8 * limits::kMiB;

/// A piece of a file: all of it, or, of a file larger than a piece, one part with context on either
/// side. A finding belongs to the piece whose core its first byte lies in, so pieces overlap and
/// nothing is counted twice. The pieces of a file come one after another, in order, on one thread.
struct Piece {
  std::string_view path;   // relative to the target; members of archives after "!/"; bytes as they
                           // are, to be made printable
  std::string_view bytes;  // valid during the call; UTF-8 if the file was UTF-16
  std::size_t core_begin = 0;
  std::size_t core_end = 0;
  std::uint32_t lines_before = 0;   // newlines in the file before bytes[0]
  std::uint32_t column_before = 0;  // bytes of the unfinished line before bytes[0]
  bool first = true;                // bytes[0] is the file's first byte; likewise the last
  bool last = true;
};

class Sink {
 public:
  virtual ~Sink() = default;
  // All are called from several threads at once. None may wait for TBB tasks: the waiting thread
  // could take up another file and overwrite the buffer that the piece lies in.
  virtual void piece(const Piece& piece) = 0;
  virtual void skip(model::Skip skip) = 0;
  /// Files (members of archives count) and bytes since the last call; every few dozen files or
  /// megabytes.
  virtual void progress(std::uint64_t files, std::uint64_t bytes) = 0;
};

}  // namespace keywake::sources
