#include "matching/assignment_value.h"

#include <algorithm>
#include <array>
#include <string>

namespace keywake::matching {
namespace {

constexpr std::size_t kMaxVariable = 80;
constexpr std::size_t kMaxCallee = 48;
constexpr std::size_t kMaxExpression = 96;  // before a default: process.env.TOKEN || "…"
constexpr std::size_t kMaxValue = 800;
constexpr std::size_t kMaxDelimiter = 16;

// Authorization: Bearer …: what is given begins behind it.
constexpr std::array<std::string_view, 8> kSchemes{"Bearer ", "bearer ", "Basic ", "Token ", "token ", "App ", "ApiKey ", "Api-Key "};

// What a literal is asked for without becoming a piece of anything: "…".freeze, "…".into(), "…".toCharArray()
constexpr std::array<std::string_view, 20> kSameText{"freeze", "into", "to_string", "to_owned", "toCharArray", "getBytes", "encode", "as_bytes", "as_str", "b",
                                                     "bytes",  "dup",  "trim",      "strip",    "trimIndent",  "toString", "intern", "utf8",     "to_s",   "c_str"};

// Behind an expression: what holds if it yields nothing.
constexpr std::array<std::string_view, 14> kDefaults{"|| ",         "?? ",       "?: ",       "// ",        " or ",          " else ",         ".unwrap_or(",
                                                     ".unwrap_or_else(|_| ", ".unwrap_or_else(|| ", ".getOrElse(", ".orElse(", ".value_or(", ".unwrap_or_else(|_| { ", ") { "};

char closer_of(char open) {
  switch (open) {
    case '(': return ')';
    case '[': return ']';
    case '{': return '}';
    case '<': return '>';
    case '|':
    case '/':
    case '!': return open;
    default: return '\0';
  }
}

class ValueReader {
 public:
  ValueReader(Cursor& cursor, const Given& given, Assignment& out) : c_(cursor), given_(given), out_(out) {}

  bool read() {
    const std::size_t line_end = c_.at;
    c_.skip_blanks();
    if (given_.op == Operator::kElement) return read_element();
    if (c_.now() == '\n' || c_.now() == '\r') return read_next_line();
    if (given_.op == Operator::kAssign) {
      if (skip_here_mark()) return read_single_line();
      if (given_.colon && skip_yaml_marks()) return read_single_line();
    }
    const std::size_t start = c_.at;
    if (read_wrapped()) return true;
    if (read_any_) return false;
    c_.at = start;
    callee_ = {};
    if (given_.op == Operator::kAssign || given_.op == Operator::kCompare) {
      if (skip_to_default(0)) return read_literal();
      c_.at = start;
    }
    const bool word_will_do = given_.op == Operator::kAssign || (given_.op == Operator::kCompare && given_.variable);
    if (given_.literal || !word_will_do || (c_.at == line_end && c_.now() == '\0')) return false;
    if (c_.starts("${")) return read_shell_default();
    for (std::string_view scheme : kSchemes) c_.take(scheme);
    return read_plain();
  }

 private:
  struct Opening {
    std::size_t size = 0;  // of what stands before the text, or before the quote of an ordinary literal
    std::string closer;    // empty: an ordinary literal
  };

  // A literal, in whatever is wrapped around it.
  bool read_wrapped() {
    for (int wrappers = 0; wrappers < 4; ++wrappers) {
      if (auto opening = literal_here()) {
        read_any_ = true;
        return read_opened(*opening);
      }
      if (!skip_wrapper()) return false;
    }
    return false;
  }

  bool read_literal() {
    auto opening = literal_here();
    return opening && read_opened(*opening);
  }

  bool read_opened(const Opening& opening) {
    c_.at += opening.size;
    return opening.closer.empty() ? read_quoted() : read_until(opening.closer);
  }

