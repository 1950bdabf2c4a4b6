#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace keywake {
namespace {

struct Decoded {
  std::uint32_t code_point = 0;
  std::size_t length = 0;  // 0: not a valid sequence
};

// One UTF-8 sequence at the front of `text`, by the table of well-formed sequences of RFC 3629.
Decoded decode_utf8(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
  std::uint32_t code_point = first & (0xff >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code_point = code_point << 6 | (byte(i) & 0x3f);
  }
  static constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < kLeast[length] || code_point > 0x10ffff || surrogate) return {};
  return {code_point, length};
}

bool is_bidi_control(std::uint32_t c) {
  return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

void append_escaped(std::string& out, std::uint32_t c) {
  switch (c) {
    case '\n': out += "\\n"; break;
    case '\t': out += "\\t"; break;
    case '\r': out += "\\r"; break;
    case 0x1b: out += "\\e"; break;
    default: out += fmt::format("\\x{:02x}", c);
  }
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    Decoded next = decode_utf8(bytes);
    if (next.length == 0) {
      append_escaped(out, static_cast<unsigned char>(bytes[0]));
      bytes.remove_prefix(1);
      continue;
    }
    std::uint32_t c = next.code_point;
    if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
      append_escaped(out, c);
    } else if (is_bidi_control(c)) {
      out += fmt::format("\\u{{{:04x}}}", c);
    } else {
      out += bytes.substr(0, next.length);
    }
    bytes.remove_prefix(next.length);
  }
  return out;
}

std::string to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    Decoded next = decode_utf8(bytes);
    if (next.length == 0) {
      out += "\xef\xbf\xbd";
      bytes.remove_prefix(1);
    } else {
      out += bytes.substr(0, next.length);
      bytes.remove_prefix(next.length);
    }
  }
  return out;
}

std::string human_bytes(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} B", bytes);
  return fmt::format("{:.{}f} {}", value, value < 10 ? 1 : 0, kUnits[unit]);
}

std::string human_seconds(double seconds) {
  if (seconds < 10) return fmt::format("{:.2f} s", seconds);
  auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string human_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

Position position_at(std::string_view text, std::size_t offset) {
  std::string_view before = text.substr(0, std::min(offset, text.size()));
  std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
          static_cast<std::uint32_t>(before.size() - line_start + 1)};
}

namespace {

// `[a-z]` or `[!a-z]` at the front of `pattern`; returns its length, or 0 if it is not closed.
std::size_t match_class(std::string_view pattern, char c, bool& matched) {
  std::size_t i = 1;
  bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool inside = false;
  for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false, ++i) {
    char low = pattern[i];
    char high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = pattern[i + 2];
      i += 2;
    }
    inside |= low <= c && c <= high;
  }
  if (i >= pattern.size()) return 0;
  matched = inside != negated;
  return i + 1;
}

// Backtracks over the last `*` only within a component and over the last `**` across them: linear
// in practice and never worse than |pattern| × |path|² on hostile input.
bool match_from(std::string_view pattern, std::string_view path) {
  while (!pattern.empty()) {
    if (pattern.starts_with("**")) {
      std::string_view rest = pattern.substr(2);
      if (rest.starts_with('/')) {
        rest.remove_prefix(1);
        if (match_from(rest, path)) return true;
        for (std::size_t i = 0; i < path.size(); ++i) {
          if (path[i] == '/' && match_from(rest, path.substr(i + 1))) return true;
        }
        return false;
      }
      for (std::size_t i = 0; i <= path.size(); ++i) {
        if (match_from(rest, path.substr(i))) return true;
      }
      return false;
    }
    if (pattern[0] == '*') {
      std::string_view rest = pattern.substr(1);
      const bool literal = !rest.empty() && std::string_view("*?[").find(rest[0]) == std::string_view::npos;
      for (std::size_t i = 0;; ++i) {
        const bool possible = !literal || (i < path.size() && path[i] == rest[0]);  // most places fail here
        if (possible && match_from(rest, path.substr(i))) return true;
        if (i >= path.size() || path[i] == '/') return false;
      }
    }
    if (path.empty()) return false;
    std::size_t used = 1;
    bool matched = pattern[0] == path[0];
    if (pattern[0] == '?') matched = path[0] != '/';
    if (pattern[0] == '[') {
      bool in_class = false;
      std::size_t length = match_class(pattern, path[0], in_class);
      if (length > 0) {
        used = length;
        matched = in_class && path[0] != '/';
      }
    }
    if (!matched) return false;
    pattern.remove_prefix(used);
    path.remove_prefix(1);
  }
  // What is left of the path must be the inside of a folder that matched.
  return path.empty() || path[0] == '/';
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view path) {
  while (pattern.ends_with('/')) pattern.remove_suffix(1);
  if (pattern.starts_with('/')) return match_from(pattern.substr(1), path);
  if (pattern.find('/') != std::string_view::npos) return match_from(pattern, path);
  // A bare name matches a component at any depth.
  for (;;) {
    if (match_from(pattern, path)) return true;
    std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

}  // namespace keywake
