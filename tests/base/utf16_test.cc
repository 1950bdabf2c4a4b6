// UTF-16 and UTF-32 texts become UTF-8; nothing else is touched.
#include "base/utf16.h"

#include <random>
#include <string>
#include <vector>

#include "catch.h"

using namespace std::string_literals;
using keywake::utf16_to_utf8;
using keywake::wide_encoding;
using keywake::WideEncoding;

namespace {

// Code points as bytes of the given width and order: what the code under test takes apart, put
// together the other way.
std::string encode(const std::u32string& text, WideEncoding encoding, bool mark) {
  bool wide32 = encoding == WideEncoding::kUtf32Le || encoding == WideEncoding::kUtf32Be;
  bool little = encoding == WideEncoding::kUtf16Le || encoding == WideEncoding::kUtf32Le;
  std::string out;
  auto unit = [&](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      out += static_cast<char>(value >> 8 * (little ? i : bytes - 1 - i));
  };
  auto put = [&](char32_t c) {
    if (wide32) {
      unit(c, 4);
    } else if (c >= 0x10000) {
      unit(0xd800 + ((c - 0x10000) >> 10), 2);
      unit(0xdc00 + ((c - 0x10000) & 0x3ff), 2);
    } else {
      unit(c, 2);
    }
  };
  if (mark) put(0xfeff);
  for (char32_t c : text) put(c);
  return out;
}

constexpr WideEncoding kAll[] = {WideEncoding::kUtf16Le, WideEncoding::kUtf16Be,
                                 WideEncoding::kUtf32Le, WideEncoding::kUtf32Be};

}  // namespace

TEST_CASE("texts with a byte order mark are converted") {
  struct Case {
    std::u32string text;
    std::string utf8;
  };
  for (const Case& c : std::vector<Case>{
           {U"password = x\r\n", "password = x\r\n"},
           {U"caf\u00e9 \u20ac \u4f60\u597d \U0001f511!",
            "caf\u00e9 \u20ac \u4f60\u597d \U0001f511!"},
           {U"a\u07ff\u0800\uffed\U00010000\U0010fffd", "a\u07ff\u0800\uffed\U00010000\U0010fffd"},
           {U"\u4f60\u597d\u4e16\u754c", "\u4f60\u597d\u4e16\u754c"}}) {
    for (WideEncoding encoding : kAll) {
      INFO(c.utf8 << " " << static_cast<int>(encoding));
      CHECK(utf16_to_utf8(encode(c.text, encoding, true)) == c.utf8);
    }
  }
}

TEST_CASE("UTF-16 without a mark is known by its NULs") {
  std::u32string registry =
      U"Windows Registry Editor Version 5.00\r\n\r\n[HKEY]\r\n\"caf\u00e9\"=dword:1\r\n";
  CHECK(utf16_to_utf8(encode(registry, WideEncoding::kUtf16Le, false)) ==
        "Windows Registry Editor Version 5.00\r\n\r\n[HKEY]\r\n\"caf\u00e9\"=dword:1\r\n");
  CHECK(wide_encoding(encode(registry, WideEncoding::kUtf16Be, false)) == WideEncoding::kUtf16Be);
}

TEST_CASE("what is not a wide text is left alone") {
  std::string table;
  for (int i = 0; i < 300; ++i) table += std::string{static_cast<char>(i), '\0'};
  std::string noise = "\xff\xfe"s;
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) noise += static_cast<char>(random());
  for (const std::string& bytes : std::vector<std::string>{
           "", "a", "ab", "a\0"s, "plain text\n", "text with one \0 NUL in it, and more text"s,
           std::string(1000, '\0'), table, noise,
           "\x7f"
           "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0"s,
           "PK\3\4\x14\0\0\0\x08\0"s, "\xff\xfb\x90\x44 an mp3 frame"s,
           "\xef\xbb\xbfUTF-8 with a mark"}) {
    INFO(bytes.substr(0, 40));
    CHECK_FALSE(utf16_to_utf8(bytes).has_value());
  }
}

TEST_CASE("damage becomes the replacement character") {
  std::string text =
      "\xff\xfe"s +
      encode(U"some words of text, long enough that one bad character does not matter at all",
             WideEncoding::kUtf16Le, false);
  std::string plain =
      "some words of text, long enough that one bad character does not matter at all";
  CHECK(utf16_to_utf8(text + "\x00\xd8"s) == plain + "\ufffd");  // lone high surrogate at the end
  CHECK(utf16_to_utf8(text + "\x00\xdcz\0"s) == plain + "\ufffdz");  // lone low surrogate
  CHECK(utf16_to_utf8(text + "\x00\xd8z\0"s) == plain + "\ufffdz");  // high without low
  CHECK(utf16_to_utf8(text + "z"s) == plain + "\ufffd");             // half a unit
}

TEST_CASE("in pieces of any size the result is the same") {
  std::u32string text;
  std::mt19937 random(2);
  for (int i = 0; i < 2000; ++i) {
    static constexpr char32_t kSome[] = {U'a', U'\n', 0xe9, 0x20ac, 0x1f511, U'z', U'=', U' '};
    text += kSome[random() % 8];
    if (i % 100 == 0) text += U"forty ascii characters, to take the fast way";
  }
  for (WideEncoding encoding : kAll) {
    std::string bytes = encode(text, encoding, false);
    std::string whole;
    CHECK(keywake::append_utf8(encoding, bytes, true, whole) == bytes.size());
    for (std::size_t step : {1u, 2u, 3u, 5u, 64u, 1001u}) {
      std::string pieces;
      std::string carry;
      for (std::size_t at = 0; at < bytes.size(); at += step) {
        carry += bytes.substr(at, step);
        std::size_t used = keywake::append_utf8(encoding, carry, at + step >= bytes.size(), pieces);
        carry.erase(0, used);
        REQUIRE(carry.size() < 4);
      }
      CHECK(carry.empty());
      CHECK((pieces == whole));
    }
  }
}
