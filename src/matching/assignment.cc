#include "matching/assignment.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "matching/assignment_before.h"
#include "matching/assignment_cursor.h"
#include "matching/assignment_name.h"
#include "matching/assignment_value.h"

namespace keywake::matching {
namespace {

constexpr std::size_t kMaxType = 48;   // of a type between a name and its value
constexpr std::size_t kMaxTag = 96;    // of the attributes behind an element's name
constexpr std::size_t kMaxField = 96;  // of a value that is passed over

std::size_t floor_of(std::size_t begin) { return begin > kNameReach ? begin - kNameReach : 0; }

class Reader {
 public:
  Reader(std::string_view text, std::size_t begin, std::size_t end, bool at_end)
      : begin_(begin), floor_(floor_of(begin)), glance_(end + kGlanceReach), c_{text.substr(0, std::min(text.size(), end + kValueReach)), end, at_end && text.size() <= end + kValueReach},
        place_(c_.text, name_, floor_) {}

  std::optional<Assignment> read() {
    if (!read_name(c_, begin_, name_)) return std::nullopt;
    out_.name = name_.text;
    given_.option = name_.option;
    given_.doubled = name_.doubled;
    const bool stands = read_annotated() || read_value_field() || read_operator_and_value() || read_before();
    if (!stands || c_.ran_out) return std::nullopt;
    return out_;
  }

 private:
  bool take_before(std::string_view value) {
    if (value.empty()) return false;
    out_.value = value;
    out_.form = Form::kQuoted;
    out_.piece = out_.more_text = false;
    return true;
  }
  bool read_annotated() {
    std::size_t at = c_.at;
    while (at - c_.at < kMaxBlanks && is_blank(c_.peek(at))) ++at;
    return may_end_field(c_.peek(at)) && take_before(annotated_before(c_.text, name_.first, floor_));
  }
  bool read_before() {
    return (name_.quoted && take_before(paired_before(c_.text, name_.first, floor_))) || take_before(compared_before(c_.text, name_.first, floor_));
  }

  bool read(Operator op) {
    given_.op = op;
    given_.sigil |= place_.has_sigil();
    given_.variable = op == Operator::kCompare && place_.is_variable();
    return read_value(c_, given_, out_);
  }

  // Behind a bare name only the commonest words, for the sake of may_be_assigned().
  bool is_value_word(std::string_view word, bool element) const {
    static constexpr std::array<std::string_view, 8> kFields{"value", "default", "defaultvalue", "val", "content", "secretvalue", "unset", "fallback"};
    if (word.size() > 12) return false;
    const auto common = kFields.begin() + 3;
    const auto known = name_.quoted || element ? kFields.end() : common;
    return std::find(kFields.begin(), known, lowered(word)) != known;
  }

  std::string_view take_word() {
    const std::size_t begin = c_.at;
    while (c_.at - begin < 16 && (is_letter(c_.now()) || c_.now() == '_')) ++c_.at;
    return c_.since(begin);
  }

  // "name": "TOKEN", "value": "…"; key="TOKEN" type="x" value="…"; name: TOKEN ⏎ value: …; <name>token</name><value>…</value>;
  // -Name TOKEN -Value …
  bool read_value_field() {
    const std::size_t saved = c_.at;
    for (int fields = 0; fields < 3; ++fields) {
      const std::size_t begin = c_.at;
      for (std::size_t n = 0; n < kMaxBlanks && (is_space(c_.now()) || (name_.quoted && (is_quote(c_.now()) || is_one_of(c_.now(), ",;")))); ++n) ++c_.at;
      const bool key = fields == 0 && close_element();
      const bool dash = c_.now() == '-' && c_.at > begin && is_blank(c_.text[c_.at - 1]);
      if (dash) ++c_.at;
      if (c_.at == begin) break;
      std::string_view word = take_word();
      if ((is_value_word(word, c_.text[begin] == '<') && (!dash || word.size() == 5)) || (key && word == "string")) {
        if (read_field(dash)) return true;
        given_.bare = false;
        given_.option = name_.option;
        break;
      }
      if (dash || word.empty() || !name_.quoted || !skip_field()) break;
    }
    c_.at = saved;
    return false;
  }

  // </name> ⏎ <: whether it closed a <key>
  bool close_element() {
    if (!c_.take("</")) return false;
    const bool key = c_.starts("key>");
    std::size_t n = 0;
    while (n < 24 && c_.now() != '>' && c_.now() != '\0') ++c_.at, ++n;
    if (c_.now() == '>') ++c_.at;
    while (n < kMaxBlanks && is_space(c_.now())) ++c_.at, ++n;
    if (c_.now() == '<') ++c_.at;
    return key;
  }

