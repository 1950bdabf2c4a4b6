// A recursive descent.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/hash.h"
#include "rules/other_regex_tree_internal.h"
#include "rules/regex_cursor.h"

namespace keywake::rules::other {
namespace {

constexpr int kMaxDepth = 48;
constexpr std::size_t kMaxExpression = 16 * 1024;
constexpr std::size_t kMaxNodes = 20'000;
constexpr std::uint32_t kMaxRepeat = 1000;

struct Flags {
  bool any_case = false, dot_all = false, free_spacing = false;
};

class Reader : private RegexCursor {
 public:
  explicit Reader(std::string_view text) : RegexCursor(text) {}

  std::expected<Tree, std::string> run() {
    if (text.size() > kMaxExpression) return std::unexpected(fmt::format("its expression is longer than {} bytes", kMaxExpression));
    Node root = alternatives(flags_, 0);
    if (!failed && !at_end()) fail(position, "\")\" closes no group");
    if (failed) return std::unexpected(error.message);
    return Tree{std::move(root), std::move(captures_)};
  }

 private:
  void skip_layout(const Flags& flags) {
    while (!at_end()) {
      if (looking_at("(?#")) {
        while (!at_end() && peek() != ')') ++position;
        if (!at_end()) ++position;
      } else if (flags.free_spacing && (is_space(peek()) || peek() == '\f' || peek() == '\v')) {
        ++position;
      } else if (flags.free_spacing && peek() == '#') {
        while (!at_end() && peek() != '\n') ++position;
      } else {
        return;
      }
    }
  }

  Node made(Kind kind) {
    if (++nodes_ > kMaxNodes) fail(position, "it is too large");
    Node out;
    out.kind = kind;
    return out;
  }
  Node set_of(ByteSet set, const Flags& flags) {
    Node out = made(Kind::kSet);
    out.any_case = flags.any_case;
    out.set = flags.any_case ? fold_case(set) : set;
    return out;
  }
  Node byte(unsigned char c, const Flags& flags) { return set_of(ByteSet().set(c), flags); }

  Node alternatives(Flags flags, int depth) {
    Node out = made(Kind::kAlternatives);
    if (depth > kMaxDepth) fail(position, "groups are nested too deep");
    out.children.push_back(sequence(flags, depth));
    while (!at_end() && peek() == '|') {
      ++position;
      out.children.push_back(sequence(flags, depth));
    }
    return out;
  }

  Node sequence(Flags& flags, int depth) {
    Node out = made(Kind::kSequence);
    for (skip_layout(flags); !at_end() && peek() != '|' && peek() != ')'; skip_layout(flags)) {
      std::optional<Node> part = atom(flags, depth);
      if (failed) break;
      if (!part) continue;
      for (skip_layout(flags); repeat(*part); skip_layout(flags)) {
      }
      out.children.push_back(*std::move(part));
    }
    return out;
  }

  std::optional<std::uint32_t> number() {
    const std::size_t start = position;
    std::uint32_t value = 0;
    while (is_digit(peek()) && position - start < 8) value = value * 10 + static_cast<std::uint32_t>(text[position++] - '0');
    return position == start ? std::nullopt : std::optional(value);
  }

  bool repeat(Node& part) {
    std::uint32_t least = 0;
    std::uint32_t most = kUnbounded;
    const std::size_t start = position;
    const char c = peek();
    if (c == '+') {
      least = 1;
    } else if (c == '?') {
      most = 1;
    } else if (c == '{') {
      ++position;
      const auto low = number();
      bool good = low || peek() == ',';
      least = most = low.value_or(0);
      if (good && peek() == ',') {
        ++position;
        most = peek() == '}' ? kUnbounded : number().value_or(0);
        good = low || most != kUnbounded;
      }
      if (!good || peek() != '}') {
        position = start;
        return false;  // a brace that stands for itself
      }
      if (most < least) fail(start, "a repeat's bounds are the wrong way round");
      if (least > kMaxRepeat) fail(start, fmt::format("a repeat of more than {}", kMaxRepeat));
      if (most > kMaxRepeat) most = kUnbounded;  // the longest match bounds it
    } else if (c != '*') {
      return false;
    }
    if (failed) return false;
    ++position;
    Node out = made(Kind::kRepeat);
    out.least = least;
    out.most = most;
    if (peek() == '?') {
      out.lazy = true;
      ++position;
    } else if (peek() == '+') {
      ++position;
    }
    out.children.push_back(std::move(part));
    part = std::move(out);
    return true;
  }

