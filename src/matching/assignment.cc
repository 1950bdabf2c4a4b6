#include "matching/assignment.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace keywake::matching {
namespace {

constexpr std::size_t kMaxName = 80;
constexpr std::size_t kMaxType = 48;      // of a type between a name and its value
constexpr std::size_t kMaxExpression = 96;  // before a default: process.env.TOKEN || "…"
constexpr std::size_t kMaxValue = 800;
constexpr std::size_t kMaxIndent = 48;

// Authorization: Bearer …: what is given begins behind it.
constexpr std::array<std::string_view, 8> kSchemes{"Bearer ", "bearer ", "Basic ", "Token ", "token ", "App ", "ApiKey ", "Api-Key "};

bool is_name(char c) { return is_alnum(c) || c == '_'; }
bool is_joint(char c) { return c == '.' || c == '-'; }

enum class Operator : std::uint8_t { kNone, kAssign, kCompare, kComma, kCall, kElement };

class Reader {
 public:
  Reader(std::string_view text, std::size_t begin, std::size_t end, bool at_end)
      : text_(text), at_end_(at_end), begin_(begin), at_(end) {}

  std::optional<Assignment> read() {
    if (!read_name()) return std::nullopt;
    if (read_value_field() || read_operator_and_value()) {
      if (ran_out_) return std::nullopt;
      return out_;
    }
    return std::nullopt;
  }

 private:
  // The byte at a position; NUL where there is none, and if that is where the text was cut, nothing that is read counts.
  char peek(std::size_t at) {
    if (at < text_.size()) return text_[at];
    ran_out_ |= !at_end_;
    return '\0';
  }
  char now() { return peek(at_); }
  bool starts(std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (peek(at_ + i) != word[i]) return false;
    }
    return true;
  }
  void skip_blanks(std::size_t most = kMaxIndent) {
    for (std::size_t n = 0; n < most && is_blank(now()); ++n) ++at_;
  }

  bool read_name() {
    while (at_ > begin_ && !is_name(text_[at_ - 1])) --at_;  // the hit may hold the operator too: "key ="
    std::size_t first = begin_;
    auto left = [&](std::size_t back) { return first >= back ? text_[first - back] : '\0'; };
    while (first > 0 && begin_ - first < kMaxName && (is_name(left(1)) || (is_joint(left(1)) && is_name(left(2))))) --first;
    if (begin_ - first >= kMaxName) return false;
    std::size_t from = at_;
    while (at_ - from < kMaxName && (is_name(now()) || (is_joint(now()) && is_name(peek(at_ + 1))))) ++at_;
    if (at_ - from >= kMaxName) return false;
    out_.name = text_.substr(first, at_ - first);
    option_ = left(1) == '-' && (first < 2 || left(2) == '-' || is_space(left(2)) || is_quote(left(2)));
    first_ = first;
    // How it is closed: "name", ['name'], name(), name[32], name?
    for (int n = 0; n < 6; ++n) {
      char c = now();
      if (is_quote(c) || c == '\\') {
        quoted_name_ |= is_quote(c);
        ++at_;
      } else if (c == ']' || (c == ')' && quoted_name_) || c == '?' || (c == '!' && peek(at_ + 1) != '=')) {
        ++at_;
      } else if (c == '(' && peek(at_ + 1) == ')') {
        at_ += 2;
      } else if (c == '[') {
        std::size_t close = at_ + 1;
        while (close - at_ < 6 && is_digit(peek(close))) ++close;
        if (peek(close) != ']') break;
        at_ = close + 1;
      } else {
        break;
      }
    }
    return true;
  }

  // "name": "TOKEN", "value": "…"; key="TOKEN" value="…"; name: TOKEN ⏎ value: …; <name>token</name><value>…</value>
  bool read_value_field() {
    static constexpr std::array<std::string_view, 6> kFields{"value", "defaultvalue", "default", "val", "content", "secretvalue"};
    std::size_t saved = at_;
    for (std::size_t n = 0; n < kMaxIndent && (is_space(now()) || is_quote(now()) || now() == ',' || now() == ';'); ++n) ++at_;
    if (starts("</")) {
      std::size_t n = 0;
      while (n < 24 && now() != '>' && now() != '\0') ++at_, ++n;
      if (now() == '>') ++at_;
      while (n < kMaxIndent && is_space(now())) ++at_, ++n;
      if (now() == '<') ++at_;
    }
    std::size_t begin = at_;
    while (at_ - begin < 16 && is_letter(now())) ++at_;
    std::string word = lowered(text_.substr(begin, at_ - begin));
    bool field = begin > saved && std::find(kFields.begin(), kFields.end(), word) != kFields.end();
    if (field) {
      while (is_quote(now()) || now() == '\\') ++at_;
      skip_blanks();
      Operator op = now() == '>' ? Operator::kElement : now() == ':' || now() == '=' ? Operator::kAssign : Operator::kNone;
      if (op != Operator::kNone) {
        ++at_;
        if (read_value(op)) return true;
      }
    }
    at_ = saved;
    return false;
  }

