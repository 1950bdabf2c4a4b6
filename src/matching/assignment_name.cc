#include "matching/assignment_name.h"

#include <algorithm>
#include <array>
#include <string>

namespace keywake::matching {
namespace {

constexpr int kMaxClosers = 8;
constexpr std::size_t kMaxDefinition = 32;

// "name", ['name'], name(), name[32], name?, {name}
void read_closers(Cursor& c, Name& name) {
  const bool brace = name.open > 0 && c.text[name.open - 1] == '{';
  for (int n = 0; n < kMaxClosers; ++n) {
    const char now = c.now();
    if (is_quote(now) || now == '\\') {
      name.quoted |= is_quote(now);
      ++c.at;
    } else if (now == ']' || (now == ')' && name.quoted) || (now == '?' && c.next() != '?') || (now == '!' && c.next() != '=')) {
      name.closed |= now == ']';
      ++c.at;
    } else if (now == '}' && brace && !name.braced) {
      name.braced = true;
      ++c.at;
    } else if (now == '(' && c.next() == ')') {
      c.at += 2;
    } else if (now == '[') {
      std::size_t close = c.at + 1;
      while (close - c.at < 6 && is_digit(c.peek(close))) ++close;
      if (c.peek(close) != ']') break;
      c.at = close + 1;
    } else {
      break;
    }
  }
}

}  // namespace

bool read_name(Cursor& c, std::size_t begin, Name& name) {
  while (c.at > begin && !is_name(c.text[c.at - 1])) --c.at;  // the hit may hold the operator too: "key ="
  std::size_t first = begin;
  auto left = [&](std::size_t back) { return first >= back ? c.text[first - back] : '\0'; };
  while (first > 0 && begin - first < kMaxName && (is_name(left(1)) || (is_joint(left(1)) && is_name(left(2))))) --first;
  if (begin - first >= kMaxName) return false;
  const std::size_t from = c.at;
  while (c.at - from < kMaxName && (is_name(c.now()) || (is_joint(c.now()) && is_name(c.next())))) ++c.at;
  if (c.at - from >= kMaxName) return false;
  name.text = c.since(first);
  name.first = name.open = first;
  name.option = left(1) == '-' && (first < 2 || left(2) == '-' || is_space(left(2)) || is_quote(left(2)));
  for (int n = 0; n < 4 && name.open > 0 && (is_quote(c.text[name.open - 1]) || c.text[name.open - 1] == '\\'); ++n) --name.open;
  const char quote = c.now();
  name.doubled = is_quote(quote) && quote != '`' && c.next() == quote && first - name.open == 2 && left(1) == quote && left(2) == quote;
  read_closers(c, name);
  return true;
}

bool is_directive(std::string_view before) {
  static constexpr std::array<std::string_view, 9> kDirectives{"ENV ", "ARG ", "setenv ", "setx ", "set -x ", "set -gx ", "set -Ux ", "set -xg ", "set -xU "};
  return std::any_of(kDirectives.begin(), kDirectives.end(), [&](std::string_view word) { return before.ends_with(word); });
}

bool NamePlace::has_sigil() const {
  return name_.braced || (name_.first > floor_ && is_one_of(text_[name_.first - 1], "$@%"));
}

bool NamePlace::is_variable() const {
  std::string_view front = before(name_.first);
  return name_.quoted && (front.ends_with("\"$") || front.ends_with("\"${"));
}

bool NamePlace::is_behind_equals() const {
  return before(name_.first).ends_with('=') && std::none_of(name_.text.begin(), name_.text.end(), is_upper);  // properties=AWS_SESSION_TOKEN:…
}

bool NamePlace::is_branch() const {
  std::string_view front = before(name_.open);
  return front.ends_with("? ") && !front.ends_with("?? ");
}

bool NamePlace::is_annotated() const {
  std::string_view front = before(name_.open);
  if (!name_.quoted || !front.ends_with('(')) return false;
  front.remove_suffix(1);
  while (!front.empty() && is_name(front.back())) front.remove_suffix(1);
  return front.ends_with('@') || front.ends_with('[');
}

bool NamePlace::is_defined() const {
  std::string_view front = before(name_.first);
  front = front.substr(front.size() - std::min(front.size(), kMaxDefinition));
  const std::size_t at = front.rfind("(def");
  return at != std::string_view::npos && front.find('\n', at) == std::string_view::npos;
}

bool NamePlace::takes_literal() const {
  std::string_view front = before(name_.open);
  if (front.ends_with('{')) return true;
  if (!front.ends_with(' ')) return false;
  front.remove_suffix(1);
  std::size_t begin = front.size();
  while (begin > 0 && (is_name(front[begin - 1]) || is_one_of(front[begin - 1], "./!?*-"))) --begin;
  if (begin > 0 && begin < front.size() && front[begin - 1] == '(') return true;  // (put! "name" "…")
  const std::string word = lowered(front.substr(begin));
  return word.ends_with("env") || word.ends_with("header") || word.ends_with("set") || word.ends_with("define") || word.ends_with("export");
}

bool NamePlace::takes_word() const { return is_directive(before(name_.first)); }

bool NamePlace::begins_line() const {
  std::string_view front = before(name_.first);
  while (!front.empty() && is_blank(front.back())) front.remove_suffix(1);
  return front.empty() || front.back() == '\n';
}

bool NamePlace::is_in_command() const {
  std::string_view front = before(name_.first);
  return front.ends_with("RUN ") || front.ends_with("env ") || front.ends_with("sudo ");
}

bool NamePlace::is_in_tag() const {
  for (std::size_t at = name_.first; at > floor_;) {
    const char c = text_[--at];
    if (c == '<') return true;
    if (c == '>' || c == '\n') return false;
  }
  return false;
}

bool NamePlace::is_tag() const {
  const char left = name_.first > floor_ ? text_[name_.first - 1] : '\0';
  return left == '<' || (left == ':' && is_in_tag());
}

NamePlace::Opener NamePlace::opener() const {
  int depth = 0;
  for (std::size_t at = name_.open; at > floor_;) {
    const char c = text_[--at];
    if (is_one_of(c, ")]}")) ++depth;
    if (!is_one_of(c, "([{") || depth-- > 0) continue;
    std::size_t inside = at + 1;
    while (inside < name_.open && is_space(text_[inside])) ++inside;
    return {c, is_quote(text_[inside])};
  }
  return {};
}

char NamePlace::last_before() const {
  std::size_t at = name_.open;
  while (at > floor_ && is_space(text_[at - 1])) --at;
  return at > floor_ ? text_[at - 1] : '\0';
}

}  // namespace keywake::matching