  bool read_field(bool dash) {
    while (is_quote(c_.now()) || c_.now() == '\\') ++c_.at;
    const bool blank = is_blank(c_.now());
    c_.skip_blanks();
    if (dash && blank) {
      given_.bare = given_.option = true;
      return read(Operator::kAssign);
    }
    Operator op = c_.now() == '>' ? Operator::kElement : c_.now() == ':' || c_.now() == '=' ? Operator::kAssign : Operator::kNone;
    if (op == Operator::kNone) return false;
    ++c_.at;
    return read(op);
  }

  // type="hidden", "type": "string": a field of no interest between name and value, behind its word
  bool skip_field() {
    if (is_quote(c_.now())) ++c_.at;
    c_.skip_blanks();
    if (c_.now() != ':' && c_.now() != '=') return false;
    ++c_.at;
    c_.skip_blanks();
    const char quote = c_.now();
    const std::size_t begin = c_.at;
    if (is_quote(quote)) {
      ++c_.at;
      while (c_.at - begin < kMaxField && c_.now() != quote && c_.now() != '\n' && c_.now() != '\0') ++c_.at;
      if (c_.now() != quote || c_.since(begin + 1) == "hidden") return false;  // a form's own token, against forged requests
      ++c_.at;
      return true;
    }
    while (c_.at - begin < kMaxField && is_name(c_.now())) ++c_.at;
    return c_.at > begin;
  }

  // "dbPass": {"value": "…"}, variable "token" { default = "…" }
  bool read_inner_field() {
    const std::size_t saved = c_.at;
    ++c_.at;
    for (int fields = 0; fields < 4; ++fields) {
      const std::size_t begin = c_.at;
      c_.skip_spaces();
      if (c_.now() == ',') ++c_.at;
      c_.skip_spaces();
      const bool quoted = is_quote(c_.now());
      if (quoted) ++c_.at;
      std::string_view word = take_word();
      if (word == "value" || word == "default" || word == "defaultValue" || word == "Value" || word == "Default") {
        if (read_field(false)) return true;
        break;
      }
      if (word.empty() || c_.at == begin || !skip_field()) break;
    }
    c_.at = saved;
    return false;
  }

  bool read_operator_and_value() {
    const std::size_t before = c_.at;
    c_.skip_blanks();
    const bool blank = c_.at > before;
    given_.tight = !blank;
    if (name_.braced && !is_braced_operator()) return false;
    if (blank && name_.quoted && c_.now() == '{') return read_inner_field();
    Operator op = read_operator(blank);
    if (op == Operator::kNone) op = blank && skip_type() ? read_operator(true) : read_without_operator(blank);
    if (op == Operator::kNone || (op == Operator::kComma && !name_.quoted && !is_literal_next())) return false;
    if (given_.colon && (place_.is_behind_equals() || place_.is_branch())) return false;  // action=pass:…, x ? 'pass' : '…'
    c_.skip_blanks();
    given_.tight &= !is_blank(c_.text[c_.at - 1]);
    given_.command = given_.tight && place_.is_in_command();
    if (op == Operator::kCall) skip_receiver();
    if (op == Operator::kAssign && c_.now() == '{' && read_inner_field()) return true;
    return read(op) && !is_word_list(op);
  }

  // put(token, "…"), put(token, b"…"); what is called with a bare name and an expression does not give the one to the other.
  bool is_literal_next() {
    std::size_t at = c_.at;
    while (at - c_.at < kMaxBlanks && is_space(c_.peek(at))) ++at;
    return is_quote(c_.peek(at)) || c_.peek(at) == '\\' || is_quote(c_.peek(at + 1));
  }

  // What assigns to $ENV{NAME} and is not what stands beside a name in a template: {name}
  bool is_braced_operator() {
    return c_.now() == '=' || (c_.now() == '!' && c_.next() == '=') || c_.starts("||=") || c_.starts("//=") || c_.starts("eq ") || c_.starts("ne ");
  }

  // #define PASSWORD "…", --password …, ENV PASSWORD …, (def password ⏎ "…")
  Operator read_without_operator(bool blank) {
    const bool line_end = c_.now() == '\n' || c_.now() == '\r';
    if (line_end && !name_.quoted) return place_.is_defined() ? Operator::kAssign : Operator::kNone;
    if (!blank || line_end) return annotated_field();
    const bool literal = is_quote(c_.now()) || (c_.now() == '@' && c_.next() == '"');
    if (literal && name_.quoted && !place_.takes_literal()) return Operator::kNone;  // resource "x_secret" "name" {
    given_.alone = !literal && !name_.option && stands_alone();
    if (!literal && !name_.option && !given_.alone && !place_.takes_word()) return annotated_field();
    if (is_one_of(c_.now(), "$-<>{|&;)")) return Operator::kNone;  // a variable, the next option, a redirection
    given_.bare = !literal;
    return Operator::kAssign;
  }

