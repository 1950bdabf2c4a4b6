#include "matching/assignment_before.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "matching/assignment_cursor.h"

namespace keywake::matching {
namespace {

constexpr std::size_t kMaxExpression = 40;  // around a name: request.getParameter("name")
constexpr std::size_t kMaxWords = 64;       // between an annotation and the field

// Reads backwards: what was passed lies at and behind at_.
class Before {
 public:
  Before(std::string_view text, std::size_t at, std::size_t floor) : text_(text), at_(at), floor_(floor) {}

  char last(std::size_t back = 1) const { return at_ >= floor_ + back ? text_[at_ - back] : '\0'; }
  bool ends(std::string_view word) const { return at_ >= floor_ + word.size() && text_.substr(at_ - word.size(), word.size()) == word; }
  void back() { --at_; }
  bool drop(std::string_view word) {
    if (!ends(word)) return false;
    at_ -= word.size();
    return true;
  }
  template <class Kind>
  std::size_t drop_while(Kind kind, std::size_t most) {
    std::size_t n = 0;
    while (n < most && at_ > floor_ && kind(last())) --at_, ++n;
    return n;
  }
  void drop_blanks() { drop_while(is_blank, kMaxBlanks); }

  // A literal of one line that is no operand of an expression, without its quotes; empty if there is none.
  std::string_view literal() {
    const char quote = last();
    if (!is_quote(quote)) return {};
    const std::size_t end = --at_;
    drop_while([&](char c) { return c != quote && c != '\n'; }, text_.size());
    if (last() != quote) return {};
    std::string_view value = text_.substr(at_, end - at_);
    --at_;
    if (last() == '\\' || last() == quote || value.ends_with('\\')) return {};
    const std::size_t begin = at_;
    drop_blanks();
    if (last() == '+' || last() == '.' || last() == '%') return {};
    at_ = begin;
    return value;
  }
  std::size_t at() const { return at_; }

 private:
  std::string_view text_;
  std::size_t at_;
  std::size_t floor_;
};

bool is_expression(char c) { return is_name(c) || is_one_of(c, ".$:([@\"'>-&!?"); }

constexpr std::array<std::string_view, 8> kMethods{".equals(",      ".eql?(",    ".compareTo(",    ".equalsIgnoreCase(",
                                                   ".contentEquals(", ".Equals(", ".isEqualTo(", ".equal?("};
constexpr std::array<std::string_view, 12> kComparisons{"===", "!==", "==", "!=", "-eq", "-ne", "-ceq", "-cne", " eq", " ne", "~=", "/="};

}  // namespace

std::string_view compared_before(std::string_view text, std::size_t first, std::size_t floor) {
  Before before(text, first, floor);
  for (std::size_t n = 0; n < kMaxExpression && is_expression(before.last()); ++n) {
    for (std::string_view method : kMethods) {
      if (before.last() == '(' && before.drop(method)) return before.literal();
    }
    before.back();
  }
  const bool blank = is_blank(before.last());
  before.drop_blanks();
  for (std::string_view word : kComparisons) {
    if ((!blank && is_letter(word.back())) || !before.drop(word)) continue;
    before.drop_blanks();
    return before.literal();
  }
  return {};
}

std::string_view annotated_before(std::string_view text, std::size_t first, std::size_t floor) {
  Before before(text, first, floor);
  before.drop_while([](char c) { return is_name(c) || is_space(c) || is_one_of(c, "<>?$"); }, kMaxWords);
  if (before.at() == first) return {};
  const bool list = before.drop("]");
  if (!before.drop(")")) return {};
  std::string_view value = before.literal();
  if (value.empty()) return {};
  if (before.drop("(")) {  // @Default("…"), [DefaultValue("…")]
    const bool named = before.drop("DefaultValue") || before.drop("Default") || before.drop("defaultValue") || before.drop("Value");
    return named && before.last() == (list ? '[' : '@') ? value : std::string_view();
  }
  before.drop_blanks();
  if (!before.drop("=")) return {};
  before.drop_blanks();
  return before.drop("default_value") || before.drop("defaultValue") || before.drop("DefaultValue") || before.drop("default") ? value : std::string_view();
}

std::string_view paired_before(std::string_view text, std::size_t first, std::size_t floor) {
  Before before(text, first, floor);
  const char quote = before.last();
  if (!is_quote(quote)) return {};
  before.drop(std::string_view(&quote, 1));
  before.drop("@");
  before.drop_blanks();
  if (before.drop("forKey:") || before.drop("forHTTPHeaderField:") || before.drop("forName:")) {
    before.drop_blanks();
    before.drop(",");
    return before.literal();
  }
  if (!before.drop("=") && !before.drop(":")) return {};
  before.drop_blanks();
  const char key_quote = before.last();
  if (is_quote(key_quote)) before.drop(std::string_view(&key_quote, 1));
  if (!before.drop("Name") && !before.drop("name") && !before.drop("Key") && !before.drop("key") && !before.drop("id")) return {};
  if (is_quote(key_quote)) before.drop(std::string_view(&key_quote, 1));
  if (is_name(before.last()) || is_one_of(before.last(), "-.:")) return {};
  for (int fields = 0; fields < 3; ++fields) {
    before.drop_while([](char c) { return is_space(c) || c == ',' || c == ';'; }, kMaxBlanks);
    std::string_view value = before.literal();
    if (value.empty()) return {};
    before.drop_blanks();
    if (!before.drop("=") && !before.drop(":")) return {};
    before.drop_blanks();
    const char q = before.last();
    if (is_quote(q)) before.drop(std::string_view(&q, 1));
    const std::size_t end = before.at();
    before.drop_while([](char c) { return is_name(c) || c == '-'; }, kMaxBlanks);
    std::string_view field = text.substr(before.at(), end - before.at());
    if (field == "value" || field == "Value" || field == "content" || field == "defaultValue") return value;
    if (field.empty()) return {};
    if (is_quote(q)) before.drop(std::string_view(&q, 1));
  }
  return {};
}

}  // namespace keywake::matching
