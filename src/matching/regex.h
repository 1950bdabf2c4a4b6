// An expression of tier two (canonical, rules/canonical_regex.h) over Latin-1: run by backtracking, and by RE2 where that takes long. RE2 compiles it
// only then, and where it stays so, is asked at once. Ownership: refers to the text of the expression. Thread safety: all members may be called at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "matching/backtracker.h"

namespace re2 {
class RE2;
}

namespace keywake::matching {

class Regex {
 public:
  explicit Regex(std::string_view canonical);
  ~Regex();

  /// The leftmost match in `text` that begins in [from, last] and ends by `limit`. \b looks at the whole text.
  bool find(std::string_view text, std::size_t from, std::size_t last, std::size_t limit, Groups& groups) const;
  /// Whether text[begin, end) is a match.
  bool matches(std::string_view text, std::size_t begin, std::size_t end, Groups& groups) const;

  /// The names of the captures, the first one's first; "" of one without a name. At most kMaxGroups - 1.
  [[nodiscard]] const std::vector<std::string_view>& names() const { return names_; }

  /// Whether RE2 compiles it too; its complaint otherwise.
  [[nodiscard]] Result<void> check() const;

 private:
  bool ask_re2(std::string_view text, std::size_t from, std::size_t last, std::size_t limit, bool whole, Groups& groups) const;
  bool search(std::string_view text, std::size_t from, std::size_t last, std::size_t limit, bool whole, Groups& groups) const;
  const re2::RE2& re2() const;
  const re2::RE2* sketch() const;

  std::string_view expression_;
  std::vector<std::string_view> names_;
  std::optional<Backtracker> backtracker_;
  mutable std::atomic<unsigned> long_ = 0;  // searches that took many steps
  mutable std::once_flag re2_once_;
  mutable std::once_flag sketch_once_;
  mutable std::unique_ptr<re2::RE2> re2_;
  mutable std::unique_ptr<re2::RE2> sketch_;  // the expression without its counts; null if it has none
};

}  // namespace keywake::matching