  bool read_operator_and_value() {
    std::size_t before = at_;
    skip_blanks();
    bool blank = at_ > before;
    Operator op = read_operator();
    if (op == Operator::kNone && blank) {
      if (skip_type()) {
        op = read_operator();
      } else if (is_quote(now()) || option_ || after_directive()) {
        op = Operator::kAssign;  // #define PASSWORD "…", --password …, ENV PASSWORD …
        bare_ = !is_quote(now());
      }
    }
    return op != Operator::kNone && read_value(op);
  }

  Operator read_operator() {
    struct Row {
      std::string_view text;
      Operator op;
    };
    static constexpr std::array<Row, 20> kRows{{
        {"||=", Operator::kAssign},  {"||", Operator::kComma},    {"===", Operator::kCompare}, {"!==", Operator::kCompare},
        {"==", Operator::kCompare},  {"!=", Operator::kCompare},  {":=", Operator::kAssign},  {"=>", Operator::kAssign},
        {"<-", Operator::kAssign},   {"?=", Operator::kAssign},   {"::", Operator::kNone},    {"=~", Operator::kNone},
        {"+=", Operator::kNone},     {"->", Operator::kNone},     {"=", Operator::kAssign},   {":", Operator::kAssign},
        {",", Operator::kComma},     {"(", Operator::kCall},      {">", Operator::kElement},  {"{ get", Operator::kAssign},
    }};
    for (const Row& row : kRows) {
      if (!starts(row.text)) continue;
      if (row.op == Operator::kElement && !in_tag()) return Operator::kNone;
      at_ += row.text.size();
      if (row.text == "{ get") return skip_past("} =", 32) ? Operator::kAssign : Operator::kNone;
      if (row.text == ":") skip_annotation();
      return row.op;
    }
    return Operator::kNone;
  }

  // token: str = "…"  → behind the "="
  void skip_annotation() {
    std::size_t at = at_;
    auto part = [](char c) { return is_alnum(c) || std::string_view(" _<>[]?.|&'*,").find(c) != std::string_view::npos; };
    while (at - at_ < kMaxType && part(peek(at))) ++at;
    if (at > at_ + 1 && peek(at) == '=' && peek(at + 1) != '=' && peek(at + 1) != '>' && text_[at - 1] == ' ') at_ = at + 1;
  }

  // password string = "…"
  bool skip_type() {
    std::size_t at = at_;
    auto part = [](char c) { return is_alnum(c) || std::string_view("_*[]<>.&").find(c) != std::string_view::npos; };
    while (at - at_ < kMaxType && part(peek(at))) ++at;
    if (at == at_ || !is_blank(peek(at))) return false;
    while (is_blank(peek(at)) && at - at_ < kMaxType) ++at;
    if (peek(at) != '=' && !(peek(at) == ':' && peek(at + 1) == '=')) return false;
    at_ = at;
    return true;
  }

  bool skip_past(std::string_view word, std::size_t most) {
    for (std::size_t n = 0; n < most && now() != '\0'; ++n, ++at_) {
      if (starts(word)) return at_ += word.size(), true;
    }
    return false;
  }

  // <password>, <ns:password>, <entry key="password">
  bool in_tag() const {
    for (std::size_t at = first_; at > 0 && begin_ - at < kNameReach;) {
      char c = text_[--at];
      if (c == '<') return true;
      if (c == '>' || c == '\n') return false;
    }
    return false;
  }

  // ENV PASSWORD …, ARG TOKEN …, setenv SECRET …
  bool after_directive() const {
    std::string_view before = text_.substr(first_ > 8 ? first_ - 8 : 0, first_ > 8 ? 8 : first_);
    return before.ends_with("ENV ") || before.ends_with("ARG ") || before.ends_with("setenv ");
  }

  bool read_value(Operator op) {
    std::size_t line_end = at_;
    comma_ = op == Operator::kComma;
    skip_blanks();
    if (op != Operator::kElement && (now() == '\n' || now() == '\r')) {  // a literal on the next line
      for (std::size_t n = 0; n < kMaxIndent && is_space(now()); ++n) ++at_;
      if (!is_quote(now())) return false;
    }
    if (op == Operator::kElement) return read_element();
    for (int wrappers = 0; wrappers < 4; ++wrappers) {
      if (is_quote(now()) || now() == '\\') return read_quoted();
      if (!skip_wrapper()) break;
    }
    callee_ = {};
    if (op == Operator::kAssign || op == Operator::kCompare) {
      std::size_t start = at_;
      if (skip_to_default()) return read_quoted();
      at_ = start;
    }
    if (op != Operator::kAssign || (at_ == line_end && now() == '\0')) return false;
    if (starts("${")) return read_shell_default();
    for (std::string_view scheme : kSchemes) {
      if (starts(scheme)) at_ += scheme.size();
    }
    return read_plain();
  }

