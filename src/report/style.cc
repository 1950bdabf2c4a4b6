#include "report/style.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace keywake::report {
namespace {

// SGR parameters (ECMA-48 section 8.3.117) by Ink; of the sixteen basic colours, so a theme decides
// how they look.
constexpr std::array<std::string_view, 10> kSgr{"",   "1",       "2",    "33",   "31",
                                                "32", "1;97;41", "1;31", "1;33", "1;36"};

// One character of valid UTF-8 at the front of `text`.
struct Character {
  std::uint32_t code_point = 0;
  std::size_t length = 1;
};

Character next_character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 1 || length > text.size()) return {first, 1};
  std::uint32_t code_point = first & (0xff >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    code_point = code_point << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
  }
  return {code_point, length};
}

struct Range {
  std::uint32_t first, last;
};

template <std::size_t N>
bool in_any(const std::array<Range, N>& ranges, std::uint32_t c) {
  for (const Range& range : ranges) {
    if (range.first <= c && c <= range.last) return true;
  }
  return false;
}

// The large blocks of Unicode Annex 11 (East Asian Width W and F) and of combining marks; a rare
// script outside them costs an early or a late line break and nothing else.
constexpr std::array<Range, 9> kWide{{{0x1100, 0x115f},
                                      {0x2e80, 0x303e},
                                      {0x3041, 0xa4cf},
                                      {0xac00, 0xd7a3},
                                      {0xf900, 0xfaff},
                                      {0xfe30, 0xfe6f},
                                      {0xff00, 0xff60},
                                      {0x1f300, 0x1faff},
                                      {0x20000, 0x3fffd}}};
constexpr std::array<Range, 5> kCombining{
    {{0x300, 0x36f}, {0x483, 0x489}, {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}}};

std::size_t width_of(std::uint32_t c) {
  if (in_any(kCombining, c)) return 0;
  return in_any(kWide, c) ? 2 : 1;
}

}  // namespace

Ink ink_of(model::Risk risk) {
  switch (risk) {
    case model::Risk::kCritical:
      return Ink::kCritical;
    case model::Risk::kHigh:
      return Ink::kHigh;
    case model::Risk::kMedium:
      return Ink::kMedium;
    case model::Risk::kLow:
      return Ink::kLow;
  }
  return Ink::kPlain;
}

std::string Style::paint(Ink ink, std::string_view text) const {
  if (!colour_ || ink == Ink::kPlain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", kSgr[static_cast<std::size_t>(ink)], text);
}

std::size_t columns(std::string_view utf8) {
  std::size_t total = 0;
  while (!utf8.empty()) {
    const Character next = next_character(utf8);
    total += width_of(next.code_point);
    utf8.remove_prefix(next.length);
  }
  return total;
}

std::string ellipsize(std::string_view utf8, std::size_t width) {
  if (columns(utf8) <= width) return std::string(utf8);
  std::string out;
  std::size_t used = 1;  // the ellipsis
  while (!utf8.empty()) {
    const Character next = next_character(utf8);
    used += width_of(next.code_point);
    if (used > width) break;
    out += utf8.substr(0, next.length);
    utf8.remove_prefix(next.length);
  }
  return out + "…";
}

std::string flow(const Style& style, const std::vector<Piece>& pieces, std::size_t indent,
                 std::size_t width) {
  std::string out;
  std::size_t used = 0;
  for (const Piece& piece : pieces) {
    if (piece.text.empty()) continue;
    const std::size_t wanted = columns(piece.text);
    if (used > 0 && used + 3 + wanted <= width) {
      out += style.paint(Ink::kFaint, " · ");
      used += 3 + wanted;
    } else {
      if (used > 0) out += '\n';
      out += std::string(indent, ' ');
      used = indent + wanted;
    }
    out += style.paint(piece.ink, piece.text);
  }
  if (used > 0) out += '\n';
  return out;
}

}  // namespace keywake::report
