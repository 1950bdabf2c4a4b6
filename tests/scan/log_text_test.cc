#include "scan/log_text.h"

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "catch.h"

namespace keywake::scan {
namespace {

std::string cleaned(std::string_view raw, bool line_begins = true) {
  LogText text;
  text.take(raw, line_begins);
  return std::string(text.text());
}

}  // namespace

TEST_CASE("log text: colours and the dates of lines are taken away, what moves the cursor becomes a blank, all else stays") {
  const std::array<std::pair<std::string_view, std::string_view>, 20> cases{{
      {"plain\r\ntext\n", "plain\r\ntext\n"},
      {"\x1b[32mTOKEN=a\x1b[0m\n", "TOKEN=a\n"},
      {"A=\x1b[1;38;5;200mb\x1b[K", "A=b"},
      {"\x1b(B\x1b[m$ make", "$ make"},
      {"one\x1b[2Atwo", "one two"},
      {"section_start:1560896352:name[collapsed=true]\r\x1b[0KA=b", "section_start:1560896352:name[collapsed=true]\rA=b"},
      {"2024-01-01T00:00:00.0000000Z a: b\n2024-01-01T00:00:00.1234567Z c\n", "a: b\nc\n"},
      {"\xef\xbb\xbf" "2024-01-01T00:00:00.0000000Z a", "a"},
      {"2024-01-01T00:00:00Z a", "a"},
      {"2024-05-22T12:43:46.962646Z 00O A=\n2024-05-22T12:43:46.962646Z 01O+b\n2024-05-22T12:43:46.962646Z 00E \n", "A=b\n\n"},
      {"[2024-01-01T00:00:00.000Z] A=b\n[Pipeline] sh\n", "A=b\n[Pipeline] sh\n"},
      {"x 2024-01-01T00:00:00Z a", "x 2024-01-01T00:00:00Z a"},
      {"2024-01-01 00:00:00Z a\n2024-01-01T00:00:00.Z a\n2024-01-01T00:00:00.0Za\n", "2024-01-01 00:00:00Z a\n2024-01-01T00:00:00.Z a\n2024-01-01T00:00:00.0Za\n"},
      {"[2024-01-01T00:00:00Z]a", "[2024-01-01T00:00:00Z]a"},
      // No sequence: cut off, or too long for one; and the addresses of links are text.
      {"a\x1b", "a\x1b"},
      {"a\x1b[12", "a\x1b[12"},
      {"a\x1b[1\nm", "a\x1b[1\nm"},
      {"\x1b[0000000000000000000000000000000000000000000000000000000000000000000000000m", "\x1b[0000000000000000000000000000000000000000000000000000000000000000000000000m"},
      {"\x1b]8;;https://a:b@c\x07text", "\x1b]8;;https://a:b@c\x07text"},
      {"", ""},
  }};
  for (const auto& [raw, expected] : cases) {
    CAPTURE(raw);
    CHECK(cleaned(raw) == expected);
  }
  CHECK(cleaned("2024-01-01T00:00:00Z a", false) == "2024-01-01T00:00:00Z a");
}

TEST_CASE("log text: every byte of it is found again in the log, in order, and what was taken away leads to what follows") {
  constexpr std::array<std::string_view, 12> kParts{"\x1b[0m", "\x1b[3A", "\x1b", "[", "m", "\n", "2024-01-01T00:00:00.0Z ", "2024-01-01T00:00:00Z 00O+", "abc", "\x1b(B", "=", "\xef\xbb\xbf"};
  std::mt19937 random(7);
  LogText text;
  for (int round = 0; round < 3000; ++round) {
    std::string raw;
    for (unsigned parts = random() % 30; parts > 0; --parts) raw += kParts[random() % kParts.size()];
    text.take(raw, random() % 2 == 0);
    CAPTURE(raw);
    bool right = text.raw_offset(text.text().size()) == raw.size() && text.text_offset(raw.size()) == text.text().size();
    std::size_t next = 0;
    for (std::size_t i = 0; i < text.text().size(); ++i) {
      const std::size_t at = text.raw_offset(i);
      right = right && at >= next && at < raw.size() && (raw[at] == text.text()[i] || (raw[at] == '\x1b' && text.text()[i] == ' ')) && text.text_offset(at) == i;
      for (std::size_t gone = next; gone < at; ++gone) right = right && text.text_offset(gone) == i;
      next = at + 1;
    }
    REQUIRE(right);
  }
}

}  // namespace keywake::scan
