// Recognising UTF-16 that has no byte order mark: in most texts of the world every other byte of
// the ASCII characters (line ends, spaces, digits, and all of a configuration file) is NUL. So read
// the first 4 KiB both ways and ask whether one of them is plausible text: no control characters,
// no lone surrogates, no U+0000, and at least half of it ASCII.
//
//   p \0 w \0 d \0 = \0     plausible as little endian; as big endian U+7000 U+7700 …, not ASCII
//
// With a mark, only the absence of nonsense is asked for (some binary formats begin with FF FE
// too). Encodings: RFC 2781 (UTF-16), Unicode 15 section 3.9 (UTF-32, surrogates, noncharacters).
#include "base/utf16.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace keywake {
namespace {

constexpr std::size_t kSample = 4096;
constexpr std::size_t kQuickLook = 64;

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

std::uint32_t unit16(std::string_view bytes, std::size_t i, bool little) {
  std::uint32_t a = byte_at(bytes, i);
  std::uint32_t b = byte_at(bytes, i + 1);
  return little ? a | b << 8 : a << 8 | b;
}

std::uint32_t unit32(std::string_view bytes, std::size_t i, bool little) {
  std::uint32_t a = unit16(bytes, i, little);
  std::uint32_t b = unit16(bytes, i + 2, little);
  return little ? a | b << 16 : a << 16 | b;
}

bool is_high_surrogate(std::uint32_t c) {
  return c >= 0xd800 && c < 0xdc00;
}
bool is_low_surrogate(std::uint32_t c) {
  return c >= 0xdc00 && c < 0xe000;
}

// What text does not contain. ESC, BEL and the like are let through: logs do.
bool is_nonsense(std::uint32_t c) {
  return c < 7 || (c > 0x0d && c < 0x1b) || (c & 0xfffe) == 0xfffe ||
         (c >= 0xfdd0 && c <= 0xfdef) || c > 0x10ffff;
}

struct Sample {
  std::size_t characters = 0;
  std::size_t ascii = 0;
  std::size_t nonsense = 0;
};

void count(Sample& sample, std::uint32_t c) {
  ++sample.characters;
  if (is_nonsense(c) || is_high_surrogate(c) || is_low_surrogate(c)) {
    ++sample.nonsense;
  } else if (c < 0x80) {
    ++sample.ascii;
  }
}

// Stops once there is more nonsense than `tolerated`.
Sample sample_utf16(std::string_view head, bool little, std::size_t tolerated) {
  Sample sample;
  for (std::size_t i = 0; i + 2 <= head.size() && sample.nonsense <= tolerated; i += 2) {
    std::uint32_t c = unit16(head, i, little);
    if (is_high_surrogate(c)) {
      if (i + 4 > head.size()) break;  // cut by the end of the sample
      if (is_low_surrogate(unit16(head, i + 2, little))) {
        i += 2;
        c = 0x10000;
      }
    }
    count(sample, c);
  }
  return sample;
}

Sample sample_utf32(std::string_view head, bool little) {
  Sample sample;
  for (std::size_t i = 0; i + 4 <= head.size(); i += 4) count(sample, unit32(head, i, little));
  return sample;
}

// A marked text may hold a little damage; more than one character in 64 is not text.
bool plausible_marked(const Sample& sample) {
  return sample.nonsense * 64 <= sample.characters;
}

bool plausible_unmarked(const Sample& sample) {
  return sample.characters >= 4 && sample.nonsense == 0 && sample.ascii * 2 >= sample.characters;
}

WideEncoding marked_encoding(std::string_view head) {
  using namespace std::string_view_literals;
  if (head.starts_with("\xff\xfe\0\0"sv) && plausible_marked(sample_utf32(head, true))) {
    return WideEncoding::kUtf32Le;
  }
  if (head.starts_with("\0\0\xfe\xff"sv) && plausible_marked(sample_utf32(head, false))) {
    return WideEncoding::kUtf32Be;
  }
  if (head.starts_with("\xff\xfe") && plausible_marked(sample_utf16(head, true, head.size()))) {
    return WideEncoding::kUtf16Le;
  }
  if (head.starts_with("\xfe\xff") && plausible_marked(sample_utf16(head, false, head.size()))) {
    return WideEncoding::kUtf16Be;
  }
  return WideEncoding::kNone;
}

void put_utf8(std::uint32_t c, std::string& out) {
  if (c > 0x10ffff || is_high_surrogate(c) || is_low_surrogate(c)) c = 0xfffd;
  auto tail = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

// Sixteen ASCII characters at a time, in loops that compilers turn into vector instructions.
template <bool little>
std::size_t append_ascii(std::string_view bytes, std::size_t from, std::string& out) {
  constexpr std::size_t kUnits = 16;
  std::array<std::uint8_t, 2 * kUnits> block;
  std::array<char, kUnits> narrow;
  for (; from + block.size() <= bytes.size(); from += block.size()) {
    std::memcpy(block.data(), bytes.data() + from, block.size());
    std::uint8_t wide = 0;
    for (std::size_t i = 0; i < kUnits; ++i) {
      std::uint8_t low = block[2 * i + (little ? 0 : 1)];
      wide |= block[2 * i + (little ? 1 : 0)] | (low & 0x80);
      narrow[i] = static_cast<char>(low);
    }
    if (wide != 0) break;
    out.append(narrow.data(), narrow.size());
  }
  return from;
}

template <bool little>
std::size_t append_utf16(std::string_view bytes, bool last, std::string& out) {
  std::size_t i = 0;
  while (bytes.size() - i >= 2) {
    std::uint32_t c = unit16(bytes, i, little);
    if (c < 0x80) {
      std::size_t next = append_ascii<little>(bytes, i, out);
      if (next > i) {
        i = next;
        continue;
      }
    }
    if (is_high_surrogate(c)) {
      if (bytes.size() - i < 4 && !last) return i;
      std::uint32_t low = bytes.size() - i < 4 ? 0 : unit16(bytes, i + 2, little);
      if (is_low_surrogate(low)) {
        c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
        i += 2;
      }
    }
    put_utf8(c, out);
    i += 2;
  }
  return i;
}

std::size_t append_utf32(std::string_view bytes, bool little, std::string& out) {
  std::size_t i = 0;
  for (; bytes.size() - i >= 4; i += 4) put_utf8(unit32(bytes, i, little), out);
  return i;
}

}  // namespace

WideEncoding wide_encoding(std::string_view head) {
  if (head.size() < 4) return WideEncoding::kNone;
  std::string_view sample = head.substr(0, kSample);
  unsigned char first = static_cast<unsigned char>(head[0]);
  if (first >= 0xfe || (first == 0 && head[1] == 0)) return marked_encoding(sample);
  if (std::memchr(head.data(), 0, std::min(head.size(), kQuickLook)) == nullptr) {
    return WideEncoding::kNone;
  }
  if (plausible_unmarked(sample_utf16(sample, true, 0))) return WideEncoding::kUtf16Le;
  if (plausible_unmarked(sample_utf16(sample, false, 0))) return WideEncoding::kUtf16Be;
  return WideEncoding::kNone;
}

std::size_t append_utf8(WideEncoding encoding, std::string_view bytes, bool last,
                        std::string& out) {
  std::size_t used = 0;
  switch (encoding) {
    case WideEncoding::kUtf16Le:
      used = append_utf16<true>(bytes, last, out);
      break;
    case WideEncoding::kUtf16Be:
      used = append_utf16<false>(bytes, last, out);
      break;
    case WideEncoding::kUtf32Le:
      used = append_utf32(bytes, true, out);
      break;
    case WideEncoding::kUtf32Be:
      used = append_utf32(bytes, false, out);
      break;
    case WideEncoding::kNone:
      out += bytes;
      return bytes.size();
  }
  if (last && used < bytes.size()) {
    put_utf8(0xfffd, out);
    used = bytes.size();
  }
  return used;
}

std::optional<std::string> utf16_to_utf8(std::string_view bytes) {
  WideEncoding encoding = wide_encoding(bytes);
  if (encoding == WideEncoding::kNone) return std::nullopt;
  std::string out;
  bool wide32 = encoding == WideEncoding::kUtf32Le || encoding == WideEncoding::kUtf32Be;
  out.reserve(bytes.size() / (wide32 ? 4 : 2) + 16);
  append_utf8(encoding, bytes, true, out);
  if (out.starts_with("\xef\xbb\xbf")) out.erase(0, 3);
  return out;
}

}  // namespace keywake
