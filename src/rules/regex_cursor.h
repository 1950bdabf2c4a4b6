// Where a reader of an expression stands, and the first error it met; part of canonical_regex.
// Errors are sticky: the first one is kept and the rest of the text is skipped, which ends every
// loop over it. Thread safety: as any value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "rules/canonical_regex.h"

namespace keywake::rules {

struct RegexCursor {
  explicit RegexCursor(std::string_view expression) : text(expression) {}

  void fail(std::size_t offset, std::string message) {
    if (!failed) error = {offset, std::move(message)};
    failed = true;
    position = text.size();
  }
  [[nodiscard]] bool at_end() const { return position >= text.size(); }
  /// NUL past the end; a NUL in the text is refused wherever it would be taken.
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return position + ahead < text.size() ? text[position + ahead] : '\0';
  }
  [[nodiscard]] bool looking_at(std::string_view word) const {
    return text.substr(position).starts_with(word);
  }

  std::string_view text;
  std::size_t position = 0;
  bool failed = false;
  RegexError error;
};

}  // namespace keywake::rules
