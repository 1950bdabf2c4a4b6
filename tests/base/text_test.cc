#include "base/text.h"

#include <array>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/secret.h"
#include "catch.h"

namespace keywake {
namespace {

TEST_CASE("printable shows hostile bytes and leaves text alone") {
  struct Row {
    std::string_view bytes;
    std::string_view shown;
  };
  using namespace std::string_view_literals;
  const Row rows[] = {
      {"src/a b.c", "src/a b.c"},
      {"grün/日本", "grün/日本"},
      {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
      {"\x1b[31mred", "\\e[31mred"},
      {"nul\0end"sv, "nul\\x00end"},
      {"\x7f", "\\x7f"},
      {"\xc2\x9b"sv "31m", "\\x9b31m"},                 // C1 control sequence introducer, in UTF-8
      {"\xff\xfe", "\\xff\\xfe"},                       // never UTF-8
      {"\xc0\xaf", "\\xc0\\xaf"},                       // overlong slash
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},              // surrogate
      {"\xe2\x80\xae" "txt.exe", "\\u{202e}txt.exe"},   // right-to-left override
      {"\xe2\x82", "\\xe2\\x82"},                       // cut off
      {"", ""},
  };
  for (const Row& row : rows) CHECK(printable(row.bytes) == row.shown);
}

TEST_CASE("to_utf8 replaces what is no UTF-8 and nothing else") {
  CHECK(to_utf8("grün") == "grün");
  CHECK(to_utf8("a\xff" "b") == "a\xef\xbf\xbd" "b");
  CHECK(to_utf8("\xf4\x90\x80\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // above U+10FFFF
}

TEST_CASE("sizes, durations and counts as people read them") {
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(1023) == "1023 B");
  CHECK(human_bytes(1536) == "1.5 KiB");
  CHECK(human_bytes(std::uint64_t{5} << 30) == "5.0 GiB");
  CHECK(human_seconds(0.414) == "0.41 s");
  CHECK(human_seconds(59.2) == "59 s");
  CHECK(human_seconds(200) == "3 min 20 s");
  CHECK(human_seconds(7500) == "2 h 5 min");
  CHECK(human_count(7) == "7");
  CHECK(human_count(1000) == "1,000");
  CHECK(human_count(1234567) == "1,234,567");
}

TEST_CASE("positions count lines and bytes from 1") {
  std::string_view text = "ab\ncd\n\nx";
  const std::array<std::array<std::uint32_t, 3>, 6> rows{
      {{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {6, 3, 1}, {7, 4, 1}, {99, 4, 2}}};
  for (auto [offset, line, column] : rows) {
    INFO(offset);
    CHECK(position_at(text, offset).line == line);
    CHECK(position_at(text, offset).column == column);
  }
}

TEST_CASE("globs") {
  struct Row {
    std::string_view pattern;
    std::string_view path;
    bool matches;
  };
  const Row rows[] = {
      {"*.c", "a.c", true},
      {"*.c", "src/deep/a.c", true},       // a bare name matches at any depth
      {"*.c", "a.cc", false},
      {"src/*.c", "src/a.c", true},
      {"src/*.c", "src/x/a.c", false},     // * stays within one component
      {"src/**", "src/x/a.c", true},
      {"**/test/**", "a/test/b/c", true},
      {"**/test/**", "test/b", true},
      {"**/test/**", "latest/b", false},
      {"vendor", "vendor/x/y.go", true},   // a folder that matches takes all in it
      {"vendor/", "a/vendor/x", true},
      {"/vendor", "a/vendor/x", false},    // from the root only
      {"/vendor", "vendor/x", true},
      {"a?c", "abc", true},
      {"a?c", "a/c", false},
      {"[a-c]x", "bx", true},
      {"[!a-c]x", "bx", false},
      {"[a-c]x", "dx", false},
      {"[", "[", true},                    // not closed: itself
      {"", "a", false},
  };
  for (const Row& row : rows) {
    INFO(row.pattern << " on " << row.path);
    CHECK(glob_match(row.pattern, row.path) == row.matches);
  }
}

TEST_CASE("the nearest word is a misspelling or nothing") {
  const std::vector<std::string_view> words{"anchors", "keywords", "regex", "shape"};
  CHECK(nearest("anchor", words) == "anchors");
  CHECK(nearest("regexp", words) == "regex");
  CHECK(nearest("completely-else", words).empty());
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("digests by their published test vectors") {
  CHECK(to_hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");  // FIPS 180-2, appendix A
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(crc32("123456789") == 0xcbf43926u);  // the check value of CRC-32/ISO-HDLC
  CHECK(from_hex("00fF") == std::string("\x00\xff", 2));
  CHECK_FALSE(from_hex("0").has_value());
  CHECK_FALSE(from_hex("0g").has_value());
}

TEST_CASE("a redaction shows little and the same of equal secrets") {
  for (std::size_t length = 0; length < 200; ++length) {
    std::string bytes;
    for (std::size_t i = 0; i < length; ++i) bytes += static_cast<char>('a' + i * 7 % 26);
    std::string shown = Secret(bytes).redacted();
    std::size_t clear = 0;
    for (char c : shown) clear += c != '*';
    INFO(length);
    CHECK(clear * 4 <= length);
    CHECK(clear <= 8);
    if (length < 12) CHECK(shown == "********");
  }
}

TEST_CASE("a PEM block is shown by its first line") {
  std::string body(64, 'A');
  CHECK(Secret("-----BEGIN RSA PRIVATE KEY-----\n" + body).redacted() == "-----BEGIN RSA PRIVATE KEY-----********");
  CHECK(Secret("-----BEGIN " + body + "-----").redacted() == "----********----");       // too long for a label
  CHECK(Secret("-----BEGIN key-----" + body).redacted() == "----********AAAA");         // not one
}

TEST_CASE("a moved secret leaves nothing behind") {
  Secret from("0123456789");  // short: held inside the object
  Secret to = std::move(from);
  CHECK(to.reveal() == "0123456789");
  CHECK(from.empty());  // NOLINT(bugprone-use-after-move): that is the promise
}

}  // namespace
}  // namespace keywake
