#include "rules/regex_bytes.h"

#include <fmt/format.h>

#include <optional>

#include "base/ascii.h"

namespace keywake::rules {
namespace {

bool is_layout(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string refusal(char c) {
  switch (c) {
    case 'A':
    case 'z':
    case 'Z':
    case 'G':
      return fmt::format(
          "\\{} is not allowed: a match must not depend on where a text begins or ends", c);
    case 'v':
      return "\\v means different things to the two engines; write \\x0b";
    case 'h':
      return "\\h does not exist in both engines; write [ \\t]";
    case 'e':
      return "\\e does not exist in both engines; write \\x1b";
    case 'a':
      return "write \\x07 for \\a";
    case '0':
      return "octal escapes are not allowed; write \\x00";
    case 'b':
      return "\\b inside a class means different things to the two engines";
    case 'C':
      return "\\C is not allowed: text is bytes, and (?s:.) is any of them";
    case 'p':
    case 'P':
      return fmt::format("\\{} is not allowed: text is bytes; list them in a class", c);
    case 'Q':
    case 'E':
      return fmt::format("\\{} does not exist in both engines; escape character by character", c);
    case 'k':
    case 'g':
      return "back-references do not exist in both engines";
    default:
      break;
  }
  if (is_digit(c)) return "back-references do not exist in both engines";
  return fmt::format("\\{} does not exist in both engines", c);
}

int hexadecimal_byte(RegexCursor& cursor, std::size_t start) {
  bool braced = cursor.peek() == '{';
  if (braced) ++cursor.position;
  int high = hex_value(cursor.peek());
  int low = hex_value(cursor.peek(1));
  if (high < 0 || low < 0 || (braced && cursor.peek(2) != '}')) {
    return cursor.fail(start, "a byte is written \\x and two hexadecimal digits"), -1;
  }
  cursor.position += braced ? 3 : 2;
  return high << 4 | low;
}

int class_byte(RegexCursor& cursor) {
  if (cursor.at_end()) return -1;
  if (cursor.peek() == '\\' && shorthand_class(cursor.peek(1))) {
    return cursor.fail(cursor.position, "a range cannot end with a class"), -1;
  }
  if (cursor.peek() == '\\') return escaped_byte(cursor);
  return plain_byte(cursor);
}

ByteSet named_class(RegexCursor& cursor) {
  std::size_t start = cursor.position;
  std::size_t end = cursor.text.find(":]", cursor.position + 2);
  std::string_view name = end == std::string_view::npos
                              ? std::string_view()
                              : cursor.text.substr(start + 2, end - start - 2);
  if (std::optional<ByteSet> set = posix_class(name)) {
    cursor.position = end + 2;
    return *set;
  }
  cursor.fail(start,
              "\"[:\" must begin a named class such as [:alnum:]; write \\[ for the character");
  return {};
}

ByteSet class_item(RegexCursor& cursor, bool first) {
  std::size_t start = cursor.position;
  if (cursor.looking_at("[:")) return named_class(cursor);
  if (cursor.peek() == '\\') {
    if (std::optional<ByteSet> set = shorthand_class(cursor.peek(1))) {
      cursor.position += 2;
      if (cursor.peek() == '-' && cursor.peek(1) != ']')
        cursor.fail(cursor.position,
                    "a range cannot begin with a class; write \\- for the character");
      return *set;
    }
  }
  if (cursor.peek() == '-' && !first && cursor.peek(1) != ']') {
    cursor.fail(
        start,
        "\"-\" here is neither a range nor at an end of the class; write \\- for the character");
    return {};
  }
  int low = class_byte(cursor);
  int high = low;
  if (cursor.peek() == '-' && cursor.peek(1) != ']' && cursor.position + 1 < cursor.text.size()) {
    ++cursor.position;
    high = class_byte(cursor);
  }
  if (low < 0 || high < 0 || cursor.failed) return {};
  if (high < low) {
    cursor.fail(start, "this range is the wrong way round");
    return {};
  }
  ByteSet set;
  for (int c = low; c <= high; ++c) set.set(static_cast<std::size_t>(c));
  return set;
}

}  // namespace

int plain_byte(RegexCursor& cursor) {
  auto c = static_cast<unsigned char>(cursor.text[cursor.position]);
  if (c >= 0x20 && c < 0x7f) {
    ++cursor.position;
    return c;
  }
  std::string_view why = c < 0x80 ? "" : "text is bytes here: ";
  cursor.fail(cursor.position, fmt::format("{}write \\x{:02x} for this byte", why, c));
  return -1;
}

int escaped_byte(RegexCursor& cursor) {
  std::size_t start = cursor.position++;
  if (cursor.at_end()) return cursor.fail(start, "a backslash ends the expression"), -1;
  char c = cursor.text[cursor.position++];
  switch (c) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'f':
      return '\f';
    case 'r':
      return '\r';
    case 'x':
      return hexadecimal_byte(cursor, start);
    default:
      break;
  }
  if (is_letter(c) || is_digit(c)) return cursor.fail(start, refusal(c)), -1;
  if (is_layout(c)) return static_cast<unsigned char>(c);
  --cursor.position;
  return plain_byte(cursor);
}

ByteSet byte_class(RegexCursor& cursor, bool ignore_case) {
  std::size_t start = cursor.position++;
  bool negated = cursor.peek() == '^';
  if (negated) ++cursor.position;
  ByteSet set;
  for (bool first = true; first || cursor.peek() != ']'; first = false) {
    if (cursor.at_end()) {
      cursor.fail(start, "this class is not closed");
      return {};
    }
    set |= class_item(cursor, first);
  }
  ++cursor.position;
  if (ignore_case) set = fold_case(set);
  if (negated) set = ~set;
  if (!cursor.failed && set.none()) cursor.fail(start, "this class matches no byte");
  return set;
}

}  // namespace keywake::rules