  // A line of two words, the one a name: the configuration of Redis, msmtp, Fluentd. Prose has more of them.
  bool stands_alone() {
    if (name_.quoted || !place_.begins_line()) return false;
    std::size_t at = c_.at;
    while (at < c_.text.size() && !is_space(c_.text[at])) ++at;
    if (c_.peek(at) == '\r') ++at;
    return c_.peek(at) == '\n' || c_.peek(at) == '\0';
  }

  // client_set_token(client, "…")
  void skip_receiver() {
    if (name_.quoted || lowered(name_.text).find("set") == std::string::npos) return;
    std::size_t at = c_.at;
    while (at - c_.at < kMaxType && (is_name(c_.peek(at)) || is_one_of(c_.peek(at), "&*.->"))) ++at;
    if (at == c_.at || c_.peek(at) != ',') return;
    ++at;
    if (c_.peek(at) == ' ') ++at;
    if (is_quote(c_.peek(at))) c_.at = at;
  }

  // @AppStorage("apiKey") var stored = "…": behind the "="
  Operator annotated_field() {
    if (!place_.is_annotated()) return Operator::kNone;
    std::size_t at = c_.at;
    while (at - c_.at < kMaxType && (is_name(c_.peek(at)) || is_space(c_.peek(at)) || is_one_of(c_.peek(at), ":?<>[]"))) ++at;
    if (c_.peek(at) != '=' || c_.peek(at + 1) == '=') return Operator::kNone;
    c_.at = at + 1;
    given_.literal = true;
    return Operator::kAssign;
  }

  Operator read_operator(bool blank) {
    struct Row {
      std::string_view text;
      Operator op;
    };
    static constexpr std::array<Row, 29> kRows{{
        {"||=", Operator::kAssign},  {"//=", Operator::kAssign},  {"||", Operator::kComma},   {"\?\?=", Operator::kAssign},  {"??", Operator::kComma},
        {"===", Operator::kCompare}, {"!==", Operator::kCompare}, {"==", Operator::kCompare}, {"!=", Operator::kCompare},  {":::=", Operator::kAssign},
        {"::=", Operator::kAssign},  {":=", Operator::kAssign},   {"=>", Operator::kAssign},  {"<<- ", Operator::kAssign}, {"<-", Operator::kAssign},
        {"?=", Operator::kAssign},   {"::", Operator::kNone},     {"=~", Operator::kNone},    {"~=", Operator::kCompare},  {"/=", Operator::kCompare},
        {"+=", Operator::kAssign},   {".=", Operator::kAssign},   {"->", Operator::kNone},    {"=", Operator::kAssign},    {":", Operator::kAssign},
        {",", Operator::kComma},     {"(", Operator::kCall},      {">", Operator::kElement},  {"{ get", Operator::kAssign},
    }};
    const char first = c_.now();
    for (const Row& row : kRows) {
      if (row.text.front() != first || !c_.starts(row.text)) continue;
      if (row.op == Operator::kNone) break;
      if (row.text == "(" && blank && !is_quote(c_.next())) return Operator::kNone;
      if (row.op == Operator::kElement && !place_.is_in_tag()) return Operator::kNone;
      c_.at += row.text.size();
      if (row.text == "{ get") return skip_past("} =", 32) ? Operator::kAssign : Operator::kNone;
      if (row.text == ":") skip_annotation();
      given_.colon = row.text == ":";
      given_.sigil = row.text == "=>";
      given_.appended = row.text == "+=" || (row.text == ".=" && !name_.quoted);
      given_.literal = given_.appended || row.text == ".=" || row.text == "<<- ";
      return row.op;
    }
    if (!blank) return read_tight_operator();
    return read_word_operator();
  }

  // kToken{"…"}, params['token'].eql?('…')
  Operator read_tight_operator() {
    if (c_.now() == '{' && is_quote(c_.next())) return ++c_.at, Operator::kCall;
    if (!name_.quoted) return Operator::kNone;
    for (std::string_view method : {".eql?(", ".equals(", ".compare(", ".isEqualTo("}) {
      if (c_.take(method)) return Operator::kCompare;
    }
    return Operator::kNone;
  }

