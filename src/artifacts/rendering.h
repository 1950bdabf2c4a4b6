// What the parts of an artifact are made of: lines with names and values, and the bytes that are left over.
// Ownership: refers to the visitor and the bytes. Thread safety: one thread at a time; the functions are pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "artifacts/unfold.h"

namespace keywake::artifacts {

/// Java's modified UTF-8 (JVMS 4.4.7) as UTF-8; what is neither becomes U+FFFD.
std::string from_modified_utf8(std::string_view bytes);
std::string from_utf16le(std::string_view bytes);

/// `"value"`, in the quotes that the value does not hold itself, or as it is if it holds both: nothing is escaped, so that a secret stays as it was.
std::string quoted(std::string_view value);

/// A part in which line N is entry N of a table in the file, so that it is the same line in every scan, and a person can look the entry up.
/// A value of several lines has a part of its own, PART/N; line ends behind the last are left out.
class TableLines {
 public:
  TableLines(std::string part, const Visit& visit) : part_(std::move(part)), visit_(visit) {}
  /// Lines count from 1, each above the one before. With a name the line is `name = "value"`, else the value.
  void add(std::uint64_t line, std::string_view name, std::string_view value);
  /// Hands the part over, unless nothing is in it.
  void finish();

 private:
  std::string part_;
  const Visit& visit_;
  std::string text_;
  std::uint64_t line_ = 1;  // that text_ ends in
};

/// An artifact's own bytes with blanks for what its parts hold; line ends stay, so that lines are those of the file.
class OwnBytes {
 public:
  explicit OwnBytes(std::string_view bytes) : bytes_(bytes), view_(bytes) {}
  /// Of a run that reaches beyond the bytes, what is within.
  void blank(std::uint64_t offset, std::uint64_t size);
  /// Of a part of the bytes.
  void blank(std::string_view part) { blank(static_cast<std::uint64_t>(part.data() - view_.data()), part.size()); }
  void finish(const Visit& visit) const { visit("", bytes_); }

 private:
  std::string bytes_;
  std::string_view view_;  // as they were
};

}  // namespace keywake::artifacts