  // b"…", new String("…"), SecretStr("…"), ["…"
  bool skip_wrapper() {
    std::size_t at = at_;
    for (std::string_view word : {"new ", "await ", "&", "*", "return "}) {
      if (starts(word)) at += word.size();
    }
    if (peek(at) == '[' || peek(at) == '(' || peek(at) == '@' || peek(at) == '$') {
      ++at;
    } else {
      std::size_t begin = at;
      while (at - begin < kMaxType && (is_name(peek(at)) || peek(at) == '.' || peek(at) == ':' || peek(at) == '<' || peek(at) == '>')) ++at;
      if (at == begin) return false;
      callee_ = text_.substr(begin, at - begin);
      if (is_quote(peek(at)) && at - begin <= 2) {
        at_ = at;  // the prefix of a literal
        callee_ = {};
        return true;
      }
      if (peek(at) == '#') ++at;
      if (peek(at) == '(') ++at;
      else if (!is_quote(peek(at)) || text_[at - 1] != '#') return false;
    }
    while (is_blank(peek(at)) && at - at_ < kMaxExpression) ++at;
    if (!is_quote(peek(at)) && !is_letter(peek(at))) return false;
    at_ = at;
    return true;
  }

  // process.env.TOKEN || "…", ENV['TOKEN'] or '…', config ?? "…"
  bool skip_to_default() {
    for (std::size_t n = 0; n < kMaxExpression; ++n, ++at_) {
      if (now() == '\n' || now() == '\0' || now() == ';') return false;
      for (std::string_view word : {"|| ", "?? ", " or ", "?: ", " else "}) {
        if (!starts(word)) continue;
        at_ += word.size();
        skip_blanks();
        if (is_quote(now())) return true;
      }
    }
    return false;
  }

  bool read_quoted() {
    std::size_t slashes = 0;
    while (now() == '\\' && slashes < 4) ++at_, ++slashes;
    char quote = now();
    if (!is_quote(quote)) return false;
    ++at_;
    bool triple = now() == quote && peek(at_ + 1) == quote;
    if (triple) at_ += 2;
    while (triple && is_space(now())) ++at_;
    std::size_t begin = at_;
    for (;; ++at_) {
      char c = now();
      if (c == '\0' || at_ - begin > kMaxValue) return false;
      if (c == '\n' && quote != '`' && !triple) return false;
      std::size_t run = 0;
      while (run <= slashes && peek(at_ + run) == '\\') ++run;
      if (run == slashes && peek(at_ + run) == quote) break;
      if (run > slashes) at_ += slashes == 0 ? 1 : run - 1;  // an escape: what follows is no end
    }
    std::string_view value = text_.substr(begin, at_ - begin);
    while (triple && !value.empty() && is_space(value.back())) value.remove_suffix(1);
    at_ += slashes + 1;
    return take_quoted(value);
  }

  bool take_quoted(std::string_view value) {
    skip_blanks();
    // getenv("TOKEN", "…"): the second is what counts
    bool look_up = std::any_of(callee_.begin(), callee_.end(), is_letter) &&
                   (lowered(callee_).find("env") != std::string::npos || lowered(callee_).find("get") != std::string::npos ||
                    lowered(callee_).find("config") != std::string::npos || lowered(callee_).find("default") != std::string::npos);
    if (look_up) {
      callee_ = {};
      if (now() != ',') return skip_to_default() && read_quoted();  // getenv("TOKEN") or "…"
      ++at_;
      skip_blanks();
      return is_quote(now()) && read_quoted();
    }
    if (value.starts_with("${")) {  // "${TOKEN:default}"
      std::size_t colon = value.find(':');
      if (colon == std::string_view::npos || value.back() != '}') return false;
      value = value.substr(colon + 1, value.size() - colon - 2);
      if (value.starts_with('-')) value.remove_prefix(1);
    }
    char next = now();
    if (comma_ && (next == ':' || (next == '=' && peek(at_ + 1) == '>'))) return false;  // the next key of an object
    out_.piece = next == '+' || (next == '.' && peek(at_ + 1) != '\n') || next == '%' || (next == '&' && peek(at_ + 1) == ' ');
    for (std::string_view scheme : kSchemes) {
      if (value.starts_with(scheme)) value.remove_prefix(scheme.size());
    }
    out_.value = value;
    out_.form = Form::kQuoted;
    return !value.empty();
  }

