// Pieces of messages about rule files. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace keywake::rules {

/// `unknown key "anchor"; did you mean "anchors"?`, or the known names where none is near.
std::string unknown(std::string_view what, std::string_view word,
                    std::span<const std::string_view> known);

/// Lines and columns count from 1; line 0 is no place at all.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// Where byte `offset` of the value of a TOML string at `start` stands in the file `text`: exact
/// for literal strings ('…' and '''…'''), which have no escapes, and `start` itself for the others.
Place place_inside(std::string_view text, Place start, std::size_t offset);

}  // namespace keywake::rules
