#include "matching/regex_tree.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace keywake::matching {
namespace {

constexpr unsigned kMaxDepth = 64;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

ByteSet range(unsigned char low, unsigned char high) {
  ByteSet set;
  for (unsigned c = low; c <= high; ++c) set.set(c);
  return set;
}

ByteSet digits() {
  return range('0', '9');
}
ByteSet words() {
  ByteSet set;
  for (unsigned c = 0; c < 256; ++c) set.set(c, is_word(static_cast<unsigned char>(c)));
  return set;
}
ByteSet spaces() {
  ByteSet set;
  for (unsigned char c : std::string_view(" \t\n\r\f")) set.set(c);
  return set;
}

class Parser {
 public:
  Parser(std::string_view text, std::vector<std::string_view>* groups) : text_(text), groups_(groups) {}

  std::optional<RegexNode> parse() {
    RegexNode node = alternation();
    if (failed_ || at_ != text_.size()) return std::nullopt;
    return node;
  }

 private:
  bool more() const { return at_ < text_.size(); }
  char peek() const { return text_[at_]; }
  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  RegexNode fail() {
    failed_ = true;
    at_ = text_.size();
    return {};
  }

  RegexNode alternation() {
    if (++depth_ > kMaxDepth) return fail();
    RegexNode result{RegexNode::Kind::kAlternate};
    do {
      result.children.push_back(concatenation());
    } while (take("|"));
    --depth_;
    if (result.children.size() == 1) return RegexNode(std::move(result.children.front()));
    return result;
  }

  RegexNode concatenation() {
    RegexNode result{RegexNode::Kind::kConcat};
    while (more() && peek() != '|' && peek() != ')') {
      RegexNode item = repeat();
      if (item.kind == RegexNode::Kind::kConcat && item.group == 0) {  // a group is its contents, side by side with
                                                    // what surrounds it
        std::move(item.children.begin(), item.children.end(), std::back_inserter(result.children));
      } else {
        result.children.push_back(std::move(item));
      }
    }
    return result;
  }

  RegexNode repeat() {
    RegexNode node = atom();
    while (more() && !failed_) {
      RegexNode outer{RegexNode::Kind::kRepeat};
      if (take("*")) {
        outer.min = 0, outer.max = RegexNode::kNoMax;
      } else if (take("+")) {
        outer.min = 1, outer.max = RegexNode::kNoMax;
      } else if (take("?")) {
        outer.min = 0, outer.max = 1;
      } else if (!counted(outer)) {
        break;
      }
      outer.lazy = take("?");
      outer.children.push_back(std::move(node));
      node = std::move(outer);
    }
    return node;
  }

  // `{m}`, `{m,}` or `{m,n}`; any other `{` is a literal.
  bool counted(RegexNode& node) {
    std::size_t i = at_;
    auto number = [&](std::uint32_t& value) {
      std::size_t begin = i;
      for (value = 0; i < text_.size() && text_[i] >= '0' && text_[i] <= '9' && i - begin < 6;
           ++i) {
        value = value * 10 + static_cast<std::uint32_t>(text_[i] - '0');
      }
      return i > begin;
    };
    if (i >= text_.size() || text_[i++] != '{' || !number(node.min)) return false;
    node.max = node.min;
    if (i < text_.size() && text_[i] == ',') {
      ++i;
      if (!number(node.max)) node.max = RegexNode::kNoMax;
    }
    if (i >= text_.size() || text_[i] != '}') return false;
    at_ = i + 1;
    return true;
  }

  RegexNode atom() {
    char c = peek();
    if (c == '(') return group();
    if (c == '[') return bytes(character_class());
    if (c == '\\') return escape();
    ++at_;
    if (c == '.') return bytes(~range('\n', '\n'));
    if (c == '^' || c == '$' || c == '*' || c == '+' || c == '?') return fail();
    return bytes(range(static_cast<unsigned char>(c), static_cast<unsigned char>(c)));
  }

  RegexNode group() {
    ++at_;
    bool captures = false;
    std::string_view name;
    if (take("?P<") || take("?<")) {
      const std::size_t begin = at_;
      while (more() && peek() != '>') ++at_;
      name = text_.substr(begin, at_ - begin);
      captures = true;
      if (!take(">")) return fail();
    } else if (!take("?:")) {
      captures = true;
      if (more() && peek() == '?') return fail();  // flags, look-around
    }
    captures &= groups_ != nullptr;
    RegexNode outer{RegexNode::Kind::kConcat};
    if (captures) {
      groups_->push_back(name);
      outer.group = static_cast<std::uint32_t>(groups_->size());
    }
    RegexNode inner = alternation();
    if (!take(")")) return fail();
    if (!captures) return inner;
    outer.children.push_back(std::move(inner));
    return outer;
  }

