// Why a canonical text. A pattern's expression runs in two engines: Hyperscan looks for shapes over
// all bytes, RE2 confirms in a window and takes captures. Both read "almost Perl", and where they
// differ a rule would find in one tier what the other denies. The differences that matter
// (Hyperscan 5.4 developer reference, "Pattern support"; RE2's doc/syntax.txt):
//
//   layout     Hyperscan has (?x), RE2 has not. It is removed here.
//   \s         PCRE's, so Hyperscan's, has the vertical tab; RE2's has not. Here: \t \n \f \r
//   space.
//   \v \h \e   mean different things or nothing. Refused; the message says what to write instead.
//   (?i)       Hyperscan folds ASCII, RE2 in Latin-1 also folds bytes above 0x7f. It is worked out
//              here, for ASCII: (?i)ab becomes [Aa][Bb].
//   . (?s)     become the classes they stand for.
//   x{m,n}     RE2 stops at 1000 and multiplies nested repeats. So does this.
//   { } ]      as literals depend on what stands around them. A { must be escaped, the others are.
//   (…)        captures in one and is ignored by the other. It becomes (?:…).
//   [\w.-z]    a stray - is an error in one and a character in the other. Refused.
//
// Refused altogether: ^ $ \A \z \Z \G and look-around, since whether bytes match must not depend on
// where a window or a blob ends (DESIGN, section 4); back-references, \K, possessive and atomic
// groups, which no automaton has; \p and characters above 0x7f as they stand, since text is bytes
// here (« is two of them: write \xc2\xab).
//
// The parser is a recursive descent over the usual grammar (alternation, sequence, repeat, atom).
// It writes the canonical text as it goes and works out how short and how long a match can be,
// which gives a pattern its window. Example:
//
//   (?i) \b (?P<secret> k [\s.] ){2} \b    becomes    \b(?P<secret>[Kk][\t\n\f\r .]){2}\b
//   of 4 bytes at least and 4 at most.
#include "rules/canonical_regex.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "rules/regex_bytes.h"
#include "rules/regex_cursor.h"

namespace keywake::rules {
namespace {

constexpr int kMaxDepth = 50;
constexpr std::size_t kMaxExpression = 16 * 1024;
constexpr std::uint64_t kMaxRepeat = 1000;
constexpr std::uint64_t kMaxWidth = 1u << 30;  // beyond it a bound is as good as none

/// How many bytes a part of an expression can match, and its largest product of nested repeats.
struct Width {
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  bool unbounded = false;
  std::uint64_t repeats = 1;