  bool read_shell_default() {
    std::size_t begin = at_;
    while (at_ - begin < kMaxName && now() != ':' && now() != '}' && !is_space(now()) && now() != '\0') ++at_;
    if (now() != ':') return false;
    ++at_;
    if (now() == '-' || now() == '=') ++at_;
    std::size_t from = at_;
    while (at_ - from <= kMaxValue && now() != '}' && !is_space(now()) && now() != '\0') ++at_;
    out_.value = text_.substr(from, at_ - from);
    return now() == '}' && !out_.value.empty();
  }

  bool read_plain() {
    std::size_t begin = at_;
    auto ends = [](char c) { return c == '\0' || static_cast<unsigned char>(c) <= ' ' || std::string_view("\"'`<>;,&|)]}\\").find(c) != std::string_view::npos; };
    while (at_ - begin <= kMaxValue && !ends(now())) ++at_;
    if (at_ - begin > kMaxValue) return false;
    out_.value = text_.substr(begin, at_ - begin);
    if (std::none_of(out_.value.begin(), out_.value.end(), is_alnum)) return false;
    out_.form = option_ && bare_ ? Form::kOption : Form::kPlain;
    skip_blanks();
    out_.more_text = out_.form == Form::kPlain && (is_alnum(now()) || now() == '(' || now() == '.' || now() == '=' || now() == '?');
    return true;
  }

  bool read_element() {
    while (is_space(now()) && at_ < text_.size()) ++at_;
    constexpr std::string_view kCdata = "<![CDATA[";
    if (starts(kCdata)) at_ += kCdata.size();
    std::size_t begin = at_;
    while (at_ - begin <= kMaxValue && now() != '<' && now() != '\0' && !starts("]]>")) ++at_;
    if (at_ - begin > kMaxValue || now() == '\0') return false;
    std::string_view value = text_.substr(begin, at_ - begin);
    while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
    out_.value = value;
    out_.form = Form::kElement;
    return !value.empty();
  }

  std::string_view text_;
  bool at_end_;
  std::size_t begin_;  // of the hit
  std::size_t at_;
  std::size_t first_ = 0;  // of the name
  bool option_ = false;
  bool quoted_name_ = false;
  bool bare_ = false;  // nothing between name and value but blanks
  bool ran_out_ = false;
  bool comma_ = false;  // name and value are neighbours in a list
  std::string_view callee_;
  Assignment out_;
};

}  // namespace

bool may_be_assigned(std::string_view text, std::size_t begin, std::size_t end) {
  while (end > begin && !is_name(text[end - 1])) --end;
  const std::size_t limit = std::min(text.size(), end + kGlanceReach);
  std::size_t at = end;
  while (at < limit && (is_name(text[at]) || is_joint(text[at]))) ++at;
  bool closed_by_quote = false;
  for (; at < limit && std::string_view("\"'`\\])?!([0123456789").find(text[at]) != std::string_view::npos; ++at) {
    closed_by_quote |= is_quote(text[at]) || text[at] == '(';
  }
  const std::size_t gap = at;
  while (at < limit && is_space(text[at])) ++at;
  if (at == limit || closed_by_quote) return true;
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  switch (text[at]) {
    case '=':
    case ':':
    case '>':
    case '?':
    case '!':
      return true;
    case '<':
      return next == '-' || next == '/';
    case '|':
      return next == '|';
    case '{':
      return text.substr(at, 5) == "{ get";
    case ',': {  // put("token", "…")
      std::size_t behind = at + 1;
      while (behind < limit && is_space(text[behind])) ++behind;
      return behind == limit || is_quote(text[behind]) || text[behind] == '\\';
    }
    case '"':
    case '\'':
    case '`':
      return true;
    default:
      break;
  }
  if (at == gap || !is_alnum(text[at])) return false;
  if (limit - at > 5 && lowered(text.substr(at, 5)) == "value") return true;
  // A word: a type, with an assignment behind it; the argument of an option; the value of a directive.
  for (std::size_t i = at; i < limit && text[i] != '\n'; ++i) {
    if (text[i] == '=') return true;
  }
  std::size_t first = begin;
  while (first > 0 && begin - first < kMaxName && (is_name(text[first - 1]) || is_joint(text[first - 1]))) --first;
  return text[first] == '-' || (first > 3 && is_blank(text[first - 1]) && is_upper(text[first - 2]) && is_upper(text[first - 3])) ||
         text.substr(first > 7 ? first - 7 : 0, std::min<std::size_t>(7, first)).ends_with("setenv ");
}

std::optional<Assignment> read_assignment(std::string_view text, std::size_t begin, std::size_t end, bool at_end) {
  return Reader(text, begin, end, at_end).read();
}

}  // namespace keywake::matching
