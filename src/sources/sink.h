// Sink: where a source of plain files (a directory, a file, standard input) puts what it reads. The pipeline implements it.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/finding.h"

namespace keywake::sources {

/// A piece of a file: all of it, or, of a file larger than a piece, one part with context on either side. A finding belongs
/// to the piece whose core its first byte lies in, so pieces overlap and nothing is counted twice.
struct Piece {
  std::string_view path;   // relative to the target; members of archives after "!/"
  std::string_view bytes;  // valid during the call
  std::size_t core_begin = 0;
  std::size_t core_end = 0;
  std::uint32_t lines_before = 0;   // newlines in the file before bytes[0]
  std::uint32_t column_before = 0;  // bytes of the unfinished line before bytes[0]
  bool first = true;  // bytes[0] is the file's first byte; likewise the last
  bool last = true;
};

class Sink {
 public:
  virtual ~Sink() = default;
  /// Called from several threads at once.
  virtual void piece(const Piece& piece) = 0;
  virtual void skip(model::Skip skip) = 0;
  /// For the progress line; called often, must be cheap.
  virtual void progress(std::uint64_t files, std::uint64_t bytes) = 0;
};

}  // namespace keywake::sources