  RegexNode bytes(ByteSet set) {
    RegexNode node{RegexNode::Kind::kBytes};
    node.bytes = set;
    return node;
  }

  RegexNode escape() {
    if (take("\\b")) return RegexNode{RegexNode::Kind::kBoundary};
    if (take("\\B")) return RegexNode{RegexNode::Kind::kNotBoundary};
    return bytes(escaped_set());
  }

  // One escape that stands for bytes, inside a class or out.
  ByteSet escaped_set() {
    ++at_;
    if (!more()) return fail().bytes;
    char c = text_[at_++];
    switch (c) {
      case 'd':
        return digits();
      case 'D':
        return ~digits();
      case 'w':
        return words();
      case 'W':
        return ~words();
      case 's':
        return spaces();
      case 'S':
        return ~spaces();
      case 'n':
        return range('\n', '\n');
      case 'r':
        return range('\r', '\r');
      case 't':
        return range('\t', '\t');
      case 'f':
        return range('\f', '\f');
      case 'v':
        return range('\v', '\v');
      case 'a':
        return range('\a', '\a');
      case 'x':
        return hexadecimal();
      default:
        break;
    }
    if (is_word(static_cast<unsigned char>(c))) return fail().bytes;
    return range(static_cast<unsigned char>(c), static_cast<unsigned char>(c));
  }

  ByteSet hexadecimal() {
    bool braces = take("{");
    int value = 0;
    int count = 0;
    for (; more() && hex_value(peek()) >= 0 && count < 2; ++count, ++at_) {
      value = value * 16 + hex_value(peek());
    }
    if (count == 0 || (braces && !take("}"))) return fail().bytes;
    return range(static_cast<unsigned char>(value), static_cast<unsigned char>(value));
  }

  ByteSet character_class() {
    ++at_;
    bool negated = take("^");
    ByteSet set;
    for (bool first = true; more() && (first || peek() != ']'); first = false) {
      if (text_.substr(at_).starts_with("[:")) return fail().bytes;
      ByteSet low = class_item();
      if (low.count() == 1 && more() && peek() == '-' && at_ + 1 < text_.size() &&
          text_[at_ + 1] != ']') {
        ++at_;
        ByteSet high = class_item();
        if (high.count() != 1) return fail().bytes;
        low = range(only(low), only(high));
      }
      set |= low;
    }
    if (!take("]")) return fail().bytes;
    return negated ? ~set : set;
  }

  ByteSet class_item() {
    if (peek() == '\\') return escaped_set();
    auto c = static_cast<unsigned char>(text_[at_++]);
    return range(c, c);
  }

  static unsigned char only(const ByteSet& set) {
    unsigned c = 0;
    while (c < 255 && !set.test(c)) ++c;
    return static_cast<unsigned char>(c);
  }

  std::string_view text_;
  std::vector<std::string_view>* groups_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
  bool failed_ = false;
};

std::uint32_t add(std::uint32_t a, std::uint32_t b) {
  std::uint64_t sum = std::uint64_t{a} + b;
  return sum >= RegexNode::kNoMax ? RegexNode::kNoMax : static_cast<std::uint32_t>(sum);
}
std::uint32_t multiply(std::uint32_t a, std::uint32_t b) {
  std::uint64_t product = std::uint64_t{a} * b;
  return product >= RegexNode::kNoMax ? RegexNode::kNoMax : static_cast<std::uint32_t>(product);
}

}  // namespace

std::optional<RegexNode> parse_regex(std::string_view canonical, std::vector<std::string_view>* groups) {
  return Parser(canonical, groups).parse();
}

Width width(const RegexNode& node) {
  Width result;
  switch (node.kind) {
    case RegexNode::Kind::kBytes:
      return {1, 1};
    case RegexNode::Kind::kConcat:
      for (const RegexNode& child : node.children) {
        Width w = width(child);
        result = {add(result.min, w.min), add(result.max, w.max)};
      }
      return result;
    case RegexNode::Kind::kAlternate:
      result.min = RegexNode::kNoMax;
      for (const RegexNode& child : node.children) {
        Width w = width(child);
        result = {std::min(result.min, w.min), std::max(result.max, w.max)};
      }
      return result;
    case RegexNode::Kind::kRepeat: {
      Width w = width(node.children.front());
      return {multiply(w.min, node.min), multiply(w.max, node.max)};
    }
    default:
      return {};
  }
}

}  // namespace keywake::matching
