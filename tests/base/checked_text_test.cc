#include "base/checked_text.h"

#include "base/hash.h"
#include "catch.h"

namespace keywake {
namespace {

// One character after another replaced: no checksum of four or six characters may still hold. (CRC-16 finds every error of one character.)
void every_change_shows(const std::string& text, bool (*holds)(std::string_view), std::string_view alphabet) {
  CHECK(holds(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = alphabet[(alphabet.find(text[i]) + 1) % alphabet.size()];
    INFO(other);
    CHECK((other == text || !holds(other)));
  }
  CHECK_FALSE(holds(text.substr(1)));
  CHECK_FALSE(holds(text.substr(0, text.size() - 1)));
  CHECK_FALSE(holds(text + "#"));
}

TEST_CASE("Base58Check: what others made, what we make, and nothing else") {
  CHECK(is_base58check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));  // the first address on the block chain
  CHECK(base58check(*from_hex("0062e907b15cbf27d5425399ebf6f0fb50ebb88f18")) == "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
  every_change_shows(base58check("a payload of some bytes"), is_base58check, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
  CHECK(is_base58check(base58check(std::string(3, '\0'))));
  CHECK_FALSE(is_base58check(""));
  CHECK_FALSE(is_base58check(std::string(5000, '2')));
}

TEST_CASE("Bech32: the vectors of BIP-173 and BIP-350") {
  for (const char* good : {"A12UEL5L", "a12uel5l", "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
                           "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "A1LQFN3A", "a1lqfn3a"}) {
    INFO(good);
    CHECK(is_bech32(good));
  }
  for (const char* bad : {"pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8", "10a06t8", "1qzzfhee", "a12UEL5L", ""}) {
    INFO(bad);
    CHECK_FALSE(is_bech32(bad));
  }
  CHECK(bech32("abcdef", "qpzry9x8gf2tvdw0s3jn54khce6mua7l") == "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw");
  CHECK(bech32("A", "") == "A12UEL5L");
  every_change_shows(bech32("nsec", "qpzry9x8gf2tvdw0s3jn54khce6mua7l"), is_bech32, "qpzry9x8gf2tvdw0s3jn54khce6mua7l");
}

TEST_CASE("Base 32 with CRC-16: the vectors of SEP-23") {
  CHECK(is_base32_crc16("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"));
  CHECK(base32_crc16(*from_hex("303f0c34bf93ad0d9971d04ccc90f705511c838aad9734a4a2fb0d7a03fc7fe89a")) == "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ");
  CHECK_FALSE(is_base32_crc16("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGA"));
  every_change_shows(base32_crc16(std::string("\x90") + std::string(32, 'x')), is_base32_crc16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
  CHECK_FALSE(is_base32_crc16(""));
}

TEST_CASE("CRC-32 in hexadecimal digits, as Grafana's service accounts have it") {
  CHECK(crc32_hex("123456789") == "123456789_2639f4cb");  // the CRC's check value, 0xCBF43926
  every_change_shows(crc32_hex("glsa_text"), is_crc32_hex, "0123456789abcdefghijklmnopqrstuvwxyz_");
  CHECK_FALSE(is_crc32_hex(""));
  CHECK_FALSE(is_crc32_hex("123456789_CB26"));
}

TEST_CASE("GitLab's routable tokens") {
  const std::string text = gitlab_routable("glpat-", "QUFBQUFBQUFBQUFBQUFBQW86MQp1OjF6Bw");
  CHECK(text.starts_with("glpat-QUFBQUFBQUFBQUFBQUFBQW86MQp1OjF6Bw.01.0y"));
  CHECK(text.size() == 6 + 34 + 4 + 2 + 7);
  every_change_shows(text, is_gitlab_routable, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.");
  CHECK_FALSE(is_gitlab_routable(""));
}

}  // namespace
}  // namespace keywake
