#include "rules/byte_set.h"

#include <fmt/format.h>

#include <array>

namespace keywake::rules {
namespace {

// Ranges of bytes: pairs of first and last.
constexpr std::string_view kDigits = "09";
constexpr std::string_view kWord = "09AZaz__";
constexpr std::string_view kSpace = "\t\n\f\r  ";

ByteSet bytes_of(std::string_view ranges) {
  ByteSet set;
  for (std::size_t i = 0; i + 1 < ranges.size(); i += 2) {
    for (int c = ranges[i]; c <= ranges[i + 1]; ++c) set.set(static_cast<std::size_t>(c));
  }
  return set;
}

struct NamedClass {
  std::string_view name;
  std::string_view ranges;
};
constexpr std::array<NamedClass, 11> kPosixClasses{{
    {"alnum", "09AZaz"},
    {"alpha", "AZaz"},
    {"blank", "\t\t  "},
    {"digit", kDigits},
    {"graph", "!~"},
    {"lower", "az"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"space", kSpace},
    {"upper", "AZ"},
    {"xdigit", "09AFaf"},
}};

void append_byte(std::string& out, unsigned char c, std::string_view special) {
  switch (c) {
    case '\t':
      out += "\\t";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      break;
  }
  if (c < 0x20 || c > 0x7e) {
    out += fmt::format("\\x{:02x}", c);
    return;
  }
  if (special.find(static_cast<char>(c)) != std::string_view::npos) out += '\\';
  out += static_cast<char>(c);
}

/// "0-9A-F", and how many ranges that took.
std::string ranges_text(const ByteSet& set, std::size_t& count) {
  constexpr std::string_view kSpecial = "\\[]^-";
  std::string out;
  count = 0;
  for (std::size_t first = 0; first < 256; ++first) {
    if (!set[first]) continue;
    std::size_t last = first;
    while (last + 1 < 256 && set[last + 1]) ++last;
    append_byte(out, static_cast<unsigned char>(first), kSpecial);
    if (last > first + 1) out += '-';
    if (last > first) append_byte(out, static_cast<unsigned char>(last), kSpecial);
    ++count;
    first = last;
  }
  return out;
}

}  // namespace

std::optional<ByteSet> shorthand_class(char letter) {
  switch (letter) {
    case 'd':
      return bytes_of(kDigits);
    case 'D':
      return ~bytes_of(kDigits);
    case 'w':
      return bytes_of(kWord);
    case 'W':
      return ~bytes_of(kWord);
    case 's':
      return bytes_of(kSpace);
    case 'S':
      return ~bytes_of(kSpace);
    default:
      return std::nullopt;
  }
}

std::optional<ByteSet> posix_class(std::string_view name) {
  for (const NamedClass& known : kPosixClasses) {
    if (known.name == name) return bytes_of(known.ranges);
  }
  return std::nullopt;
}

ByteSet fold_case(ByteSet set) {
  for (std::size_t c = 'a'; c <= 'z'; ++c) {
    bool either = set[c] || set[c - 32];
    set[c] = either;
    set[c - 32] = either;
  }
  return set;
}

void append_set(std::string& out, const ByteSet& set) {
  if (set.count() == 1) {
    std::size_t c = 0;
    while (!set[c]) ++c;
    if (c == ' ') {
      out += "\\x20";  // bare, it would be layout to whoever reads the canonical text again
    } else {
      append_byte(out, static_cast<unsigned char>(c), "\\.+*?()|[]{}^$#");
    }
    return;
  }
  std::size_t ranges = 0;
  std::size_t other_ranges = 0;
  std::string inside = ranges_text(set, ranges);
  std::string outside = ranges_text(~set, other_ranges);
  bool negated = other_ranges > 0 && other_ranges < ranges;
  out += negated ? "[^" : "[";
  out += negated ? outside : inside;
  out += ']';
}

}  // namespace keywake::rules
