#include "rules/messages.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace keywake::rules {

std::string unknown(std::string_view what, std::string_view word,
                    std::span<const std::string_view> known) {
  std::string out = fmt::format("unknown {} \"{}\"; ", what, printable(word));
  std::string_view near = nearest(word, known);
  if (!near.empty()) return out + fmt::format("did you mean \"{}\"?", near);
  out += "known are";
  for (std::string_view name : known) {
    out += fmt::format("{} \"{}\"", out.ends_with("are") ? "" : ",", name);
  }
  return out;
}

Place place_inside(std::string_view text, Place start, std::size_t offset) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < start.line; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return start;
    ++at;
  }
  for (std::uint32_t column = 1; column < start.column && at < text.size(); ++column) {
    ++at;
    while (at < text.size() && (text[at] & 0xc0) == 0x80) ++at;  // columns count characters
  }
  std::string_view rest = text.substr(std::min(at, text.size()));
  if (rest.starts_with("'''\r\n")) return start;
  if (rest.starts_with("'''")) {
    at += rest.starts_with("'''\n") ? 4 : 3;  // TOML drops the newline after the quotes
  } else if (rest.starts_with('\'')) {
    at += 1;
  } else {
    return start;
  }
  Position position = position_at(text, at + offset);
  return {position.line, position.column};
}

}  // namespace keywake::rules
