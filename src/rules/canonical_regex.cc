// Why a canonical text. A pattern's expression runs in two engines: Hyperscan looks for shapes over all bytes, RE2 confirms
// in a window and takes captures. Both read "almost Perl", and where they differ a rule would find in one tier what the
// other denies. The differences that matter (Hyperscan 5.4 developer reference, "Pattern support"; RE2's doc/syntax.txt):
//
//   layout         Hyperscan has (?x), RE2 has not: it is removed here.
//   \s             Hyperscan's, being PCRE's, has the vertical tab; RE2's has not. Here: tab, newline, form feed, return, space.
//   \v \h \e \0 …  mean different things or nothing: refused, the message says what to write.
//   (?i)           Hyperscan folds ASCII. RE2 in Latin-1 folds é and É too. Here it is worked out: (?i)ab → [Aa][Bb].
//   . and (?s)     become the classes they stand for.
//   x{m,n}         RE2 stops at 1000, and counts nested repeats by their product. So does this.
//   { } ]          as literals are a matter of taste between engines: { must be escaped, the others are.
//   (…)            without a name captures in one and is ignored by the other: becomes (?:…).
//
// What is refused altogether: ^ $ \A \z \Z \G and look-around, since whether bytes match must not depend on where a
// window or a blob ends (DESIGN, section 4); back-references and \K, possessive and atomic groups, which neither an automaton
// nor RE2 has; \p and bytes above 0x7f as they stand, since text is bytes here (« is two of them: write \xc2\xab).
//
// The parser is a recursive descent over the usual grammar (alternation, sequence, repeat, atom). It writes the canonical text as it goes
// and works out on the way how short and how long a match can be, which gives a pattern its window. Example:
//
//   (?i) \b (?P<secret> k [\s.] ){2} \b      →      \b(?P<secret>[Kk][\t\n\f\r .]){2}\b      min 4, max 4
#include "rules/canonical_regex.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/byte_set.h"

namespace keywake::rules {
namespace {

constexpr int kMaxDepth = 50;
constexpr std::size_t kMaxExpression = 16 * 1024;
constexpr std::uint64_t kMaxRepeat = 1000;
constexpr std::uint64_t kMaxWidth = 1u << 30;  // beyond it a bound is as good as none

/// How many bytes a part of the expression can match, and the largest product of nested repeats in it.
struct Extent {
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  bool unbounded = false;
  std::uint64_t repeats = 1;

