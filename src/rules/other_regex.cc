// A recursive descent into a small tree; then what of it is the credential, what literals every match has, and the text.
#include "rules/other_regex.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/hash.h"
#include "rules/byte_set.h"
#include "rules/canonical_regex.h"
#include "rules/regex_cursor.h"

namespace keywake::rules {
namespace {

constexpr int kMaxDepth = 48;
constexpr std::size_t kMaxExpression = 16 * 1024;
constexpr std::size_t kMaxNodes = 20'000;
constexpr std::uint32_t kMaxRepeat = 1000;
constexpr std::uint32_t kUnbounded = UINT32_MAX;
constexpr std::size_t kMaxLiterals = 48;  // of one set
constexpr std::size_t kShortestLiteral = 3;
constexpr std::size_t kLongestLiteral = 64;

enum class Kind : std::uint8_t { kSet, kSequence, kAlternatives, kRepeat, kGroup, kWord, kNoWord, kBegin, kEnd };

struct Node {
  Kind kind = Kind::kSequence;
  ByteSet set;
  bool any_case = false;
  std::vector<Node> children;
  std::uint32_t least = 0, most = 0;
  bool lazy = false;
  std::uint32_t capture = 0;  // number of the group; 0: none
  bool sure = false;          // the group takes part in every match
};

struct Flags {
  bool any_case = false, dot_all = false, free_spacing = false;
};

struct Captured {
  std::string name;
};

class Reader : private RegexCursor {
 public:
  explicit Reader(std::string_view text) : RegexCursor(text) {}

  std::expected<Node, std::string> run() {
    if (text.size() > kMaxExpression) return std::unexpected(fmt::format("its expression is longer than {} bytes", kMaxExpression));
    Node root = alternatives(flags_, 0);
    if (!failed && !at_end()) fail(position, "\")\" closes no group");
    if (failed) return std::unexpected(error.message);
    return root;
  }
  [[nodiscard]] const std::vector<Captured>& captures() const { return captures_; }

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
      captures_.push_back({lowered(name)});
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
  std::vector<Captured> captures_;
  std::size_t nodes_ = 0;
};

// Marks the groups that take part in every match.
void mark_sure(Node& node, bool sure) {
  if (node.kind == Kind::kAlternatives) sure &= node.children.size() == 1;
  if (node.kind == Kind::kRepeat) sure &= node.least > 0;
  node.sure = sure;
  for (Node& child : node.children) mark_sure(child, sure);
}

std::uint32_t first_sure(const Node& node) {
  if (node.kind == Kind::kGroup && node.capture > 0 && node.sure) return node.capture;
  for (const Node& child : node.children) {
    if (const std::uint32_t found = first_sure(child); found > 0) return found;
  }
  return 0;
}

class Writer {
 public:
  Writer(std::uint32_t secret, bool own_ends) : secret_(secret), own_ends_(own_ends) {}

  bool write(const Node& node) {
    switch (node.kind) {
      case Kind::kSet:
        append_set(out, node.set);
        return true;
      case Kind::kWord:
        out += "\\b";
        return true;
      case Kind::kNoWord:
        out += "\\B";
        return true;
      case Kind::kBegin:
      case Kind::kEnd:
        if (own_ends_) out += node.kind == Kind::kBegin ? '^' : '$';
        return own_ends_;
      case Kind::kSequence:
        return std::all_of(node.children.begin(), node.children.end(), [this](const Node& child) { return write(child); });
      case Kind::kAlternatives:
        return write_alternatives(node);
      case Kind::kRepeat:
        return write_repeat(node);
      case Kind::kGroup:
        out += node.capture != 0 && node.capture == secret_ ? "(?P<secret>" : "(?:";
        if (!write(node.children[0])) return false;
        out += ')';
        return true;
    }
    return false;
  }

  std::string out;