  // "…", b"…", R"(…)", #"…"#, ~s(…), %q(…), q(…), [[…]]
  std::optional<Opening> literal_here() {
    const char c = c_.now();
    if (is_quote(c) || c == '\\') return Opening{};
    if (is_letter(c)) return prefixed_literal();
    const char next = c_.next();
    const char third = c_.peek(c_.at + 2);
    if (c == '#' && next == '"') return Opening{2, "\"#"};
    if (c == '~' && (next == 's' || next == 'S')) return is_quote(third) ? Opening{2, {}} : bracketed(2);
    if (c == '%' && (next == 'q' || next == 'Q')) return bracketed(2);
    if (c == '[' && next == '[' && (is_alnum(third) || is_one_of(third, "!#$%&*+-./:;<=>?@^_|~"))) return Opening{2, "]]"};
    if (c == '[' && next == '=' && third == '[') return Opening{3, "]=]"};
    return std::nullopt;
  }

  std::optional<Opening> prefixed_literal() {
    std::size_t n = 1;
    while (n < 4 && is_alnum(c_.peek(c_.at + n))) ++n;
    const char behind = c_.peek(c_.at + n);
    const char last = c_.peek(c_.at + n - 1);
    if (behind == '"' && last == 'R') {
      if (auto raw = raw_literal(n + 1)) return raw;
    }
    if (is_quote(behind) && n <= 3) return Opening{n, {}};
    if (behind == '#' && last == 'r' && c_.peek(c_.at + n + 1) == '"') return Opening{n + 2, "\"#"};
    if (given_.sigil && n <= 2 && c_.now() == 'q' && (n == 1 || last == 'q' || last == 'w')) return bracketed(n);
    return std::nullopt;
  }

  // C++: R"delimiter(…)delimiter"
  std::optional<Opening> raw_literal(std::size_t front) {
    std::size_t n = 0;
    while (n < kMaxDelimiter && is_name(c_.peek(c_.at + front + n))) ++n;
    if (c_.peek(c_.at + front + n) != '(') return std::nullopt;
    return Opening{front + n + 1, ")" + std::string(c_.text.substr(c_.at + front, n)) + "\""};
  }

  std::optional<Opening> bracketed(std::size_t front) {
    const char close = closer_of(c_.peek(c_.at + front));
    if (close == '\0' || is_quote(c_.peek(c_.at + front + 1))) return std::nullopt;
    return Opening{front + 1, std::string(1, close)};
  }

  bool read_until(std::string_view closer) {
    const std::size_t begin = c_.at;
    while (!c_.starts(closer)) {
      if (c_.now() == '\n' || c_.now() == '\0' || c_.at - begin > kMaxValue) return false;
      ++c_.at;
    }
    std::string_view value = c_.since(begin);
    c_.at += closer.size();
    return take_literal(value);
  }

  bool read_quoted() {
    std::size_t slashes = 0;
    while (c_.now() == '\\' && slashes < 4) ++c_.at, ++slashes;
    const char quote = c_.now();
    if (!is_quote(quote)) return false;
    ++c_.at;
    const bool doubled = given_.doubled && c_.now() == quote;
    if (doubled) ++c_.at;
    const bool triple = !doubled && c_.now() == quote && c_.next() == quote;
    if (triple) c_.at += 2;
    while (triple && is_space(c_.now())) ++c_.at;
    const std::size_t begin = c_.at;
    for (;; ++c_.at) {
      const char c = c_.now();
      if (c == '\0' || c_.at - begin > kMaxValue) return false;
      if (c == '\n' && quote != '`' && !triple) return false;
      std::size_t run = 0;
      while (run <= slashes && c_.peek(c_.at + run) == '\\') ++run;
      if (run == slashes && c_.peek(c_.at + run) == quote) break;
      if (run > slashes) c_.at += slashes == 0 ? 1 : run - 1;  // an escape: what follows is no end
    }
    std::string_view value = c_.since(begin);
    while (triple && !value.empty() && is_space(value.back())) value.remove_suffix(1);
    c_.at += slashes + 1;
    if (doubled && c_.now() == quote) ++c_.at;
    return take_literal(value);
  }

