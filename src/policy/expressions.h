// Globs and regular expressions out of files that may be hostile: compiled by RE2, so that no text and no expression takes more than linear
// time, and a mebibyte at most each. Ownership: holds the compiled forms. Thread safety: matching may go on at once; a Budget is one thread's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace keywake::policy {

/// What the expressions of one file may take together, in however many lists they stand: each costs a step for every byte of a text where RE2 has
/// to fall back to its slowest way.
struct Budget {
  int instructions = 50'000;
};

class Expressions {
 public:
  Expressions();
  Expressions(Expressions&&) noexcept;
  Expressions& operator=(Expressions&&) noexcept;
  ~Expressions();

  /// As glob_match() reads it (base/text.h). An error if it is too long.
  Result<void> add_glob(std::string_view glob, Budget& budget);
  /// As RE2 reads it; found anywhere in a text. An error says what it cannot express.
  Result<void> add_regex(const std::string& regex, Budget& budget);
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool any(std::string_view text) const;

 private:
  Result<void> add(const std::string& regex, std::string_view what, Budget& budget);

  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace keywake::policy
