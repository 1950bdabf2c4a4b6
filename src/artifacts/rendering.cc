#include "artifacts/rendering.h"

#include <algorithm>

#include "base/utf16.h"

namespace keywake::artifacts {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

void append_code_point(std::uint32_t code, std::string& out) {
  auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

}  // namespace

std::string from_modified_utf8(std::string_view bytes) {
  auto is_plain = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(bytes.begin(), bytes.end(), is_plain)) return std::string(bytes);
  std::string out;
  std::uint32_t high = 0;  // a first half of a surrogate pair, waiting
  std::size_t i = 0;
  auto low_bits = [&](std::size_t at) -> std::int32_t {
    const unsigned value = at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
    return (value & 0xc0) == 0x80 ? static_cast<std::int32_t>(value & 0x3f) : -1;
  };
  auto unit = [&](std::uint32_t code) {
    if (high != 0 && code >= 0xdc00 && code < 0xe000) {
      append_code_point(0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00), out);
      high = 0;
      return;
    }
    if (high != 0) out += kReplacement;
    high = code >= 0xd800 && code < 0xdc00 ? code : 0;
    if (high != 0) return;
    if (code >= 0xdc00 && code < 0xe000) out += kReplacement;
    else append_code_point(code, out);
  };
  while (i < bytes.size()) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const std::int32_t second = low_bits(i + 1);
    const std::int32_t third = low_bits(i + 2);
    if (first < 0x80) {
      unit(first);
      ++i;
    } else if ((first & 0xe0) == 0xc0 && second >= 0) {
      unit((first & 0x1fU) << 6 | static_cast<std::uint32_t>(second));
      i += 2;
    } else if ((first & 0xf0) == 0xe0 && second >= 0 && third >= 0) {
      unit((first & 0x0fU) << 12 | static_cast<std::uint32_t>(second) << 6 | static_cast<std::uint32_t>(third));
      i += 3;
    } else {
      unit(0xfffd);
      ++i;
    }
  }
  if (high != 0) out += kReplacement;
  return out;
}

std::string from_utf16le(std::string_view bytes) {
  std::string out;
  append_utf8(WideEncoding::kUtf16Le, bytes, true, out);
  return out;
}

std::string quoted(std::string_view value) {
  for (const char quote : {'"', '\''}) {
    if (value.find(quote) == std::string_view::npos) return quote + std::string(value) + quote;
  }
  return std::string(value);
}

void TableLines::add(std::uint64_t line, std::string_view name, std::string_view value) {
  const std::string_view first = value.substr(0, value.find_last_not_of("\n\r") + 1);
  if (first.empty()) return;
  if (first.find_first_of("\n\r") != std::string_view::npos) {
    visit_(part_ + "/" + std::to_string(line), value);
    return;
  }
  text_.append(line - line_, '\n');
  line_ = line;
  const std::size_t begin = text_.size();
  if (name.empty()) {
    text_ += first;
  } else {
    text_.append(name).append(" = ").append(quoted(first));
  }
  // A name may hold line ends, too.
  std::replace_if(text_.begin() + static_cast<std::ptrdiff_t>(begin), text_.end(), [](char c) { return c == '\0' || c == '\n' || c == '\r'; }, ' ');
}

void TableLines::finish() {
  if (text_.empty()) return;
  text_ += '\n';
  visit_(part_, text_);
}

void OwnBytes::blank(std::uint64_t offset, std::uint64_t size) {
  if (offset >= bytes_.size()) return;
  const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(offset);
  const auto count = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(size, bytes_.size() - offset));
  std::replace_if(begin, begin + count, [](char c) { return c != '\n'; }, ' ');
}

}  // namespace keywake::artifacts