  // new String("…"), SecretStr("…"), ["…", []byte("…"), <string>"…", {"…", fromMaybe "…"
  bool skip_wrapper() {
    std::size_t at = c_.at;
    for (std::string_view word : {"new ", "await ", "&", "*", "return ", "[]"}) {
      if (c_.starts_at(at, word)) at += word.size();
    }
    const char c = c_.peek(at);
    if (c == '<' && is_letter(c_.peek(at + 1))) {
      if (!skip_callee(++at) || c_.text[at - 1] != '>') return false;
    } else if (c == '{') {
      ++at;
      ++opened_;
      listed_ = true;
    } else if (is_one_of(c, "[(@$")) {
      ++at;
      opened_ += c == '[' || c == '(';
    } else if (!skip_call(at)) {
      return false;
    }
    while (is_blank(c_.peek(at)) && at - c_.at < kMaxExpression) ++at;
    if (!is_quote(c_.peek(at)) && (c == '{' || !is_letter(c_.peek(at)))) return false;
    c_.at = at;
    return true;
  }

  bool skip_callee(std::size_t& at) {
    const std::size_t begin = at;
    while (at - begin < kMaxCallee && (is_name(c_.peek(at)) || is_one_of(c_.peek(at), ".:<>!"))) ++at;
    return at > begin;
  }

  // String(, std::string{, fromMaybe ; not ENC(…), which is sealed text
  bool skip_call(std::size_t& at) {
    const std::size_t begin = at;
    if (!skip_callee(at)) return false;
    callee_ = c_.text.substr(begin, at - begin);
    const char c = c_.peek(at);
    if (c == ' ') return callee_ == "fromMaybe";
    if ((c != '(' && c != '{') || callee_ == "ENC") return false;
    listed_ |= c == '{';
    ++opened_;
    ++at;
    return true;
  }

  // process.env.TOKEN || "…", ENV['TOKEN'] or '…', config ?? "…". It ends where the next argument begins, if the brackets that were
  // opened before it are known.
  bool skip_to_default(int depth) {
    for (std::size_t n = 0; n < kMaxExpression; ++n, ++c_.at) {
      const char c = c_.now();
      if (c == '\n' || c == '\0' || c == ';') return false;
      depth += is_one_of(c, "([{") ? 1 : is_one_of(c, ")]}") ? -1 : 0;
      if (c == ',' && depth <= 0) return false;
      if (!is_one_of(c, "|?/. )")) continue;
      for (std::string_view word : kDefaults) {
        if (word == ") { " && callee_.empty() && !looked_up_) continue;
        if (word.front() != c || !c_.starts(word)) continue;
        const std::size_t before = c_.at;
        c_.at += word.size();
        c_.skip_blanks();
        if (is_quote(c_.now()) || (c_.now() == '@' && c_.next() == '"')) return c_.at += c_.now() == '@', true;
        c_.at = before;
      }
    }
    return false;
  }

  // getenv("TOKEN", "…"): the second is what counts; getenv("TOKEN") or "…"
  bool read_second() {
    callee_ = {};
    looked_up_ = true;
    if (c_.now() != ',') return skip_to_default(opened_) && read_literal();
    ++c_.at;
    c_.skip_blanks();
    const std::size_t begin = c_.at;  // unset = "…", default: "…"
    while (c_.at - begin < kMaxDelimiter && is_name(c_.now())) ++c_.at;
    if (c_.at > begin) {
      c_.skip_blanks();
      if (c_.now() != '=' && c_.now() != ':') return false;
      ++c_.at;
      c_.skip_blanks();
    }
    return is_quote(c_.now()) && read_quoted();
  }

  bool is_look_up() const {
    if (std::none_of(callee_.begin(), callee_.end(), is_letter)) return false;
    const std::string callee = lowered(callee_);
    return callee.find("env") != std::string::npos || callee.find("get") != std::string::npos || callee.find("config") != std::string::npos ||
           callee.find("default") != std::string::npos;
  }

  bool is_piece(char next) {
    if (given_.appended || next == '+' || next == '%' || (next == '&' && c_.next() == ' ')) return true;
    if (next != '.' || c_.next() == '\n') return false;
    std::size_t end = c_.at + 1;
    while (end - c_.at < kMaxDelimiter && is_name(c_.peek(end))) ++end;
    std::string_view method = c_.text.substr(c_.at + 1, end - c_.at - 1);
    return std::find(kSameText.begin(), kSameText.end(), method) == kSameText.end();
  }

