// What a program wrote, out of a log of a CI job: without the colours of terminals and without the date that each line begins with, which may
// stand between a name and its value, or tear a key of several lines apart. Positions lead back to the log as it is.
//
// Taken away: escape sequences that paint or erase (ECMA-48: SGR, EL; ISO 2022: designation of character sets) and, at the beginning of lines,
//   2024-01-31T12:00:00.0000000Z    GitHub; the first line after a byte order mark
//   2024-01-31T12:00:00.000000Z 00O GitLab Runner (https://docs.gitlab.com/ci/jobs/job_logs/): number of the stream, O or E; a + in place of the
//                                   blank says that the line goes on with the one before, so they are put together
//   [2024-01-31T12:00:00.000Z]      Jenkins (https://plugins.jenkins.io/timestamper/)
// Other control sequences move the cursor: a blank takes their place. All else stays: a carriage return is an end that the matcher knows.
// Ownership: refers to the raw bytes, owns the text. Thread safety: as a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keywake::scan {

class LogText {
 public:
  /// `line_begins`: raw[0] is the first byte of a line. The former content is lost.
  void take(std::string_view raw, bool line_begins);

  [[nodiscard]] std::string_view text() const { return text_; }
  /// Of a byte of the text: where it stands in the log; of its end: the log's.
  [[nodiscard]] std::size_t raw_offset(std::size_t offset) const;
  /// Of a byte of the log: its place in the text, or of what follows it there.
  [[nodiscard]] std::size_t text_offset(std::size_t raw) const;

 private:
  struct Run {  // of bytes that stayed
    std::uint32_t text = 0;
    std::uint32_t raw = 0;
  };
  void keep(std::size_t begin, std::size_t end);

  std::string_view raw_;
  std::string text_;
  std::vector<Run> runs_;
};

}  // namespace keywake::scan