  void then(const Extent& next) {
    min = std::min(min + next.min, kMaxWidth);
    max = std::min(max + next.max, kMaxWidth);
    unbounded |= next.unbounded;
    repeats = std::max(repeats, next.repeats);
  }
  void either(const Extent& other) {
    min = std::min(min, other.min);
    max = std::max(max, other.max);
    unbounded |= other.unbounded;
    repeats = std::max(repeats, other.repeats);
  }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_layout(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Flags {
  bool ignore_case = false;
  bool dot_all = false;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::expected<CanonicalRegex, RegexError> run() {
    if (text_.size() > kMaxExpression) {
      fail(0, fmt::format("the expression is longer than {} bytes", kMaxExpression));
    }
    Extent extent = alternation(Flags{}, 0);
    if (!failed_ && position_ < text_.size()) fail(position_, "\")\" closes no group");
    if (failed_) return std::unexpected(error_);
    CanonicalRegex result{std::move(out_), std::move(captures_), 0, std::nullopt};
    result.min_length = static_cast<std::uint32_t>(extent.min);
    if (!extent.unbounded && extent.max < kMaxWidth) {
      result.max_length = static_cast<std::uint32_t>(extent.max);
    }
    return result;
  }

 private:
  // Errors are sticky: the first one is kept and the rest of the text is skipped, which ends every loop.
  void fail(std::size_t offset, std::string message) {
    if (!failed_) error_ = {offset, std::move(message)};
    failed_ = true;
    position_ = text_.size();
  }

  [[nodiscard]] bool at_end() const { return position_ >= text_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  [[nodiscard]] bool looking_at(std::string_view word) const {
    return text_.substr(position_).starts_with(word);
  }

  void skip_layout() {
    while (!at_end()) {
      if (is_layout(peek())) {
        ++position_;
      } else if (peek() == '#') {
        while (!at_end() && peek() != '\n') ++position_;
      } else {
        return;
      }
    }
  }

  Extent alternation(Flags flags, int depth) {
    if (depth > kMaxDepth) fail(position_, fmt::format("groups are nested more than {} deep", kMaxDepth));
    Extent extent = sequence(flags, depth);
    while (!at_end() && peek() == '|') {
      ++position_;
      out_ += '|';
      extent.either(sequence(flags, depth));
    }
    return extent;
  }

  // `flags` by reference: (?i) holds for the rest of the group, later alternatives included.
  Extent sequence(Flags& flags, int depth) {
    Extent extent;
    for (skip_layout(); !at_end() && peek() != '|' && peek() != ')'; skip_layout()) {
      Extent part = atom(flags, depth);
      skip_layout();
      repeat(part);
      extent.then(part);
    }
    return extent;
  }

  void repeat(Extent& part) {
    std::size_t start = position_;
    std::uint64_t least = 0;
    std::uint64_t most = 0;
    bool unbounded = false;
    switch (at_end() ? '\0' : peek()) {
      case '*': unbounded = true; break;
      case '+': least = 1; unbounded = true; break;
      case '?': most = 1; break;
      case '{':
        if (!braces(least, most, unbounded)) return;
        break;
      default: return;
    }
    if (text_[start] != '{') ++position_;
    if (part.max == 0 && !part.unbounded) return fail(start, "there is nothing here that could be repeated");
    if (!at_end() && peek() == '?') ++position_;
    if (!at_end() && peek() == '+') return fail(position_, "possessive repeats do not exist in both engines");
    out_ += text_.substr(start, position_ - start);
    part.repeats *= std::max<std::uint64_t>(1, unbounded ? least : most);
    if (part.repeats > kMaxRepeat) {
      return fail(start, fmt::format("repeats, nested ones multiplied, may not exceed {}", kMaxRepeat));
    }
    part.min = std::min(part.min * least, kMaxWidth);
    part.max = std::min(part.max * most, kMaxWidth);
    part.unbounded = unbounded || (part.unbounded && most > 0);
  }

  /// {m}, {m,} or {m,n}.
  bool braces(std::uint64_t& least, std::uint64_t& most, bool& unbounded) {
    std::size_t start = position_++;
    bool ok = number(least);
    most = least;
    if (ok && peek() == ',') {
      ++position_;
      unbounded = peek() == '}';
      if (!unbounded) ok = number(most);
    }
    if (!ok || peek() != '}') {
      fail(start, "\"{\" must begin a repeat such as {3} or {2,8}; write \\{ for the brace itself");
      return false;
    }
    ++position_;
    if (least > kMaxRepeat || most > kMaxRepeat) {
      fail(start, fmt::format("a repeat may not exceed {}", kMaxRepeat));
      return false;
    }
    if (!unbounded && most < least) {
      fail(start, "the repeat's bounds are the wrong way round");
      return false;
    }
    return true;
  }

  bool number(std::uint64_t& value) {
    std::size_t start = position_;
    value = 0;
    while (is_digit(peek()) && position_ - start < 9) {
      value = value * 10 + static_cast<std::uint64_t>(peek() - '0');
      ++position_;
    }
    return position_ > start;
  }

  Extent one_of(ByteSet set, Flags flags) {
    append_set(out_, flags.ignore_case ? fold_case(set) : set);
    return {1, 1};
  }

  Extent atom(Flags& flags, int depth) {
    std::size_t start = position_;
    char c = peek();
    switch (c) {
      case '(': return group(flags, depth);
      case '[': return one_of(byte_class(flags), flags);
      case '\\': return escape(flags);
      case '.':
        ++position_;
        return one_of(flags.dot_all ? ~ByteSet() : ~ByteSet().set('\n'), flags);
      case '^':
      case '$':
        fail(start, fmt::format("\"{0}\" is not allowed: a match must not depend on where a text ends; write "
                                "\\{0} for the character", c));
        return {};
      case '*':
      case '+':
      case '?':
        fail(start, fmt::format("\"{0}\" has nothing to repeat; write \\{0} for the character", c));
        return {};
      case '{':
        fail(start, "\"{\" has nothing to repeat; write \\{ for the brace itself");
        return {};
      default: break;
    }
    if (!plain_byte(start)) return {};
    ++position_;
    return one_of(ByteSet().set(static_cast<unsigned char>(c)), flags);
  }

  bool plain_byte(std::size_t at) {
    auto c = static_cast<unsigned char>(text_[at]);
    if (c >= 0x20 && c < 0x7f) return true;
    fail(at, c < 0x80 ? fmt::format("write \\x{:02x} for this byte", c)
                      : fmt::format("text is bytes here: write \\x{:02x} for this byte of the character", c));
    return false;
  }

  Extent group(Flags& flags, int depth) {
    std::size_t start = position_++;
    Flags inner = flags;
    if (!looking_at("?")) {
      out_ += "(?:";
    } else if (looking_at("?P<") || (looking_at("?<") && peek(2) != '=' && peek(2) != '!')) {
      position_ += peek(1) == 'P' ? 3 : 2;
      if (!capture_name(start)) return {};
    } else if (!group_flags(start, inner)) {
      return {};
    } else if (peek() == ')') {  // (?i): for the rest of the group around it
      ++position_;
      flags = inner;
      return {};
    } else {
      ++position_;
      out_ += "(?:";
    }
    Extent extent = alternation(inner, depth + 1);
    if (!failed_ && peek() != ')') fail(start, "this group is not closed");
    if (failed_) return {};
    ++position_;
    out_ += ')';
    return extent;
  }

  bool capture_name(std::size_t group_start) {
    std::size_t start = position_;
    while (is_letter(peek()) || is_digit(peek()) || peek() == '_') ++position_;
    std::string name(text_.substr(start, position_ - start));
    if (name.empty() || is_digit(name[0]) || name.size() > 32 || peek() != '>') {
      fail(group_start, "a capture is written (?P<name>…), its name of letters, digits and _");
      return false;
    }
    ++position_;
    if (std::find(captures_.begin(), captures_.end(), name) != captures_.end()) {
      fail(group_start, fmt::format("there are two captures named \"{}\"", name));
      return false;
    }
    out_ += fmt::format("(?P<{}>", name);
    captures_.push_back(std::move(name));
    return true;
  }

  /// After "(": "?:", "?i:", "?s-i:", "?i". Stops before ":" or ")".
  bool group_flags(std::size_t start, Flags& flags) {
    ++position_;
    bool value = true;
    bool any = false;
    for (;; ++position_, any = true) {
      switch (peek()) {
        case 'i': flags.ignore_case = value; continue;
        case 's': flags.dot_all = value; continue;
        case '-': value = false; continue;
        case ':': return true;
        case ')':
          if (any) return true;
          break;
        case '=':
        case '!':
        case '<':
          fail(start, "look-around is not allowed: a match must not depend on bytes outside it");
          return false;
        case 'P': fail(start, "back-references do not exist in both engines"); return false;
        case '#': fail(start, "write a comment as # to the end of the line"); return false;
        case '>': fail(start, "atomic groups do not exist in both engines"); return false;
        default: break;
      }
      fail(start, "of the groups that begin with (? there are (?:…), (?P<name>…), (?i) and (?s), (?i:…) and (?s:…)");
      return false;
    }
  }

  Extent escape(Flags flags) {
    char c = peek(1);
    if (c == 'b' || c == 'B') {
      out_ += text_.substr(position_, 2);
      position_ += 2;
      return {};
    }
    if (std::optional<ByteSet> set = shorthand_class(c)) {
      position_ += 2;
      return one_of(*set, flags);
    }
    int byte = escaped_byte();
    if (byte < 0) return {};
    return one_of(ByteSet().set(static_cast<std::size_t>(byte)), flags);
  }

  /// An escape that stands for one byte; -1 after an error.
  int escaped_byte() {
    std::size_t start = position_++;
    if (at_end()) return fail(start, "a backslash ends the expression"), -1;
    char c = text_[position_++];
    switch (c) {
      case 't': return '\t';
      case 'n': return '\n';
      case 'f': return '\f';
      case 'r': return '\r';
      case 'x': return hexadecimal_byte(start);
      default: break;
    }
    if (is_letter(c) || is_digit(c)) return fail(start, refusal(c)), -1;
    if (!is_layout(c) && !plain_byte(position_ - 1)) return -1;
    return static_cast<unsigned char>(c);
  }

  static std::string refusal(char c) {
    switch (c) {
      case 'A':
      case 'z':
      case 'Z':
      case 'G':
        return fmt::format("\\{} is not allowed: a match must not depend on where a text begins or ends", c);
      case 'v': return "\\v means different things to the two engines; write \\x0b";
      case 'h': return "\\h does not exist in both engines; write [ \\t]";
      case 'e': return "\\e does not exist in both engines; write \\x1b";
      case 'a': return "write \\x07 for \\a";
      case '0': return "octal escapes are not allowed; write \\x00";
      case 'b': return "\\b inside a class means different things to the two engines";
      case 'C': return "\\C is not allowed: text is bytes, and (?s:.) is any of them";
      case 'p':
      case 'P': return fmt::format("\\{} is not allowed: text is bytes; list them in a class", c);
      case 'Q':
      case 'E': return fmt::format("\\{} does not exist in both engines; escape character by character", c);
      case 'k':
      case 'g': return "back-references do not exist in both engines";
      default: break;
    }
    if (is_digit(c)) return "back-references do not exist in both engines";
    return fmt::format("\\{} does not exist in both engines", c);
  }

  int hexadecimal_byte(std::size_t start) {
    bool braced = peek() == '{';
    if (braced) ++position_;
    int high = hex_value(peek());
    int low = hex_value(peek(1));
    if (high < 0 || low < 0 || (braced && peek(2) != '}')) {
      return fail(start, "a byte is written \\x and two hexadecimal digits"), -1;
    }
    position_ += braced ? 3 : 2;
    return high << 4 | low;
  }

  ByteSet byte_class(Flags flags) {
    std::size_t start = position_++;
    bool negated = peek() == '^';
    if (negated) ++position_;
    ByteSet set;
    for (bool first = true; first || peek() != ']'; first = false) {
      if (at_end()) {
        fail(start, "this class is not closed");
        return {};
      }
      set |= class_item(first);
    }
    ++position_;
    if (flags.ignore_case) set = fold_case(set);
    if (negated) set = ~set;
    if (!failed_ && set.none()) fail(start, "this class matches no byte");
    return set;
  }

  ByteSet class_item(bool first) {
    std::size_t start = position_;
    if (looking_at("[:")) return named_class();
    if (peek() == '\\') {
      if (std::optional<ByteSet> set = shorthand_class(peek(1))) {
        position_ += 2;
        if (peek() == '-' && peek(1) != ']') fail(position_, "a range cannot begin with a class; write \\- for the character");
        return *set;
      }
    }
    if (peek() == '-' && !first && peek(1) != ']') {
      fail(start, "\"-\" here is neither a range nor at an end of the class; write \\- for the character");
      return {};
    }
    int low = class_byte();
    int high = low;
    if (peek() == '-' && peek(1) != ']' && position_ + 1 < text_.size()) {
      ++position_;
      high = class_byte();
    }
    if (low < 0 || high < 0 || failed_) return {};
    if (high < low) {
      fail(start, "this range is the wrong way round");
      return {};
    }
    ByteSet set;
    for (int c = low; c <= high; ++c) set.set(static_cast<std::size_t>(c));
    return set;
  }

  int class_byte() {
    if (at_end()) return -1;
    if (peek() == '\\') return escaped_class_byte();
    if (!plain_byte(position_)) return -1;
    return static_cast<unsigned char>(text_[position_++]);
  }

  int escaped_class_byte() {
    if (shorthand_class(peek(1))) return fail(position_, "a range cannot end with a class"), -1;
    return escaped_byte();
  }

  ByteSet named_class() {
    std::size_t start = position_;
    std::size_t end = text_.find(":]", position_ + 2);
    std::string_view name = end == std::string_view::npos ? std::string_view() : text_.substr(start + 2, end - start - 2);
    if (std::optional<ByteSet> set = posix_class(name)) {
      position_ = end + 2;
      return *set;
    }
    fail(start, "\"[:\" must begin a named class such as [:alnum:]; write \\[ for the character");
    return {};
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::string out_;
  std::vector<std::string> captures_;
  bool failed_ = false;
  RegexError error_;
};

}  // namespace

std::expected<CanonicalRegex, RegexError> canonical_regex(std::string_view expression) {
  return Parser(expression).run();
}

}  // namespace keywake::rules
