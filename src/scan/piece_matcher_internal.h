// Matches pieces of files (sources/sink.h) and says where in the file its findings stand. One for a whole source, so that its threads' scanners
// are used again from file to file.
// Ownership: refers to the context. Thread safety: match() from several threads at once.
#pragma once

#include <tbb/enumerable_thread_specific.h>

#include <functional>

#include "scan/content.h"
#include "scan/context.h"
#include "sources/sink.h"

namespace keywake::scan {

class PieceMatcher {
 public:
  explicit PieceMatcher(const Context& context);
  PieceMatcher(const PieceMatcher&) = delete;
  PieceMatcher& operator=(const PieceMatcher&) = delete;
  ~PieceMatcher();

  /// Hands over each finding of the piece's core, with path, lines and columns; target and folder are the caller's to add.
  void match(const sources::Piece& piece, const std::function<void(Seen)>& found);

 private:
  struct Worker {
    explicit Worker(const Context& context) : scanner(context.engine, context.values, {.explain = context.request.explain, .retain = false}) {}
    matching::Scanner scanner;
    matching::Notes notes;
    std::vector<matching::Settled> settled;
    std::vector<Occurrence> occurrences;
  };

  const Context& context_;
  tbb::enumerable_thread_specific<Worker> workers_;
};

}  // namespace keywake::scan
