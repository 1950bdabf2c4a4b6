// The keys of examples: right in structure, as far as a reader of a few lines can tell.
#include "rules/example_keys.h"

#include <algorithm>
#include <string>

#include "catch.h"

namespace keywake::rules {
namespace {

std::string pem(std::string_view kind) {
  SeededRandom random("test");
  std::optional<std::string> block = example_pem(kind, random);
  REQUIRE(block);
  return *block;
}

TEST_CASE("every kind makes a PEM block of short lines, its label fitting") {
  struct Row {
    std::string_view kind;
    std::string_view label;
  };
  const Row rows[] = {
      {"rsa", "RSA PRIVATE KEY"},         {"rsa-encrypted", "RSA PRIVATE KEY"},
      {"dsa", "DSA PRIVATE KEY"},         {"ec", "EC PRIVATE KEY"},
      {"pkcs8", "PRIVATE KEY"},           {"pkcs8-encrypted", "ENCRYPTED PRIVATE KEY"},
      {"openssh", "OPENSSH PRIVATE KEY"}, {"openssh-encrypted", "OPENSSH PRIVATE KEY"},
      {"pgp", "PGP PRIVATE KEY BLOCK"},
  };
  CHECK(std::size(rows) == pem_kinds().size());
  for (const Row& row : rows) {
    INFO(row.kind);
    std::string block = pem(row.kind);
    CHECK(block.starts_with("-----BEGIN " + std::string(row.label) + "-----\n"));
    CHECK(block.ends_with("\n-----END " + std::string(row.label) + "-----"));
    std::size_t longest = 0;
    std::size_t start = 0;
    for (std::size_t end; (end = block.find('\n', start)) != std::string::npos; start = end + 1) {
      longest = std::max(longest, end - start);
    }
    CHECK(longest <= 70);
  }
  SeededRandom random("test");
  CHECK_FALSE(example_pem("rsa1", random));
}

/// Length of a DER element at the front, header included; 0 if it does not fit.
std::size_t der_size(std::string_view bytes) {
  auto at = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
  };
  if (bytes.size() < 2) return 0;
  std::size_t size = at(1);
  std::size_t header = 2;
  if (size >= 0x80) {
    std::size_t count = size & 0x7f;
    if (count == 0 || count > 2 || bytes.size() < 2 + count) return 0;
    size = count == 1 ? at(2) : at(2) << 8 | at(3);
    header += count;
  }
  return header + size <= bytes.size() ? header + size : 0;
}

std::string decode(std::string_view block) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::size_t begin = block.find('\n') + 1;
  std::string_view body = block.substr(begin, block.rfind("\n-----END") - begin);
  std::string out;
  unsigned bits = 0;
  unsigned value = 0;
  for (char c : body) {
    if (c == '\n' || c == '=') continue;
    value = value << 6 | static_cast<unsigned>(kDigits.find(c));
    if ((bits += 6) >= 8) out += static_cast<char>(value >> (bits -= 8) & 0xff);
  }
  return out;
}

TEST_CASE(
    "DER keys are one SEQUENCE that fills the block, of the elements its specification names") {
  struct Row {
    std::string_view kind;
    std::string_view tags;  // of the elements of the outer SEQUENCE
  };
  const Row rows[] = {
      {"rsa", "\x02\x02\x02\x02\x02\x02\x02\x02\x02"},
      {"dsa", "\x02\x02\x02\x02\x02\x02"},
      {"ec", "\x02\x04\xa0\xa1"},
      {"pkcs8", "\x02\x30\x04"},
      {"pkcs8-encrypted", "\x30\x04"},
  };
  for (const Row& row : rows) {
    INFO(row.kind);
    std::string bytes = decode(pem(row.kind));
    REQUIRE(der_size(bytes) == bytes.size());
    CHECK(bytes[0] == '\x30');
    std::string_view rest = std::string_view(bytes).substr(bytes[1] == '\x82'   ? 4
                                                           : bytes[1] == '\x81' ? 3
                                                                                : 2);
    std::string tags;
    while (!rest.empty()) {
      REQUIRE(der_size(rest) > 0);
      tags += rest[0];
      rest.remove_prefix(der_size(rest));
    }
    CHECK(tags == row.tags);
  }
}

TEST_CASE("OpenSSH keys name their cipher and end in the padding that PROTOCOL.key asks for") {
  std::string plain = decode(pem("openssh"));
  CHECK(plain.starts_with(std::string("openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none", 31)));
  std::string encrypted = decode(pem("openssh-encrypted"));
  CHECK(
      encrypted.starts_with(std::string("openssh-key-v1\0\0\0\0\x0a"
                                        "aes256-ctr\0\0\0\x06"
                                        "bcrypt",
                                        39)));
  // The last string is the private part; its length reaches the end exactly and is a multiple of
  // the block size.
  std::size_t public_end = plain.find("ssh-ed25519") + 11 + 4 + 32;
  auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(plain[i]));
  };
  std::size_t size = byte(public_end + 2) << 8 | byte(public_end + 3);
  CHECK(public_end + 4 + size == plain.size());
  CHECK(size % 8 == 0);
}

}  // namespace
}  // namespace keywake::rules
