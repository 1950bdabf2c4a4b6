#include "base/base64.h"
#include "matching/decoders.h"

#include "catch.h"
#include "matching/samples.h"

namespace keywake::matching {
namespace {

// Each decoded byte must come from where the maps say.
void check_map(const Decoded& decoded, std::size_t source_size) {
  REQUIRE(decoded.begins.size() == decoded.text.size());
  REQUIRE(decoded.ends.size() == decoded.text.size());
  for (std::size_t i = 0; i < decoded.text.size(); ++i) {
    REQUIRE(decoded.begins[i] < decoded.ends[i]);
    REQUIRE(decoded.ends[i] <= source_size);
    if (i > 0) REQUIRE(decoded.begins[i - 1] <= decoded.begins[i]);
  }
}

TEST_CASE("base64 around a place, at every alignment") {
  std::string plain = "-- some text around ghp_token and more --";
  for (std::size_t pad = 0; pad < 3; ++pad) {
    std::string text = std::string(pad, '.') + plain;
    std::string encoded = testing::base64(text);
    std::string source = "key: \"" + encoded + "\"\n";
    for (std::size_t at = 0; at < text.size(); ++at) {
      // The character that holds the first bits of byte `at`.
      std::size_t character = at * 8 / 6;
      Decoded decoded;
      INFO("pad " << pad << " at " << at);
      REQUIRE(decode_base64_around(source, 6 + character, static_cast<unsigned>(character % 4),
                                   false, decoded));
      CHECK(decoded.text.starts_with(text));
      CHECK(decoded.hit == at / 3 * 3);
      CHECK_FALSE(decoded.cut_begin);
      CHECK_FALSE(decoded.cut_end);
      CHECK(source.substr(decoded.begins[at], 1) == encoded.substr(character, 1));
      check_map(decoded, source.size());
    }
  }
}

TEST_CASE("base64 that is wrapped, cut, url-safe, or none") {
  std::string text =
      "a secret that is longer than one line of wrapped base64 and so goes over several of them, "
      "indented";
  std::string encoded = testing::base64(text);
  std::string wrapped;
  for (std::size_t i = 0; i < encoded.size(); i += 40)
    wrapped += encoded.substr(i, 40) + (i % 80 == 0 ? "\n  " : "\r\n    ");
  Decoded decoded;
  REQUIRE(decode_base64_around(wrapped, 0, 0, true, decoded));
  CHECK(decoded.text.starts_with(text));
  check_map(decoded, wrapped.size());
  REQUIRE(decode_base64_around(wrapped, wrapped.find(encoded.substr(80, 8)), 0, true, decoded));
  CHECK(decoded.text.starts_with(text));
  CHECK(decoded.hit == 60);
  REQUIRE(decode_base64_around(wrapped, 0, 0, false, decoded));
  CHECK(decoded.text == text.substr(0, 30));

  REQUIRE(decode_base64_around("_-_-", 0, 0, false, decoded));
  CHECK(decoded.text == "\xff\xef\xfe");
  CHECK(decoded.cut_begin);
  CHECK(decoded.cut_end);
  CHECK_FALSE(decode_base64_around("    ", 0, 0, false, decoded));
  CHECK_FALSE(decode_base64_around(" abc", 1, 2, false,
                                   decoded));  // the group's first characters are missing
}

TEST_CASE("Hexadecimal around a place") {
  std::string source = "x=" + testing::hex("some ghp_token") + ";";
  Decoded decoded;
  REQUIRE(decode_hex_around(source, 2 + 10, decoded));
  CHECK(decoded.text == "some ghp_token");
  CHECK(decoded.hit == 5);
  CHECK(decoded.begins[5] == 12);
  CHECK(decoded.ends[5] == 14);
  check_map(decoded, source.size());
  CHECK_FALSE(decode_hex_around("zz", 0, decoded));
}

TEST_CASE("UTF-16 around a place, both byte orders") {
  std::string text = "see ghp_token";
  std::string little = testing::utf16le(text);
  Decoded decoded;
  REQUIRE(decode_utf16_around(little, 8, decoded));
  CHECK(decoded.text == text);
  CHECK(decoded.hit == 4);
  check_map(decoded, little.size());
  std::string big = std::string(1, '\0') + little.substr(0, little.size() - 1);
  REQUIRE(decode_utf16_around(big, 9, decoded));
  CHECK(decoded.text == text);
  CHECK(decoded.hit == 4);
  REQUIRE(decode_utf16_around("ab" + little, 2, decoded));
  CHECK(decoded.text == text);  // what stands before is no UTF-16
}

TEST_CASE("Escapes") {
  struct Case {
    const char* source;
    std::size_t at;
    Escapes escapes;
    bool found;
    const char* text;
    std::size_t hit;
  };
  for (const Case& c : {
           Case{"a%3Db", 4, Escapes::kPercent, true, "a=b", 2},
           Case{"%41bc", 3, Escapes::kPercent, true, "Abc", 1},
           Case{"100%", 0, Escapes::kPercent, false, "", 0},
           Case{"%zz", 0, Escapes::kPercent, false, "", 0},
           Case{R"(a\u003db)", 7, Escapes::kBackslash, true, "a=b", 2},
           Case{R"(a\x3db)", 5, Escapes::kBackslash, true, "a=b", 2},
           Case{R"(\nghp_)", 2, Escapes::kBackslash, true, "\nghp_", 1},
           Case{R"(a\/b\"c\\d)", 0, Escapes::kBackslash, true, "a/b\"c\\d", 0},
           Case{R"(\u0416x)", 6, Escapes::kBackslash, false, "", 0},  // not one byte
           Case{R"(\u00)", 0, Escapes::kBackslash, false, "", 0},
           Case{R"(a\)", 0, Escapes::kBackslash, false, "", 0},
       }) {
    INFO(c.source);
    Decoded decoded;
    CHECK(unescape(c.source, c.at, c.escapes, decoded) == c.found);
    CHECK(decoded.text == c.text);
    CHECK(decoded.hit == c.hit);
    check_map(decoded, std::string_view(c.source).size());
  }
  Decoded decoded;
  CHECK_FALSE(unescape("a%3Db", 2, Escapes::kPercent, decoded));  // a place inside an escape
}

TEST_CASE("Whether an escape ends at a place") {
  CHECK(escape_ends_at("x%3Dghp_", 4));
  CHECK(escape_ends_at(R"(\nghp_)", 2));
  CHECK(escape_ends_at(R"(\u003dghp_)", 6));
  CHECK(escape_ends_at(R"(\x3dghp_)", 4));
  CHECK_FALSE(escape_ends_at("xghp_", 1));
  CHECK_FALSE(escape_ends_at("nghp_", 1));
  CHECK_FALSE(escape_ends_at("ghp_", 0));
}

TEST_CASE("Whole base64 texts") {
  CHECK(decode_base64("YWJj") == "abc");
  CHECK(decode_base64("YWI=") == "ab");
  CHECK(decode_base64("YWI") == "ab");
  CHECK(decode_base64("YQ==") == "a");
  CHECK(decode_base64("_-8") == "\xff\xef");
  CHECK_FALSE(decode_base64(""));
  CHECK_FALSE(decode_base64("Y"));
  CHECK_FALSE(decode_base64("YWJj="));
  CHECK_FALSE(decode_base64("YW Jj"));
  CHECK_FALSE(decode_base64("===="));
}

}  // namespace
}  // namespace keywake::matching