  // Nothing for what only sets flags.
  std::optional<Node> atom(Flags& flags, int depth) {
    const char c = peek();
    switch (c) {
      case '(':
        return group(flags, depth);
      case '[':
        return set_of(bytes_of_class(flags), flags);
      case '\\':
        return escape(flags);
      case '.':
        ++position;
        return set_of(flags.dot_all ? ~ByteSet() : ~ByteSet().set('\n'), {});
      case '^':
        ++position;
        return made(Kind::kBegin);
      case '$':
        ++position;
        return made(Kind::kEnd);
      case '*':
      case '+':
      case '?':
        fail(position, fmt::format("\"{}\" has nothing to repeat", c));
        return std::nullopt;
      default:
        break;
    }
    if (c == '\0') fail(position, "it has a zero byte");
    ++position;
    if ((c & 0x80) == 0) return byte(static_cast<unsigned char>(c), flags);
    Node out = made(Kind::kSequence);  // one character of several bytes: repeated as a whole
    out.children.push_back(byte(static_cast<unsigned char>(c), {}));
    while (!at_end() && (static_cast<unsigned char>(peek()) & 0xc0) == 0x80) out.children.push_back(byte(static_cast<unsigned char>(text[position++]), {}));
    return out;
  }

  std::optional<Node> group(Flags& flags, int depth) {
    ++position;
    Flags inner = flags;
    Node out = made(Kind::kGroup);
    std::string name;
    bool captured = true;
    if (peek() == '?') {
      ++position;
      captured = false;
      if (looking_at("P<") || looking_at("<") || looking_at("'")) {
        if (looking_at("<=") || looking_at("<!")) return fail(position, "it has look-around"), std::nullopt;
        const char close = peek() == '\'' ? '\'' : '>';
        position += peek() == 'P' ? 2 : 1;
        while (!at_end() && peek() != close && name.size() < 64) name += text[position++];
        if (at_end() || name.empty()) return fail(position, "a group's name does not end"), std::nullopt;
        ++position;
        captured = true;
      } else if (looking_at("=") || looking_at("!")) {
        return fail(position, "it has look-around"), std::nullopt;
      } else if (looking_at("P=") || looking_at("P>") || looking_at("R") || looking_at("&") || is_digit(peek())) {
        return fail(position, "it has back-references"), std::nullopt;
      } else if (peek() == '>') {
        ++position;
      } else if (!set_flags(inner)) {
        return std::nullopt;
      } else if (text[position - 1] == ')') {
        flags = inner;
        return std::nullopt;
      }
    }
    if (captured) {
      captures_.push_back(lowered(name));
      out.capture = static_cast<std::uint32_t>(captures_.size());
    }
    out.children.push_back(alternatives(inner, depth + 1));
    if (failed) return std::nullopt;
    if (peek() != ')') return fail(position, "a group is not closed"), std::nullopt;
    ++position;
    return out;
  }

  // Up to and with ":" or ")".
  bool set_flags(Flags& flags) {
    bool value = true;
    for (;;) {
      switch (at_end() ? '\0' : text[position++]) {
        case 'i':
          flags.any_case = value;
          break;
        case 's':
          flags.dot_all = value;
          break;
        case 'x':
          flags.free_spacing = value;
          break;
        case 'm':  // only tells what ^ and $ mean
        case 'u':
        case 'a':
          break;
        case '-':
          value = false;
          break;
        case ':':
        case ')':
          return true;
        default:
          fail(position, "it has a kind of group that cannot be expressed");
          return false;
      }
    }
  }

  std::optional<Node> escape(const Flags& flags) {
    const char c = peek(1);
    const std::size_t start = position;
    if (auto set = shorthand(c)) {
      position += 2;
      return set_of(*set, flags);
    }
    position += 2;
    switch (c) {
      case 'b':
        return made(Kind::kWord);
      case 'B':
        return made(Kind::kNoWord);
      case 'A':
        return made(Kind::kBegin);
      case 'z':
      case 'Z':
        return made(Kind::kEnd);
      case 'Q': {
        Node out = made(Kind::kSequence);
        while (!at_end() && !looking_at("\\E")) out.children.push_back(byte(static_cast<unsigned char>(text[position++]), flags));
        position = std::min(position + 2, text.size());
        return out;
      }
      case 'E':
        return std::nullopt;
      default:
        break;
    }
    position = start;
    const int one = escaped();
    if (one < 0) return std::nullopt;
    return byte(static_cast<unsigned char>(one), flags);
  }

