// UTF-16 and UTF-32 text, recognised by its bytes and converted to UTF-8, so that patterns match
// it. Lines and columns are then computed in the converted text. Only whole texts are meant: wide
// strings inside a binary file are not.
// Ownership: values. Thread safety: all functions are pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywake {

enum class WideEncoding : std::uint8_t { kNone, kUtf16Le, kUtf16Be, kUtf32Le, kUtf32Be };

/// How a text that begins with `head` is encoded; 4 KiB are enough. Costs nanoseconds for anything
/// that is not wide: without a byte order mark, the first 64 bytes must hold a NUL before more is
/// looked at.
WideEncoding wide_encoding(std::string_view head);

/// Appends `bytes` to `out` as UTF-8 and returns how many bytes were used: all, or up to 3 fewer
/// when the text goes on
/// (`last` is false) and a character is cut; those come again at the front of the next call. A byte
/// order mark becomes U+FEFF like any other character; what is not a character becomes U+FFFD.
std::size_t append_utf8(WideEncoding encoding, std::string_view bytes, bool last, std::string& out);

/// A whole text, without its byte order mark. Absent if it is not wide (wide_encoding).
std::optional<std::string> utf16_to_utf8(std::string_view bytes);

}  // namespace keywake
