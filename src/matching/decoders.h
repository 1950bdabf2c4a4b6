// Decoders for encoded text in a small window, each of which knows where every decoded byte came
// from. What they yield is only as long as the window: nothing here unpacks whole files.
//
// base64 and base64url: RFC 4648; escapes: RFC 3986 (percent), ECMA-404 and C (\uXXXX, \xXX, \n,
// …). Ownership: Decoded owns its bytes and can be used again to save allocations. Thread safety:
// pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywake::matching {

struct Decoded {
  std::string text;
  /// text[i] comes from source bytes [begins[i], ends[i]).
  std::vector<std::uint32_t> begins;
  std::vector<std::uint32_t> ends;
  std::size_t hit = 0;  // where in text the anchor begins
  bool cut_begin =
      false;             // the encoded run reaches the source's first byte: it may go on before it
  bool cut_end = false;  // likewise the last
  bool broken = false;   // base64: ends at a line break behind which it may go on, or begins so
};

/// The run of base64 characters around source[at], where at holds character `digit` (0–3) of a
/// group of four. With `wrapped`, line ends and leading blanks inside the run are passed over.
/// False if nothing is decoded.
bool decode_base64_around(std::string_view source, std::size_t at, unsigned digit, bool wrapped,
                          Decoded& out);
/// The run of hexadecimal digits around source[at], which is the first digit of a byte.
bool decode_hex_around(std::string_view source, std::size_t at, Decoded& out);
/// The run of UTF-16 characters below U+0100 around source[at], in whichever byte order; source[at]
/// is a non-zero byte.
bool decode_utf16_around(std::string_view source, std::size_t at, Decoded& out);

enum class Escapes : std::uint8_t { kPercent, kBackslash };
/// The whole text with its escapes resolved; `at` must not be inside an escape. False, and nothing
/// in `out`, if there is none.
bool unescape(std::string_view source, std::size_t at, Escapes escapes, Decoded& out);
/// Whether an escape of either kind ends right before `at`.
bool escape_ends_at(std::string_view source, std::size_t at);


}  // namespace keywake::matching