  static std::optional<ByteSet> shorthand(char c) {
    if (c == 'h') return ByteSet().set(' ').set('\t');
    if (c == 'v') return ByteSet().set('\n').set('\v').set('\f').set('\r');
    if (c == 'N') return ~ByteSet().set('\n');
    return shorthand_class(c);
  }

  // An escape that stands for one byte; -1 after an error.
  int escaped() {
    const std::size_t start = position++;
    const char c = at_end() ? '\0' : text[position++];
    switch (c) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'f':
        return '\f';
      case 'a':
        return 7;
      case 'e':
        return 27;
      case 'x':
      case 'u':
        return hexadecimal(start, c == 'u' ? 4 : 2);
      case '0':
        while (peek() == '0') ++position;
        return 0;
      case 'p':
      case 'P':
        return fail(start, "it has Unicode classes (\\p)"), -1;
      case 'K':
      case 'G':
      case 'R':
      case 'X':
      case 'C':
        return fail(start, fmt::format("it has \\{}, which cannot be expressed", c)), -1;
      default:
        break;
    }
    if (is_digit(c) || c == 'k' || c == 'g') return fail(start, "it has back-references"), -1;
    if (is_letter(c) || c == '\0' || (c & 0x80) != 0) return fail(start, "it has an escape that is not known"), -1;
    return static_cast<unsigned char>(c);
  }

  int hexadecimal(std::size_t start, std::size_t digits) {
    const bool braced = peek() == '{';
    if (braced) ++position;
    std::uint32_t value = 0;
    std::size_t count = 0;
    for (; count < (braced ? 8 : digits) && hex_digit(peek()) >= 0; ++count) value = value << 4 | static_cast<std::uint32_t>(hex_digit(text[position++]));
    if (count == 0 || (braced && peek() != '}')) return fail(start, "a \\x without its digits"), -1;
    if (braced) ++position;
    if (value > 0xff || ((braced || digits > 2) && value > 0x7f)) return fail(start, "it has a character that is no single byte"), -1;
    return static_cast<int>(value);
  }

  ByteSet bytes_of_class(const Flags& flags) {
    const std::size_t start = position++;
    const bool negated = peek() == '^';
    if (negated) ++position;
    ByteSet set;
    for (bool first = true; first || peek() != ']'; first = false) {
      if (failed) return {};
      if (at_end()) return fail(start, "a class is not closed"), ByteSet();
      set |= item(first);
    }
    ++position;
    if (flags.any_case) set = fold_case(set);
    if (negated) set = ~set;
    if (set.none() && !failed) fail(start, "a class matches nothing");
    return set;
  }

  ByteSet item(bool) {
    if (looking_at("[:")) {
      const std::size_t end = text.find(":]", position + 2);
      std::string_view name = end == std::string_view::npos ? "" : text.substr(position + 2, end - position - 2);
      const bool negated = name.starts_with('^');
      if (negated) name.remove_prefix(1);
      if (auto set = posix_class(name)) {
        position = end + 2;
        return negated ? ~*set : *set;
      }
    }
    if (looking_at("&&") || looking_at("--") || looking_at("~~")) return fail(position, "it has operations on classes"), ByteSet();
    if (peek() == '\\') {
      if (auto set = shorthand(peek(1))) {
        position += 2;
        return *set;
      }
    }
    const int low = one_byte();
    int high = low;
    // "-" at the end, or before a class, stands for itself.
    if (!failed && peek() == '-' && peek(1) != ']' && position + 1 < text.size() && !(peek(1) == '\\' && shorthand(peek(2)))) {
      ++position;
      high = one_byte();
    }
    if (failed) return {};
    if (high < low) return fail(position, "a range is the wrong way round"), ByteSet();
    ByteSet set;
    for (int c = low; c <= high; ++c) set.set(static_cast<std::size_t>(c));
    return set;
  }

  int one_byte() {
    if (at_end()) return fail(position, "a class is not closed"), -1;
    if (peek() == '\\') {
      if (peek(1) == 'b') return position += 2, 8;
      return escaped();
    }
    if ((peek() & 0x80) != 0) return fail(position, "it has a class with characters outside ASCII"), -1;
    return static_cast<unsigned char>(text[position++]);
  }

  Flags flags_;
  std::vector<std::string> captures_;
  std::size_t nodes_ = 0;
};

}  // namespace

std::expected<Tree, std::string> parse(std::string_view expression) { return Reader(expression).run(); }

}  // namespace keywake::rules::other