  // Words and arrows between a name and a literal; nothing else of theirs is a value.
  Operator read_word_operator() {
    struct Row {
      std::string_view text;
      bool quoted;  // only behind a quoted name
      Operator op;
    };
    static constexpr std::array<Row, 13> kRows{{
        {"eq ", false, Operator::kCompare},   {"ne ", false, Operator::kCompare},   {"-eq ", false, Operator::kCompare},  {"-ne ", false, Operator::kCompare},
        {"-ceq ", false, Operator::kCompare}, {"-cne ", false, Operator::kCompare}, {"-ieq ", false, Operator::kCompare}, {"-ine ", false, Operator::kCompare},
        {"to ", true, Operator::kAssign},     {"-> ", true, Operator::kAssign},     {"by lazy { ", false, Operator::kAssign},
        {"isEqualToString:", false, Operator::kCompare}, {"isEqual:", false, Operator::kCompare},
    }};
    for (const Row& row : kRows) {
      if ((row.quoted && !name_.quoted) || !c_.starts(row.text)) continue;
      std::size_t at = c_.at + row.text.size();
      if (c_.peek(at) == '@') ++at;
      if (!is_quote(c_.peek(at))) return Operator::kNone;
      c_.at = at;
      return row.op;
    }
    if (is_letter(c_.now()) && place_.is_tag() && skip_attributes()) return Operator::kElement;
    return Operator::kNone;
  }

  // <Secret type="hidden">…
  bool skip_attributes() {
    std::size_t at = c_.at;
    while (at - c_.at < kMaxTag && !is_one_of(c_.peek(at), ">{\n") && c_.peek(at) != '\0') ++at;
    if (c_.peek(at) != '>' || c_.text[at - 1] == '/' || c_.text[at - 1] == '=') return false;
    c_.at = at + 1;
    return true;
  }

  // token: str = "…"  → behind the "="; passwd: String { return "…"  → at the literal
  void skip_annotation() {
    std::size_t at = c_.at;
    while (at - c_.at < kMaxType && (is_alnum(c_.peek(at)) || is_one_of(c_.peek(at), " _<>[]?.|&'*,()"))) ++at;
    if (at <= c_.at + 1 || c_.text[at - 1] != ' ') return;
    if (c_.peek(at) == '=' && c_.peek(at + 1) != '=' && c_.peek(at + 1) != '>') c_.at = at + 1;
    if (c_.peek(at) != '{' || c_.peek(at + 1) != ' ') return;
    at += 2;
    if (c_.starts_at(at, "return ")) at += 7;
    if (is_quote(c_.peek(at))) c_.at = at;
  }

  // password string = "…"
  bool skip_type() {
    if (is_one_of(c_.now(), ".>]") || (c_.now() == '<' && !is_letter(c_.next()))) return false;
    std::size_t at = c_.at;
    while (at - c_.at < kMaxType && (is_alnum(c_.peek(at)) || is_one_of(c_.peek(at), "_*[]<>.&"))) ++at;
    if (at == c_.at || !is_blank(c_.peek(at))) return false;
    while (is_blank(c_.peek(at)) && at - c_.at < kMaxType) ++at;
    if (at + 1 >= glance_ || (c_.peek(at) != '=' && !(c_.peek(at) == ':' && c_.peek(at + 1) == '='))) return false;
    c_.at = at;
    return true;
  }

  bool skip_past(std::string_view word, std::size_t most) {
    for (std::size_t n = 0; n < most && c_.now() != '\0'; ++n, ++c_.at) {
      if (c_.take(word)) return true;
    }
    return false;
  }

  // ["user", "password", "123456"]: neighbours in a list of words, not a name and its value. A pair of its own is one.
  bool is_word_list(Operator op) {
    if (op != Operator::kComma || !name_.quoted || name_.option || name_.closed) return false;
    const auto [opener, words] = place_.opener();
    if (opener == '\0') return std::find(name_.text.data(), out_.value.data(), '\n') != out_.value.data();
    if (opener == '(' || !words) return false;
    const bool alone = place_.last_before() == opener && (c_.now() == ']' || c_.now() == '}');
    return !alone && (opener == '[' || place_.last_before() == ',');
  }

  std::size_t begin_;   // of the hit
  std::size_t floor_;   // nothing before it is read
  std::size_t glance_;  // may_be_assigned() reads no further
  Cursor c_;
  Name name_;
  NamePlace place_;
  Given given_;
  Assignment out_;
};

}  // namespace

std::optional<Assignment> read_assignment(std::string_view text, std::size_t begin, std::size_t end, bool at_end) {
  return Reader(text, begin, end, at_end).read();
}

}  // namespace keywake::matching