  void then(const Width& next) {
    min = std::min(min + next.min, kMaxWidth);
    max = std::min(max + next.max, kMaxWidth);
    unbounded |= next.unbounded;
    repeats = std::max(repeats, next.repeats);
  }
  void either(const Width& other) {
    min = std::min(min, other.min);
    max = std::max(max, other.max);
    unbounded |= other.unbounded;
    repeats = std::max(repeats, other.repeats);
  }
};

bool is_layout(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

struct Flags {
  bool ignore_case = false;
  bool dot_all = false;
};

class Parser : private RegexCursor {
 public:
  explicit Parser(std::string_view text) : RegexCursor(text) {}

  std::expected<CanonicalRegex, RegexError> run() {
    if (text.size() > kMaxExpression) {
      fail(0, fmt::format("the expression is longer than {} bytes", kMaxExpression));
    }
    Width width = alternation(Flags{}, 0);
    if (!failed && position < text.size()) fail(position, "\")\" closes no group");
    if (failed) return std::unexpected(error);
    CanonicalRegex result{std::move(out_), std::move(captures_), 0, std::nullopt};
    result.min_length = static_cast<std::uint32_t>(width.min);
    if (!width.unbounded && width.max < kMaxWidth) {
      result.max_length = static_cast<std::uint32_t>(width.max);
    }
    return result;
  }

 private:
  void skip_layout() {
    while (!at_end()) {
      if (is_layout(peek())) {
        ++position;
      } else if (peek() == '#') {
        while (!at_end() && peek() != '\n') ++position;
      } else {
        return;
      }
    }
  }

  Width alternation(Flags flags, int depth) {
    if (depth > kMaxDepth)
      fail(position, fmt::format("groups are nested more than {} deep", kMaxDepth));
    Width width = sequence(flags, depth);
    while (!at_end() && peek() == '|') {
      ++position;
      out_ += '|';
      width.either(sequence(flags, depth));
    }
    return width;
  }

  // `flags` by reference: (?i) holds for the rest of the group, later alternatives included.
  Width sequence(Flags& flags, int depth) {
    Width width;
    for (skip_layout(); !at_end() && peek() != '|' && peek() != ')'; skip_layout()) {
      Width part = atom(flags, depth);
      skip_layout();
      repeat(part);
      width.then(part);
    }
    return width;
  }

  void repeat(Width& part) {
    std::size_t start = position;
    std::uint64_t least = 0;
    std::uint64_t most = 0;
    bool unbounded = false;
    switch (at_end() ? '\0' : peek()) {
      case '*':
        unbounded = true;
        break;
      case '+':
        least = 1;
        unbounded = true;
        break;
      case '?':
        most = 1;
        break;
      case '{':
        if (!braces(least, most, unbounded)) return;
        break;
      default:
        return;
    }
    if (text[start] != '{') ++position;
    if (part.max == 0 && !part.unbounded)
      return fail(start, "there is nothing here that could be repeated");
    if (!at_end() && peek() == '?') ++position;
    if (!at_end() && peek() == '+')
      return fail(position, "possessive repeats do not exist in both engines");
    out_ += text.substr(start, position - start);
    part.repeats *= std::max<std::uint64_t>(1, unbounded ? least : most);
    if (part.repeats > kMaxRepeat) {
      return fail(start,
                  fmt::format("repeats, nested ones multiplied, may not exceed {}", kMaxRepeat));
    }
    part.min = std::min(part.min * least, kMaxWidth);
    part.max = std::min(part.max * most, kMaxWidth);
    part.unbounded = unbounded || (part.unbounded && most > 0);
  }

  /// {m}, {m,} or {m,n}.
  bool braces(std::uint64_t& least, std::uint64_t& most, bool& unbounded) {
    std::size_t start = position++;
    bool ok = number(least);
    most = least;
    if (ok && peek() == ',') {
      ++position;
      unbounded = peek() == '}';
      if (!unbounded) ok = number(most);
    }
    if (!ok || peek() != '}') {
      fail(start, "\"{\" must begin a repeat such as {3} or {2,8}; write \\{ for the brace itself");
      return false;
    }
    ++position;
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
    std::size_t start = position;
    value = 0;
    while (is_digit(peek()) && position - start < 9) {
      value = value * 10 + static_cast<std::uint64_t>(peek() - '0');
      ++position;
    }
    return position > start;
  }

  Width one_of(ByteSet set, Flags flags) {
    append_set(out_, flags.ignore_case ? fold_case(set) : set);
    return {1, 1};
  }

  Width atom(Flags& flags, int depth) {
    std::size_t start = position;
    char c = peek();
    switch (c) {
      case '(':
        return group(flags, depth);
      case '[':
        return one_of(byte_class(*this, flags.ignore_case), flags);
      case '\\':
        return escape(flags);
      case '.':
        ++position;
        return one_of(flags.dot_all ? ~ByteSet() : ~ByteSet().set('\n'), flags);
      case '^':
      case '$':
        fail(start,
             fmt::format(
                 "\"{0}\" is not allowed: a match must not depend on where a text ends; write "
                 "\\{0} for the character",
                 c));
        return {};
      case '*':
      case '+':
      case '?':
        fail(start, fmt::format("\"{0}\" has nothing to repeat; write \\{0} for the character", c));
        return {};
      case '{':
        fail(start, "\"{\" has nothing to repeat; write \\{ for the brace itself");
        return {};
      default:
        break;
    }
    int byte = plain_byte(*this);
    if (byte < 0) return {};
    return one_of(ByteSet().set(static_cast<std::size_t>(byte)), flags);
  }

  Width group(Flags& flags, int depth) {
    std::size_t start = position++;
    Flags inner = flags;
    if (!looking_at("?")) {
      out_ += "(?:";
    } else if (looking_at("?P<") || (looking_at("?<") && peek(2) != '=' && peek(2) != '!')) {
      position += peek(1) == 'P' ? 3 : 2;
      if (!capture_name(start)) return {};
    } else if (!group_flags(start, inner)) {
      return {};
    } else if (peek() == ')') {  // (?i): for the rest of the group around it
      ++position;
      flags = inner;
      return {};
    } else {
      ++position;
      out_ += "(?:";
    }
    Width width = alternation(inner, depth + 1);
    if (!failed && peek() != ')') fail(start, "this group is not closed");
    if (failed) return {};
    ++position;
    out_ += ')';
    return width;
  }

  bool capture_name(std::size_t group_start) {
    std::size_t start = position;
    while (is_letter(peek()) || is_digit(peek()) || peek() == '_') ++position;
    std::string name(text.substr(start, position - start));
    if (name.empty() || is_digit(name[0]) || name.size() > 32 || peek() != '>') {
      fail(group_start, "a capture is written (?P<name>…), its name of letters, digits and _");
      return false;
    }
    ++position;
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
    ++position;
    bool value = true;
    bool any = false;
    for (;; ++position, any = true) {
      switch (peek()) {
        case 'i':
          flags.ignore_case = value;
          continue;
        case 's':
          flags.dot_all = value;
          continue;
        case '-':
          value = false;
          continue;
        case ':':
          return true;
        case ')':
          if (any) return true;
          break;
        case '=':
        case '!':
        case '<':
          fail(start, "look-around is not allowed: a match must not depend on bytes outside it");
          return false;
        case 'P':
          fail(start, "back-references do not exist in both engines");
          return false;
        case '#':
          fail(start, "write a comment as # to the end of the line");
          return false;
        case '>':
          fail(start, "atomic groups do not exist in both engines");
          return false;
        default:
          break;
      }
      fail(start,
           "of the groups that begin with (? there are (?:…), (?P<name>…), (?i) and (?s), (?i:…) "
           "and (?s:…)");
      return false;
    }
  }

  Width escape(Flags flags) {
    char c = peek(1);
    if (c == 'b' || c == 'B') {
      out_ += text.substr(position, 2);
      position += 2;
      return {};
    }
    if (std::optional<ByteSet> set = shorthand_class(c)) {
      position += 2;
      return one_of(*set, flags);
    }
    int byte = escaped_byte(*this);
    if (byte < 0) return {};
    return one_of(ByteSet().set(static_cast<std::size_t>(byte)), flags);
  }

  std::string out_;
  std::vector<std::string> captures_;
};

}  // namespace

std::expected<CanonicalRegex, RegexError> canonical_regex(std::string_view expression) {
  return Parser(expression).run();
}

}  // namespace keywake::rules
