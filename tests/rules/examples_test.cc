#include "base/base64.h"
#include "rules/examples.h"

#include <algorithm>
#include <string>

#include "base/hash.h"
#include "catch.h"
#include "rules/alphabets.h"
#include "rules/seeded_random.h"

namespace keywake::rules {
namespace {

ExpandedExample expand(std::string text, std::uint32_t number = 1) {
  auto expanded = expand_example("test.pattern", Example{std::move(text), number, true, 1, 1});
  INFO((expanded ? "" : expanded.error().message));
  REQUIRE(expanded);
  return *expanded;
}

std::string refusal(std::string text) {
  auto expanded = expand_example("test.pattern", Example{std::move(text), 1, true, 1, 1});
  return expanded ? "" : expanded.error().message;
}

bool only(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

TEST_CASE("placeholders expand to their alphabet and length") {
  struct Row {
    std::string_view name;
    std::string_view alphabet;
  };
  const Row rows[] = {
      {"base62", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
      {"alnum-lower", "0123456789abcdefghijklmnopqrstuvwxyz"},
      {"upper-digits", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
      {"letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
      {"lower", "abcdefghijklmnopqrstuvwxyz"},
      {"upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
      {"digits", "0123456789"},
      {"hex", "0123456789abcdef"},
      {"HEX", "0123456789ABCDEF"},
      {"base64", kBase64},
      {"base64url", kBase64Url},
      {"base32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    std::string text = expand(std::string("{").append(row.name).append(":600}")).text;
    CHECK(text.size() == 600);
    CHECK(only(text, row.alphabet));
    for (char c : row.alphabet) CHECK(text.find(c) != std::string::npos);
  }
  std::string text = expand("{any:a:b:100}").text;
  CHECK(text.size() == 100);
  CHECK(only(text, "a:b"));
}

TEST_CASE(
    "an expansion depends on the pattern's id and the example's number, and on nothing else") {
  CHECK(expand("{hex:32}").text == expand("{hex:32}").text);
  CHECK(expand("{hex:32}", 1).text != expand("{hex:32}", 2).text);
  std::string twice = expand("{hex:32} {hex:32}").text;
  CHECK(twice.substr(0, 32) != twice.substr(33));
  Example example{"{hex:32}", 1, true, 1, 1};
  std::string match = expand_example("test.pattern", example)->text;
  CHECK(expand_example("test.other", example)->text != match);
  example.is_match = false;
  CHECK(expand_example("test.pattern", example)->text != match);
  // As a Python script computes it from the definitions of FNV-1a and SplitMix64: no release may
  // change what the examples of patterns/ expand to.
  CHECK(SeededRandom("keywake").next() == 0x767f682870f5e5d6ULL);
}

TEST_CASE("{base62-crc:N} carries GitHub's checksum") {
  std::string text = expand("{base62-crc:36}").text;
  REQUIRE(text.size() == 36);
  CHECK(text.substr(30) == base62_number(crc32(text.substr(0, 30)), 6));
  CHECK(base62_number(0, 6) == "000000");
  CHECK(base62_number(61, 6) == "00000z");
  CHECK(base62_number(0xffffffff, 6) == "4gfFC3");
  CHECK(refusal("{base62-crc:6}").find("7 or more") != std::string::npos);
}

TEST_CASE("{uuid} is version 4") {
  std::string text = expand("{uuid}").text;
  REQUIRE(text.size() == 36);
  CHECK(only(text, "0123456789abcdef-"));
  for (std::size_t at : {8, 13, 18, 23}) CHECK(text[at] == '-');
  CHECK(text[14] == '4');
  CHECK(std::string("89ab").find(text[19]) != std::string::npos);
}

TEST_CASE("{jwt} has three parts of base64url, the first saying its algorithm") {
  std::string text = expand("{jwt}").text;
  CHECK(std::count(text.begin(), text.end(), '.') == 2);
  CHECK(only(text, std::string(kBase64Url) + "."));
  CHECK(text.starts_with(base64url_encode(R"({"alg":")").substr(0, 10)));
}

TEST_CASE("{b64:…} encodes what its text expands to") {
  CHECK(expand("{b64:user:pass}").text == "dXNlcjpwYXNz");
  CHECK(expand("{b64:a}").text == "YQ==");
  CHECK(expand("{b64:{b64:a}}").text == base64_encode("YQ=="));
  CHECK(expand("{b64:{\"a\":{}}}").text == base64_encode("{\"a\":{}}"));
  CHECK(expand("{b64:{{a}}}").text == base64_encode("{a}"));
  CHECK(expand("{b64:{base62:20}}").text.size() == 28);
  CHECK(refusal("{b64:abc").find("not closed") != std::string::npos);
}

TEST_CASE("text that is no placeholder stands as it is") {
  const std::string_view same[] = {
      "${VAR}", "{\"a\": {\"b\": 1}}", "{}",        "{ token }", "{token}", "a}b",
      "{a:b}",  "${port:8080}",        "{% raw %}", "{",         "{hex",    "$(x) %s {0}"};
  for (std::string_view text : same) {
    INFO(text);
    CHECK(expand(std::string(text)).text == text);
  }
  CHECK(expand("{{hex:4}}").text == "{hex:4}");
  CHECK(expand("{{{{ .Values.x }}}}").text == "{{ .Values.x }}");
  CHECK(expand("{{\"a\": {\"b\": 1}}}").text == "{\"a\": {\"b\": 1}}");
}

TEST_CASE("« and » become extents") {
  ExpandedExample one = expand("a=«{hex:8}», b=«xy»");
  REQUIRE(one.marked.size() == 2);
  CHECK(one.marked[0] == ExpandedExample::Marked{2, 10});
  CHECK(one.text.substr(one.marked[1].begin, 2) == "xy");
  CHECK(one.marked[1].end == one.text.size());
  CHECK(refusal("«a").find("not followed") != std::string::npos);
  CHECK(refusal("a»").find("without") != std::string::npos);
  CHECK(refusal("««a»»").find("inside") != std::string::npos);
  CHECK(refusal("«»").find("nothing") != std::string::npos);
  CHECK(refusal("{b64:«a»}").find("inside {b64") != std::string::npos);
}

TEST_CASE("misspelt placeholders are refused with a suggestion") {
  CHECK(refusal("{base26:20}") ==
        "there is no placeholder {base26:N}; write {{ for a brace; did you mean \"base62\"?");
  CHECK(refusal("{pem:rssa}") ==
        "there is no private key of the kind \"rssa\"; did you mean \"rsa\"?");
  CHECK(refusal("{hex:}").find("needs a length") != std::string::npos);
  CHECK(refusal("{hex:0}").find("needs a length") != std::string::npos);
  CHECK(refusal("{hex:99999999999999999999}").find("needs a length") != std::string::npos);
  CHECK(refusal("{any:5}").find("{any:characters:length}") != std::string::npos);
  std::string much;
  for (int i = 0; i < 20; ++i) much += "{hex:16384}";
  CHECK(refusal(much).find("too much text") != std::string::npos);
  CHECK(refusal("{b64:{b64:{b64:{b64:{b64:{b64:{b64:{b64:{b64:x}}}}}}}}}").find("too deep") !=
        std::string::npos);
}

}  // namespace
}  // namespace keywake::rules
