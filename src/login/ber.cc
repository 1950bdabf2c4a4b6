#include "login/ber.h"

namespace keywake::login::ber {

std::string element(std::uint8_t tag, std::string_view content) {
  std::string out(1, static_cast<char>(tag));
  std::size_t size = content.size();
  if (size < 0x80) {
    out += static_cast<char>(size);
  } else {
    std::string bytes;
    for (; size > 0; size >>= 8) bytes.insert(bytes.begin(), static_cast<char>(size & 0xff));
    out += static_cast<char>(0x80 | bytes.size());
    out += bytes;
  }
  return out.append(content);
}

std::string sequence(std::uint8_t tag, std::initializer_list<std::string> elements) {
  std::string content;
  for (const std::string& each : elements) content += each;
  return element(tag, content);
}

std::string number(std::uint8_t tag, std::uint8_t value) { return element(tag, std::string(1, static_cast<char>(value))); }

std::optional<Element> next(std::string_view& bytes) {
  if (bytes.size() < 2) return std::nullopt;
  Element out{static_cast<std::uint8_t>(bytes[0]), {}};
  std::size_t size = static_cast<std::uint8_t>(bytes[1]);
  std::size_t at = 2;
  if (size >= 0x80) {
    const std::size_t count = size & 0x7f;
    if (count == 0 || count > 4 || bytes.size() < 2 + count) return std::nullopt;
    size = 0;
    for (; at < 2 + count; ++at) size = size << 8 | static_cast<std::uint8_t>(bytes[at]);
  }
  if (bytes.size() - at < size) return std::nullopt;
  out.content = bytes.substr(at, size);
  bytes.remove_prefix(at + size);
  return out;
}

std::optional<std::string_view> next(std::string_view& bytes, std::uint8_t tag) {
  if (bytes.empty() || static_cast<std::uint8_t>(bytes[0]) != tag) return std::nullopt;
  const std::optional<Element> found = next(bytes);
  return found ? std::optional(found->content) : std::nullopt;
}

std::optional<std::int64_t> integer(std::string_view content) {
  if (content.empty() || content.size() > 4) return std::nullopt;
  std::int64_t out = static_cast<signed char>(content[0]);
  for (const char c : content.substr(1)) out = out * 256 + static_cast<std::uint8_t>(c);
  return out;
}

}  // namespace keywake::login::ber
