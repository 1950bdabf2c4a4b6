#include "matching/published.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "base/hash.h"
#include "catch.h"
#include "matching/canary.h"
#include "matching/embedded_text.h"

namespace keywake::matching {
namespace {

bool is_hex(std::string_view text, std::size_t length) {
  return text.size() == length && std::all_of(text.begin(), text.end(), [](char c) {
           return hex_digit(c) >= 0 && !is_upper(c);
         });
}

std::size_t lines_of(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) count += text[at] != '#';
  return count;
}

TEST_CASE("published.tsv has digests, owners and sources, nothing else") {
  std::size_t rows = 0;
  each_row<4>(published_text(), [&](const auto& fields) {
    ++rows;
    CHECK(is_hex(fields[0], 8));
    CHECK(is_hex(fields[1], 64));
    CHECK(fields[3].starts_with("https://"));
  });
  CHECK(rows > 50);
  CHECK(rows == lines_of(published_text()));
}

TEST_CASE("canaries.tsv has accounts and hosts with owners and sources") {
  std::size_t rows = 0;
  each_row<4>(canaries_text(), [&](const auto& fields) {
    ++rows;
    CHECK((fields[0] == "account" || fields[0] == "host"));
    if (fields[0] == "account")
      CHECK((fields[1].size() == 12 && std::all_of(fields[1].begin(), fields[1].end(), is_digit)));
    if (fields[0] == "host")
      CHECK(fields[1].find("canary") !=
            std::string_view::npos);  // canary_host() looks for that first
    CHECK(fields[3].starts_with("https://"));
  });
  CHECK(rows == lines_of(canaries_text()));
}

// In pieces, though everybody knows it.
const std::string kDocumented = std::string("AKIA") + "IOSFODNN7" + "EXAMPLE";

TEST_CASE("a published value says whose it is") {
  REQUIRE(published(kDocumented));
  CHECK(published(kDocumented)->starts_with("AWS: "));
  CHECK(published(kDocumented)->find("https://docs.aws.amazon.com/") != std::string_view::npos);
  CHECK_FALSE(published(kDocumented + "A"));
  CHECK_FALSE(published(""));
}

TEST_CASE("a JWT is known by its claims, whatever it is signed with") {
  const std::string claims = std::string("eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6") +
                             "IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ";
  CHECK(published("eyJhbGciOiJIUzI1NiJ9." + claims + ".c2lnbmF0dXJl"));
  CHECK_FALSE(published("eyJhbGciOiJIUzI1NiJ9." + claims + "A.c2lnbmF0dXJl"));
  CHECK_FALSE(published("eyJhbGciOiJIUzI1NiJ9"));
}

TEST_CASE("what is hashed does not depend on how the value is written") {
  const std::string block = "-----BEGIN PRIVATE KEY-----\nAbCd+/\nEf==\n-----END PRIVATE KEY-----";
  CHECK(published_form(block) == "AbCd+/Ef");
  CHECK(published_form(
            "-----BEGIN PRIVATE KEY-----\\nAbCd+/\\nEf==\\n-----END PRIVATE KEY-----\\n") ==
        "AbCd+/Ef");
  CHECK(published_form("c2VjcmV0==") == "c2VjcmV0");
  CHECK(published_form("0x" + std::string(64, 'a')) == std::string(64, 'a'));
  CHECK(published_form("0xabc") == "0xabc");
}

TEST_CASE("canary_host") {
  CHECK(canary_host("http://canarytokens.com/about/abc/index.html"));
  CHECK(canary_host("x9.canarytokens.com"));
  CHECK(canary_host("https://user:pw@canarytokens.org:8443/"));
  CHECK_FALSE(canary_host("https://notcanarytokens.com/"));
  CHECK_FALSE(canary_host("https://canarytokens.com.acme.test/"));
  CHECK_FALSE(canary_host("canary deployment"));
}

TEST_CASE("canary_account") {
  CHECK(canary_account("052310077262"));
  CHECK_FALSE(canary_account("123456789012"));
}

}  // namespace
}  // namespace keywake::matching
