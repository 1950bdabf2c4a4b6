#include "scan/text_scan.h"

#include "scan/content.h"

namespace keywake::scan {

void scan_texts(const Context& context) {
  if (context.request.texts.empty()) return;
  ContentScanner scanner(context.engine, context.values, {.explain = context.request.explain, .retain = false}, context.archive_limits, false);
  std::vector<Occurrence> found;
  for (const Text& text : context.request.texts) {
    found.clear();
    scanner.scan_text(text.bytes, "", found);
    for (Occurrence& occurrence : found) {
      model::Sighting sighting;
      sighting.path = text.path;
      sighting.line = occurrence.begin.line;
      sighting.column = occurrence.begin.column;
      sighting.end_line = occurrence.end.line;
      sighting.end_column = occurrence.end.column;
      context.collector.add({occurrence.value, std::move(sighting), std::move(occurrence.line_text), "", std::move(occurrence.allow)});
    }
    ++context.collector.files;
    context.collector.bytes += text.bytes.size();
  }
  context.collector.bytes_matched += scanner.scanner().bytes_matched();
}

}  // namespace keywake::scan