  bool take_literal(std::string_view value) {
    c_.skip_blanks();
    if (is_look_up()) return read_second();
    if (value.starts_with("${")) {  // "${TOKEN:default}"
      const std::size_t colon = value.find(':');
      if (colon == std::string_view::npos || value.back() != '}') return false;
      value = value.substr(colon + 1, value.size() - colon - 2);
      if (value.starts_with('-')) value.remove_prefix(1);
    }
    const char next = c_.now();
    const bool neighbour = given_.op == Operator::kComma || given_.op == Operator::kCall || listed_;
    if (neighbour && ((next == ':' && c_.next() != ':') || (next == '=' && c_.next() == '>'))) return false;  // the next key of an object
    out_.piece = is_piece(next);
    for (std::string_view scheme : kSchemes) {
      if (value.starts_with(scheme)) value.remove_prefix(scheme.size());
    }
    out_.value = value;
    out_.form = Form::kQuoted;
    return !value.empty();
  }

  bool read_shell_default() {
    const std::size_t begin = c_.at;
    while (c_.at - begin < kMaxVariable && c_.now() != ':' && c_.now() != '}' && !is_space(c_.now()) && c_.now() != '\0') ++c_.at;
    if (c_.now() != ':') return false;
    ++c_.at;
    if (c_.now() == '-' || c_.now() == '=') ++c_.at;
    const std::size_t from = c_.at;
    while (c_.at - from <= kMaxValue && c_.now() != '}' && !is_space(c_.now()) && c_.now() != '\0') ++c_.at;
    out_.value = c_.since(from);
    return c_.now() == '}' && !out_.value.empty();
  }

  bool ends_plain() {
    const char c = c_.now();
    // 1234|wVk…: some tokens are a number and a text; a pipe has blanks beside it
    if (c == '|') return !is_alnum(c_.next()) || !is_alnum(c_.text[c_.at - 1]);
    return c == '\0' || static_cast<unsigned char>(c) <= ' ' || is_one_of(c, "\"'`<>;,&)]}\\");
  }

  bool read_plain() {
    const std::size_t begin = c_.at;
    if (is_one_of(c_.now(), "[(")) return false;  // a list or an expression, and what it is made of is not known
    while (c_.at - begin <= kMaxValue && (!ends_plain() || (c_.now() == '|' && c_.at == begin))) ++c_.at;
    if (c_.at - begin > kMaxValue) return false;
    out_.value = c_.since(begin);
    if (out_.value.starts_with('@') && std::all_of(out_.value.begin() + 1, out_.value.end(), is_name)) return false;  // @DB_PASSWORD, to be filled in
    if (std::none_of(out_.value.begin(), out_.value.end(), is_alnum)) return false;
    out_.form = given_.option && given_.bare ? Form::kOption : Form::kPlain;
    c_.skip_blanks();
    out_.more_text = out_.form == Form::kPlain && is_prose();
    return true;
  }

  // Words behind a plain value, unless they are arguments of a command.
  bool is_prose() {
    if (given_.alone) return true;  // for all that can be told
    if (given_.option || given_.command) return false;
    if (given_.tight && (c_.starts("./") || c_.starts("http://") || c_.starts("https://"))) return false;
    return is_alnum(c_.now()) || is_one_of(c_.now(), "(.=?");
  }

  bool read_element() {
    while (is_space(c_.now()) && c_.at < c_.text.size()) ++c_.at;
    c_.take("<![CDATA[");
    const std::size_t begin = c_.at;
    while (c_.at - begin <= kMaxValue && c_.now() != '<' && c_.now() != '\0' && !c_.starts("]]>")) ++c_.at;
    if (c_.at - begin > kMaxValue || c_.now() == '\0') return false;
    std::string_view value = c_.since(begin);
    while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
    out_.value = value;
    out_.form = Form::kElement;
    return !value.empty();
  }

