#include "scan/piece_matcher_internal.h"

#include <utility>

namespace keywake::scan {

PieceMatcher::PieceMatcher(const Context& context) : context_(context), workers_([&context] { return Worker(context); }) {}

PieceMatcher::~PieceMatcher() {
  for (Worker& worker : workers_) context_.collector.bytes_matched += worker.scanner.bytes_matched();
}

void PieceMatcher::match(const sources::Piece& piece, const std::function<void(Seen)>& found) {
  Worker& worker = workers_.local();
  worker.notes.clear();
  worker.scanner.scan(piece.bytes, worker.notes);
  if (worker.notes.empty()) return;
  worker.settled.clear();
  worker.occurrences.clear();
  matching::settle(worker.notes, context_.values, worker.settled);
  std::erase_if(worker.settled, [&](const matching::Settled& each) { return each.begin < piece.core_begin || each.begin >= piece.core_end; });
  locate(piece.bytes, worker.settled, "", worker.occurrences);
  for (Occurrence& occurrence : worker.occurrences) {
    auto line = [&](const Position& at) { return at.line + piece.lines_before; };
    auto column = [&](const Position& at) { return at.line == 1 ? at.column + piece.column_before : at.column; };
    model::Sighting sighting;
    sighting.path = piece.path;
    sighting.line = line(occurrence.begin);
    sighting.column = column(occurrence.begin);
    sighting.end_line = line(occurrence.end);
    sighting.end_column = column(occurrence.end);
    found({occurrence.value, std::move(sighting), std::move(occurrence.line_text), "", occurrence.allow});
  }
}

}  // namespace keywake::scan
