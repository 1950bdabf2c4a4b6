// The cheap part of the assignment lexer: nearly every hit is turned away here.
#include <algorithm>

#include "matching/assignment.h"
#include "matching/assignment_before.h"
#include "matching/assignment_cursor.h"
#include "matching/assignment_mention.h"
#include "matching/assignment_name.h"

namespace keywake::matching {
namespace {

constexpr std::string_view kQuotes = "\"'`";

class Glance {
 public:
  Glance(std::string_view text, std::size_t begin, std::size_t end)
      : text_(text.substr(0, std::min(text.size(), end + kGlanceReach))), begin_(begin), at_(end) {}

  bool may_be_assigned() {
    while (at_ < text_.size() && (is_name(text_[at_]) || is_joint(text_[at_]))) ++at_;
    const bool quoted = pass_closers();
    const std::size_t gap = at_;
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    end_of_field_ = at_ < text_.size() ? text_[at_] : '\0';
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ == text_.size()) return true;
    if (braced_ ? is_one_of(text_[at_], "=!|/en") : quoted || may_be_operator(at_ > gap)) return true;
    return (at_ > gap && (takes_word() || stands_alone() || is_mentioned(gap))) || value_stands_before();
  }

 private:
  // One of them stands behind this, as far as the text can be seen.
  bool may_follow(std::string_view any) const { return at_ + 1 >= text_.size() || is_one_of(text_[at_ + 1], any); }
  // The word stands here, as far as the text can be seen.
  bool may_start(std::string_view word) const {
    std::string_view here = text_.substr(at_, word.size());
    return word.starts_with(here);
  }

  // Whether a quote, a bracket or the operator ?? stands among them.
  bool pass_closers() {
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '}' && !braced_ && is_behind_brace()) {
        braced_ = true;
        continue;
      }
      if (!is_one_of(c, "\"'`\\])?!([0123456789")) break;
      quoted |= is_quote(c) || c == '(' || (c == '?' && may_follow("?"));
    }
    return quoted;
  }

  std::size_t first() const {
    std::size_t first = begin_;
    while (first > 0 && begin_ - first < kMaxName && (is_name(text_[first - 1]) || (first > 1 && is_joint(text_[first - 1]) && is_name(text_[first - 2])))) --first;
    return first;
  }

  bool is_behind_brace() const {
    std::size_t open = first();
    for (int n = 0; n < 4 && open > 0 && (is_quote(text_[open - 1]) || text_[open - 1] == '\\'); ++n) --open;
    return open > 0 && text_[open - 1] == '{';
  }

  bool may_be_operator(bool blank) const {
    switch (text_[at_]) {
      case '=':
      case ':':
      case '>':
      case '?':
      case '!':
      case '"':
      case '\'':
      case '`':
        return true;
      case '+':
      case '~':
      case '.':
        return may_follow("=");
      case '/':
        return may_follow("=") || may_start("//=");
      case '<':
        return may_follow("-/") || may_start("<<-") || (blank && is_letter(text_[at_ + 1]) && has_equals());
      case '|':
        return may_follow("|");
      case '{':
        return may_follow(kQuotes) || may_start("{ get");
      case '(':
        return blank && may_follow(kQuotes);
      case '@':
        return blank && may_follow("\"");
      case '-':
        return blank && may_follow("vecinVECIN");
      case ',':
        return may_be_second();
      case '*':
      case '[':
      case '&':
      case '_':
        return blank && has_equals();
      default:
        return blank && is_alnum(text_[at_]) && may_be_word();
    }
  }

  // put(token, "…")
  bool may_be_second() const {
    std::size_t at = at_ + 1;
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at + 1 >= text_.size() || is_quote(text_[at]) || text_[at] == '\\' || is_quote(text_[at + 1]);
  }

  bool has_equals() const {
    std::string_view line = text_.substr(at_);
    const std::size_t equals = line.find_first_of("=\n");
    return equals != std::string_view::npos && line[equals] == '=';
  }

  // A word: a type, with an assignment behind it; an operator; an attribute.
  bool may_be_word() const {
    const std::string word = lowered(text_.substr(at_, 5));  // cut short where the text is
    if (std::string_view("value").starts_with(word) || std::string_view("defau").starts_with(word) || may_start("eq ") || may_start("ne ") || may_start("isEqual") || may_start("by lazy") || has_equals()) return true;
    const std::size_t front = first();
    return front > 0 && (text_[front - 1] == '<' || text_[front - 1] == ':');
  }

  // The argument of an option, the value of a directive.
  bool takes_word() const {
    const std::size_t front = first();
    if (front == 0) return false;
    return text_[front - 1] == '-' || (is_blank(text_[front - 1]) && is_directive(text_.substr(0, front)));
  }

  // Two words on a line.
  bool stands_alone() const {
    std::size_t at = at_;
    while (at < text_.size() && !is_space(text_[at])) ++at;
    if (at < text_.size() && is_blank(text_[at])) return false;
    std::size_t front = first();
    while (front > 0 && begin_ - front < kNameReach && is_blank(text_[front - 1])) --front;
    return front == 0 || text_[front - 1] == '\n' || begin_ - front >= kNameReach;
  }

  // As far as the text can be seen.
  bool is_mentioned(std::size_t gap) const {
    const std::string_view word = word_behind(text_, gap);
    return is_machine_made(word) || (!word.empty() && word.end() == text_.end());
  }

  bool value_stands_before() const {
    const std::size_t front = first();
    const std::size_t floor = begin_ > kNameReach ? begin_ - kNameReach : 0;
    if (front == floor) return false;
    return !compared_before(text_, front, floor).empty() || (may_end_field(end_of_field_) && !annotated_before(text_, front, floor).empty());
  }

  std::string_view text_;
  std::size_t begin_;
  std::size_t at_;
  bool braced_ = false;
  char end_of_field_ = '\0';
};

}  // namespace

bool may_be_assigned(std::string_view text, std::size_t begin, std::size_t end) {
  while (end > begin && !is_name(text[end - 1])) --end;
  return Glance(text, begin, end).may_be_assigned();
}

}  // namespace keywake::matching