  // password = ⏎ "…"; password: ⏎ value: …
  bool read_next_line() {
    c_.skip_spaces();
    if (is_quote(c_.now())) return read_quoted();
    if (!given_.colon || !is_blank(c_.text[c_.at - 1])) return false;
    if (!c_.take("value: ") && !c_.take("default: ")) return false;
    c_.skip_blanks();
    return is_quote(c_.now()) ? read_quoted() : c_.now() != '\n' && read_plain();
  }

  // <<<'EOT' ⏎, <<~EOS ⏎, @' ⏎
  bool skip_here_mark() {
    std::size_t at = c_.at;
    if (c_.now() == '@' && (c_.next() == '"' || c_.next() == '\'')) {
      at += 2;
    } else if (c_.starts("<<")) {
      at += 2;
      while (at - c_.at < 4 && is_one_of(c_.peek(at), "<~-")) ++at;
      if (is_quote(c_.peek(at))) ++at;
      const std::size_t word = at;
      while (at - word < kMaxDelimiter && is_name(c_.peek(at))) ++at;
      if (at == word) return false;
      if (is_quote(c_.peek(at))) ++at;
    } else {
      return false;
    }
    if (c_.peek(at) == '\r') ++at;
    if (c_.peek(at) != '\n') return false;
    c_.at = at + 1;
    out_.form = Form::kQuoted;
    return true;
  }

  // !!str …, &anchor …: skipped. |, >-: the text stands on the next line, true
  bool skip_yaml_marks() {
    c_.take("!!str ");
    if (c_.now() == '&' && is_name(c_.next())) {
      std::size_t at = c_.at + 1;
      while (at - c_.at < kMaxBlanks && (is_name(c_.peek(at)) || c_.peek(at) == '-')) ++at;
      if (c_.peek(at) == ' ') c_.at = at + 1;
    }
    if (c_.now() != '|' && c_.now() != '>') return false;
    std::size_t at = c_.at + 1;
    while (at - c_.at < 3 && (is_one_of(c_.peek(at), "+-") || is_digit(c_.peek(at)))) ++at;
    if (c_.peek(at) == '\r') ++at;
    if (c_.peek(at) != '\n' || !is_blank(c_.peek(at + 1))) return false;
    c_.at = at + 1;
    out_.form = Form::kPlain;
    return true;
  }

  // One line, and the next is indented less, or ends the text: of several lines none is the value.
  bool read_single_line() {
    const std::size_t line = c_.at;
    c_.skip_blanks();
    const std::size_t begin = c_.at;
    const bool indented = begin > line;
    while (c_.at - begin <= kMaxValue && c_.now() != '\n' && c_.now() != '\0') ++c_.at;
    if (c_.at - begin > kMaxValue) return false;
    std::string_view value = c_.since(begin);
    while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
    if (value.empty()) return false;
    if (c_.now() == '\n') ++c_.at;
    std::size_t n = 0;
    while (n < begin - line && is_blank(c_.now())) ++c_.at, ++n;
    if (out_.form == Form::kPlain && n == begin - line && indented && !is_space(c_.now()) && c_.now() != '\0') return false;
    if (out_.form == Form::kQuoted && !ends_here_text()) return false;
    out_.value = value;
    return true;
  }

  // EOT;, '@
  bool ends_here_text() {
    c_.skip_blanks();
    if (c_.starts("'@") || c_.starts("\"@")) return true;
    std::size_t at = c_.at;
    while (at - c_.at < kMaxDelimiter && (is_upper(c_.peek(at)) || c_.peek(at) == '_')) ++at;
    return at > c_.at + 1 && !is_name(c_.peek(at));
  }

  Cursor& c_;
  const Given& given_;
  Assignment& out_;
  bool listed_ = false;     // an element of a list or an object
  int opened_ = 0;          // brackets
  bool looked_up_ = false;  // behind getenv("TOKEN")
  bool read_any_ = false;   // a literal stood there, whatever came of it
  std::string_view callee_;
};

}  // namespace

bool read_value(Cursor& cursor, const Given& given, Assignment& out) { return ValueReader(cursor, given, out).read(); }

}  // namespace keywake::matching
