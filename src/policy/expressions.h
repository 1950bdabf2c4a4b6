// Globs and regular expressions out of files that may be hostile: compiled by RE2, so that no text and no expression takes more than linear
// time, and a mebibyte at most each. Ownership: holds the compiled forms. Thread safety: matching may go on at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace keywake::policy {

class Expressions {
 public:
  Expressions();
  Expressions(Expressions&&) noexcept;
  Expressions& operator=(Expressions&&) noexcept;
  ~Expressions();

  /// As glob_match() reads it (base/text.h). An error if it is too long.
  Result<void> add_glob(std::string_view glob);
  /// As RE2 reads it; found anywhere in a text. An error says what it cannot express.
  Result<void> add_regex(const std::string& regex);
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool any(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace keywake::policy
