// The data files that are inside the binary as they stand in patterns/ (cmake/EmbedText.cmake).
// Thread safety: constants.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace keywake::matching {

std::string_view published_text();  // published.tsv
std::string_view canaries_text();   // canaries.tsv

/// Calls `row` with the first N fields, divided by tabs, of each line that has so many and does not
/// begin with '#'.
template <std::size_t N, typename Row>
void each_row(std::string_view text, Row row) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    if (line.starts_with('#')) continue;
    std::array<std::string_view, N> fields;
    std::size_t count = 0;
    for (; count < N; ++count) {
      const std::size_t tab = line.find('\t');
      fields[count] = line.substr(0, tab);
      line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
      if (fields[count].empty()) break;
    }
    if (count == N) row(fields);
  }
}

}  // namespace keywake::matching