 private:
  bool write_alternatives(const Node& node) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) out += '|';
      const Node& child = node.children[i];
      const bool is_end = child.children.size() == 1 && (child.children[0].kind == Kind::kBegin || child.children[0].kind == Kind::kEnd);
      if (is_end && node.children.size() > 1 && !own_ends_) {
        out += "\\b";
      } else if (!write(child)) {
        return false;
      }
    }
    return true;
  }

  bool write_repeat(const Node& node) {
    const Node& child = node.children[0];
    const bool bare = child.kind == Kind::kSet || child.kind == Kind::kGroup;
    if (!bare) out += "(?:";
    if (!write(child)) return false;
    if (!bare) out += ')';
    if (node.most == kUnbounded) {
      out += node.least == 0 ? "*" : node.least == 1 ? "+" : fmt::format("{{{},}}", node.least);
    } else if (node.least == 0 && node.most == 1) {
      out += '?';
    } else if (node.least == node.most) {
      out += fmt::format("{{{}}}", node.least);
    } else {
      out += fmt::format("{{{},{}}}", node.least, node.most);
    }
    if (node.lazy) out += '?';
    return true;
  }

  std::uint32_t secret_;
  bool own_ends_;
};

// All that a part of an expression can match, if that is little.
struct Exact {
  std::vector<std::string> texts;
  bool any_case = false;
};

class LiteralFinder {
 public:
  explicit LiteralFinder(std::uint32_t secret) : secret_(secret) {}

  std::vector<RequiredLiterals> run(const Node& root) {
    walk(root, secret_ == 0);
    if (auto all = exact(root)) take(*all, secret_ == 0);
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return worth(a) > worth(b); });
    return std::move(found_);
  }

 private:
  static std::size_t shortest(const std::vector<std::string>& texts) {
    std::size_t out = SIZE_MAX;
    for (const std::string& text : texts) out = std::min(out, text.size());
    return out;
  }
  static std::size_t worth(const RequiredLiterals& set) {
    return std::min<std::size_t>(shortest(set.literals), 12) * 8 + (set.any_case ? 0 : 4) + (set.literals.size() == 1 ? 3 : set.literals.size() < 5 ? 2 : 0);
  }

  void take(const Exact& run, bool in_secret) {
    if (run.texts.empty() || shortest(run.texts) < kShortestLiteral) return;
    RequiredLiterals out{{}, run.any_case, in_secret};
    for (const std::string& text : run.texts) out.literals.push_back((run.any_case ? lowered(text) : text).substr(0, kLongestLiteral));
    std::sort(out.literals.begin(), out.literals.end());
    out.literals.erase(std::unique(out.literals.begin(), out.literals.end()), out.literals.end());
    found_.push_back(std::move(out));
  }

  // Whatever stands in every match, part by part.
  void walk(const Node& node, bool in_secret) {
    in_secret |= node.kind == Kind::kGroup && node.capture != 0 && node.capture == secret_;
    if (node.kind == Kind::kSequence) return walk_sequence(node, in_secret);
    if (node.kind == Kind::kGroup || (node.kind == Kind::kRepeat && node.least > 0)) return walk(node.children[0], in_secret);
    if (node.kind != Kind::kAlternatives) return;
    if (node.children.size() == 1) return walk(node.children[0], in_secret);
    // One literal of each alternative.
    RequiredLiterals joined{{}, false, in_secret};
    for (const Node& child : node.children) {
      LiteralFinder finder(secret_);
      auto of_child = finder.run(child);
      if (of_child.empty()) return;
      joined.any_case |= of_child.front().any_case;
      joined.literals.insert(joined.literals.end(), of_child.front().literals.begin(), of_child.front().literals.end());
      if (joined.literals.size() > kMaxLiterals) return;
    }
    take({joined.literals, joined.any_case}, in_secret);
  }

  void walk_sequence(const Node& node, bool in_secret) {
    Exact run{{""}, false};
    for (const Node& child : node.children) {
      auto next = exact(child);
      if (next && !add(run, *next)) next.reset();
      if (next) continue;
      take(run, in_secret);
      run = {{""}, false};
      walk(child, in_secret);
      if (auto again = exact(child)) run = *again;
    }
    take(run, in_secret);
  }

  static bool add(Exact& run, const Exact& next) {
    if (run.texts.size() * next.texts.size() > kMaxLiterals || shortest(run.texts) >= kLongestLiteral) return false;
    std::vector<std::string> out;
    for (const std::string& head : run.texts) {
      for (const std::string& tail : next.texts) out.push_back(head + tail);
    }
    run.texts = std::move(out);
    run.any_case |= next.any_case;
    return true;
  }

  static std::optional<Exact> exact(const Node& node) {
    switch (node.kind) {
      case Kind::kWord:
      case Kind::kNoWord:
      case Kind::kBegin:
      case Kind::kEnd:
        return Exact{{""}, false};
      case Kind::kSet: {
        if (node.set.count() > 16) return std::nullopt;
        Exact out{{}, false};
        for (std::size_t c = 0; c < 256; ++c) {
          if (!node.set[c]) continue;
          const bool letter = is_letter(static_cast<char>(c));
          if (node.any_case && letter && is_upper(static_cast<char>(c))) continue;
          out.any_case |= node.any_case && letter;
          out.texts.emplace_back(1, static_cast<char>(c));
        }
        return out;
      }
      case Kind::kGroup:
        return exact(node.children[0]);
      case Kind::kSequence: {
        Exact out{{""}, false};
        for (const Node& child : node.children) {
          const auto next = exact(child);
          if (!next || !add(out, *next)) return std::nullopt;
        }
        return out;
      }
      case Kind::kAlternatives: {
        Exact out;
        for (const Node& child : node.children) {
          auto next = exact(child);
          if (!next || out.texts.size() + next->texts.size() > kMaxLiterals) return std::nullopt;
          out.any_case |= next->any_case;
          out.texts.insert(out.texts.end(), next->texts.begin(), next->texts.end());
        }
        return out;
      }
      case Kind::kRepeat: {
        if (node.most > 4) return std::nullopt;
        const auto once = exact(node.children[0]);
        if (!once) return std::nullopt;
        Exact out{{}, once->any_case};
        Exact so_far{{""}, once->any_case};
        for (std::uint32_t i = 0; i <= node.most; ++i) {
          if (i >= node.least) out.texts.insert(out.texts.end(), so_far.texts.begin(), so_far.texts.end());
          if (i < node.most && !add(so_far, *once)) return std::nullopt;
        }
        if (out.texts.size() > kMaxLiterals) return std::nullopt;
        return out;
      }
    }
    return std::nullopt;
  }

  std::uint32_t secret_;
  std::vector<RequiredLiterals> found_;
};

