#include "matching/decoders.h"

#include <array>
#include <cstring>

#include "base/base64.h"
#include "base/hash.h"

namespace keywake::matching {
namespace {

void clear(Decoded& out) {
  out.text.clear();
  out.begins.clear();
  out.ends.clear();
  out.hit = 0;
  out.cut_begin = out.cut_end = out.broken = false;
}

void put(Decoded& out, unsigned byte, std::size_t begin, std::size_t end) {
  out.text += static_cast<char>(byte);
  out.begins.push_back(static_cast<std::uint32_t>(begin));
  out.ends.push_back(static_cast<std::uint32_t>(end));
}

// The end of a line break inside wrapped base64 that starts at `at`: the break itself, then blanks.
// `at` if there is none.
std::size_t after_break(std::string_view source, std::size_t at) {
  std::size_t i = at;
  if (i < source.size() && source[i] == '\r') ++i;
  if (i >= source.size() || source[i] != '\n') return at;
  ++i;
  while (i < source.size() && (source[i] == ' ' || source[i] == '\t')) ++i;
  return i < source.size() && base64_value(source[i]) != kNoBase64 ? i : at;
}

// The same leftwards: the begin of a line break that ends at `at`.
std::size_t before_break(std::string_view source, std::size_t at) {
  std::size_t i = at;
  while (i > 0 && (source[i - 1] == ' ' || source[i - 1] == '\t')) --i;
  if (i == 0 || source[i - 1] != '\n') return at;
  --i;
  if (i > 0 && source[i - 1] == '\r') --i;
  return i > 0 && base64_value(source[i - 1]) != kNoBase64 ? i : at;
}

}  // namespace

bool decode_base64_around(std::string_view source, std::size_t at, unsigned digit, bool wrapped,
                          Decoded& out) {
  clear(out);
  // Back to the first character of the run that begins a group of four.
  std::size_t begin = at;
  std::size_t i = at;
  std::size_t back = 0;   // characters between i and at
  std::size_t group = 0;  // characters between begin and at
  for (;;) {
    if ((back + 4 - digit) % 4 == 0) begin = i, group = back;
    if (i > 0 && base64_value(source[i - 1]) != kNoBase64) {
      --i, ++back;
      continue;
    }
    std::size_t skipped = before_break(source, i);
    out.broken |= skipped != i;
    if (skipped == i || !wrapped) break;
    i = skipped;
  }
  out.cut_begin = i == 0;
  if (group < digit) return false;  // the group's own first character is missing
  const std::size_t most = (source.size() - begin) / 4 * 3 + 3;
  out.text.resize(most);
  out.begins.resize(most);
  out.ends.resize(most);
  std::size_t size = 0;
  std::uint32_t bits = 0;
  unsigned phase = 0;         // of the next character in its group of four
  std::size_t previous = 0;   // where the last one stands
  for (i = begin; i < source.size();) {
    std::uint8_t value = base64_value(source[i]);
    if (value == kNoBase64) {
      std::size_t next = after_break(source, i);
      out.broken |= next != i;
      if (next == i || !wrapped) break;
      i = next;
      continue;
    }
    bits = bits << 6 | value;
    if (phase > 0) {
      out.text[size] = static_cast<char>(bits >> 2 * (3 - phase));
      out.begins[size] = static_cast<std::uint32_t>(previous);
      out.ends[size] = static_cast<std::uint32_t>(i + 1);
      ++size;
    }
    previous = i++;
    phase = (phase + 1) % 4;
  }
  out.text.resize(size);
  out.begins.resize(size);
  out.ends.resize(size);
  out.cut_end = i >= source.size();
  out.hit = (group - digit) / 4 * 3;
  return !out.text.empty();
}

bool decode_hex_around(std::string_view source, std::size_t at, Decoded& out) {
  clear(out);
  std::size_t begin = at;
  while (begin >= 2 && hex_digit(source[begin - 1]) >= 0 && hex_digit(source[begin - 2]) >= 0)
    begin -= 2;
  std::size_t i = begin;
  for (; i + 1 < source.size(); i += 2) {
    int high = hex_digit(source[i]);
    int low = hex_digit(source[i + 1]);
    if (high < 0 || low < 0) break;
    put(out, static_cast<unsigned>(high << 4 | low), i, i + 2);
  }
  out.cut_begin = begin < 2;
  out.cut_end = i + 1 >= source.size();
  out.hit = (at - begin) / 2;
  return out.hit < out.text.size();
}

bool decode_utf16_around(std::string_view source, std::size_t at, Decoded& out) {
  clear(out);
  std::size_t begin = at;
  while (begin >= 2 && source[begin - 1] == '\0' && source[begin - 2] != '\0') begin -= 2;
  std::size_t i = begin;
  for (; i < source.size() && source[i] != '\0'; i += 2) {
    put(out, static_cast<unsigned char>(source[i]), i, i + 1);
    if (i + 1 >= source.size() || source[i + 1] != '\0') break;
  }
  out.cut_begin = begin < 2;
  out.cut_end = i + 1 >= source.size();
  out.hit = (at - begin) / 2;
  return out.hit < out.text.size();
}

namespace {

// The byte that the escape at source[at] stands for, and its length; length 0: no escape, or one
// for a character beyond U+00FF.
struct Escape {
  unsigned byte = 0;
  std::size_t length = 0;
};

Escape hex_escape(std::string_view source, std::size_t at, std::size_t prefix, std::size_t digits) {
  if (at + prefix + digits > source.size()) return {};
  unsigned value = 0;
  for (std::size_t i = at + prefix; i < at + prefix + digits; ++i) {
    int digit = hex_digit(source[i]);
    if (digit < 0) return {};
    value = value << 4 | static_cast<unsigned>(digit);
  }
  return value > 0xff ? Escape{} : Escape{value, prefix + digits};
}

Escape backslash_escape(std::string_view source, std::size_t at) {
  if (at + 1 >= source.size()) return {};
  switch (source[at + 1]) {
    case 'u':
      return hex_escape(source, at, 2, 4);
    case 'x':
      return hex_escape(source, at, 2, 2);
    case 'n':
      return {'\n', 2};
    case 'r':
      return {'\r', 2};
    case 't':
      return {'\t', 2};
    case '"':
      return {'"', 2};
    case '\'':
      return {'\'', 2};
    case '/':
      return {'/', 2};
    case '\\':
      return {'\\', 2};
    default:
      return {};
  }
}

Escape escape_at(std::string_view source, std::size_t at, Escapes escapes) {
  if (escapes == Escapes::kPercent)
    return source[at] == '%' ? hex_escape(source, at, 1, 2) : Escape{};
  return source[at] == '\\' ? backslash_escape(source, at) : Escape{};
}

}  // namespace

bool unescape(std::string_view source, std::size_t at, Escapes escapes, Decoded& out) {
  const char introducer = escapes == Escapes::kPercent ? '%' : '\\';
  std::size_t first = source.find(introducer);
  while (first != std::string_view::npos && escape_at(source, first, escapes).length == 0) first = source.find(introducer, first + 1);
  clear(out);
  if (first == std::string_view::npos) return false;
  out.text.resize(source.size());
  out.begins.resize(source.size());
  out.ends.resize(source.size());
  std::size_t size = 0;
  bool hit_seen = false;
  for (std::size_t i = 0; i < source.size(); ++size) {
    if (i == at) {
      out.hit = size;
      hit_seen = true;
    }
    Escape escape{static_cast<unsigned char>(source[i]), 1};
    if (source[i] == introducer) {
      const Escape known = escape_at(source, i, escapes);
      if (known.length > 0) escape = known;
    }
    out.text[size] = static_cast<char>(escape.byte);
    out.begins[size] = static_cast<std::uint32_t>(i);
    i += escape.length;
    out.ends[size] = static_cast<std::uint32_t>(i);
  }
  out.text.resize(size);
  out.begins.resize(size);
  out.ends.resize(size);
  out.cut_begin = out.cut_end = true;
  return hit_seen;
}

bool escape_ends_at(std::string_view source, std::size_t at) {
  for (std::size_t length : {2, 3, 4, 6}) {
    if (at < length) break;
    for (Escapes escapes : {Escapes::kPercent, Escapes::kBackslash}) {
      if (escape_at(source, at - length, escapes).length == length) return true;
    }
  }
  return false;
}

}  // namespace keywake::matching