constexpr std::string_view kAnchored = "its expression is bound to the beginning or end of a text, which this matcher does not know";

}  // namespace

std::expected<OtherRegex, std::string> read_other_regex(std::string_view expression, CaptureChoice choice) {
  Reader reader(expression);
  auto root = reader.run();
  if (!root) return std::unexpected(root.error());
  mark_sure(*root, true);
  std::uint32_t secret = choice.number;
  if (secret > reader.captures().size()) return std::unexpected(fmt::format("there is no group {} in its expression", secret));
  for (std::size_t i = 0; i < reader.captures().size() && !choice.name.empty() && secret == 0; ++i) {
    if (reader.captures()[i].name == choice.name) secret = static_cast<std::uint32_t>(i + 1);
  }
  if (secret == 0) secret = first_sure(*root);

  Writer writer(secret, false);
  Writer plain(0, false);
  if (!writer.write(*root) || !plain.write(*root)) return std::unexpected(std::string(kAnchored));
  auto canonical = canonical_regex(secret == 0 ? "(?P<secret>" + writer.out + ")" : writer.out);
  if (!canonical) return std::unexpected(std::move(canonical.error().message));
  if (canonical->min_length == 0) return std::unexpected(std::string("its expression matches the empty text"));
  OtherRegex out;
  out.canonical = std::move(canonical->text);
  out.shape = std::move(plain.out);
  out.min_length = canonical->min_length;
  out.max_length = canonical->max_length.value_or(0);
  out.required = LiteralFinder(secret).run(*root);
  return out;
}

std::expected<std::string, std::string> read_value_regex(std::string_view expression) {
  Reader reader(expression);
  auto root = reader.run();
  if (!root) return std::unexpected(root.error());
  Writer writer(0, true);
  writer.write(*root);
  return writer.out;
}

}  // namespace keywake::rules
