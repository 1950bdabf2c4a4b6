// Structures, after their specifications:
//   rsa              RSAPrivateKey, RFC 8017 A.1.2         ec     ECPrivateKey, RFC 5915
//   dsa              six INTEGERs, as OpenSSL writes it     pkcs8  PrivateKeyInfo, RFC 5208
//   pkcs8-encrypted  EncryptedPrivateKeyInfo with PBES2 (RFC 8018)
//   rsa-encrypted    random bytes under "Proc-Type: 4,ENCRYPTED", RFC 1421
//   openssh(-encrypted)  openssh-key-v1, PROTOCOL.key of OpenSSH
//   pgp              Secret-Key and User ID packets in ASCII armor, RFC 4880 sections 5.5.3 and 6
#include "rules/example_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>

#include "base/base64.h"
#include "rules/alphabets.h"

namespace keywake::rules {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

// --- DER (X.690): a tag, a length, the content.
constexpr unsigned char kInteger = 0x02;
constexpr unsigned char kBitString = 0x03;
constexpr unsigned char kOctetString = 0x04;
constexpr unsigned char kOid = 0x06;
constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kContext0 = 0xa0;
constexpr unsigned char kContext1 = 0xa1;

// Object identifiers, encoded.
constexpr std::string_view kRsaEncryption =
    "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"sv;  // 1.2.840.113549.1.1.1
constexpr std::string_view kPbkdf2 =
    "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c"sv;  // 1.2.840.113549.1.5.12
constexpr std::string_view kPbes2 =
    "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"sv;  // 1.2.840.113549.1.5.13
constexpr std::string_view kHmacSha256 =
    "\x2a\x86\x48\x86\xf7\x0d\x02\x09"sv;  // 1.2.840.113549.2.9
constexpr std::string_view kAes256Cbc =
    "\x60\x86\x48\x01\x65\x03\x04\x01\x2a"sv;  // 2.16.840.1.101.3.4.1.42
constexpr std::string_view kPrime256v1 =
    "\x2a\x86\x48\xce\x3d\x03\x01\x07"sv;  // 1.2.840.10045.3.1.7
constexpr std::string_view kNull = "\x05\x00"sv;

std::string der(unsigned char tag, std::string_view content) {
  std::string out(1, static_cast<char>(tag));
  std::size_t size = content.size();
  if (size < 0x80) {
    out += static_cast<char>(size);
  } else if (size < 0x100) {
    out += '\x81';
    out += static_cast<char>(size);
  } else {
    out += '\x82';
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size);
  }
  out += content;
  return out;
}

std::string sequence(std::initializer_list<std::string_view> items) {
  std::string content;
  for (std::string_view item : items) content += item;
  return der(kSequence, content);
}

std::string small_integer(std::uint8_t value) {
  return der(kInteger, std::string(1, static_cast<char>(value)));
}

/// A positive odd INTEGER of exactly so many bits.
std::string big_bytes(SeededRandom& random, std::size_t bits) {
  std::string bytes = random.bytes(bits / 8);
  bytes.front() = static_cast<char>(bytes.front() | 0x80);
  bytes.back() = static_cast<char>(bytes.back() | 1);
  return bytes;
}
std::string big_integer(SeededRandom& random, std::size_t bits) {
  return der(kInteger, "\0"s + big_bytes(random, bits));  // a leading zero keeps it positive
}

std::string rsa_key(SeededRandom& random) {
  std::string content =
      small_integer(0) + big_integer(random, 2048) + der(kInteger, "\x01\x00\x01"s);
  content += big_integer(random, 2048);                              // private exponent
  for (int i = 0; i < 5; ++i) content += big_integer(random, 1024);  // p, q, exponents, coefficient
  return der(kSequence, content);
}

std::string dsa_key(SeededRandom& random) {
  return sequence({small_integer(0), big_integer(random, 1024), big_integer(random, 160),
                   big_integer(random, 1024), big_integer(random, 1024), big_integer(random, 160)});
}

std::string ec_key(SeededRandom& random) {
  return sequence({small_integer(1), der(kOctetString, random.bytes(32)),
                   der(kContext0, der(kOid, kPrime256v1)),
                   der(kContext1, der(kBitString, "\0\x04"s + random.bytes(64)))});
}

std::string pkcs8_key(SeededRandom& random) {
  return sequence({small_integer(0), sequence({der(kOid, kRsaEncryption), kNull}),
                   der(kOctetString, rsa_key(random))});
}

std::string encrypted_pkcs8_key(SeededRandom& random) {
  std::string derivation =
      sequence({der(kOctetString, random.bytes(16)), der(kInteger, "\x08\x00"s),
                sequence({der(kOid, kHmacSha256), kNull})});
  std::string scheme =
      sequence({sequence({der(kOid, kPbkdf2), derivation}),
                sequence({der(kOid, kAes256Cbc), der(kOctetString, random.bytes(16))})});
  return sequence({sequence({der(kOid, kPbes2), scheme}), der(kOctetString, random.bytes(1232))});
}

// --- OpenSSH: strings with a length of four bytes, big-endian.
std::string big_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
  return out;
}
std::string ssh_string(std::string_view text) {
  return big_endian(static_cast<std::uint32_t>(text.size())) + std::string(text);
}

std::string openssh_key(SeededRandom& random, bool encrypted) {
  std::string public_half = random.bytes(32);
  std::string public_key = ssh_string("ssh-ed25519") + ssh_string(public_half);
  std::string private_part;
  if (encrypted) {
    private_part = random.bytes(160);
  } else {
    std::string check = random.bytes(4);
    private_part = check + check + public_key + ssh_string(random.bytes(32) + public_half) +
                   ssh_string("ci@acme.test");
    for (char padding = 1; private_part.size() % 8 != 0; ++padding) private_part += padding;
  }
  std::string options = encrypted ? ssh_string(random.bytes(16)) + big_endian(16) : "";
  return "openssh-key-v1\0"s + ssh_string(encrypted ? "aes256-ctr" : "none") +
         ssh_string(encrypted ? "bcrypt" : "none") + ssh_string(options) + big_endian(1) +
         ssh_string(public_key) + ssh_string(private_part);
}

// --- OpenPGP.
std::string pgp_integer(SeededRandom& random, std::uint16_t bits) {
  return big_endian(bits).substr(2) + big_bytes(random, bits);
}
std::string pgp_packet(unsigned char tag, std::string_view body) {
  std::string out(1, static_cast<char>(0x80 | tag << 2 | 1));  // old format, length of two bytes
  return out + big_endian(static_cast<std::uint32_t>(body.size())).substr(2) + std::string(body);
}

std::string pgp_key(SeededRandom& random) {
  std::string secret = pgp_integer(random, 2048);
  for (int i = 0; i < 3; ++i) secret += pgp_integer(random, 1024);
  std::uint32_t sum = 0;
  for (unsigned char c : secret) sum += c;
  std::string body =
      "\x04"s + random.bytes(4) + "\x01"s + pgp_integer(random, 2048) + "\x00\x11\x01\x00\x01"s;
  body += "\0"s + secret + big_endian(sum).substr(2);  // not encrypted; sum of the secret's bytes
  return pgp_packet(5, body) + pgp_packet(13, "Release <release@acme.test>");
}

std::uint32_t crc24(std::string_view bytes) {  // RFC 4880, section 6.1
  std::uint32_t crc = 0xb704ce;
  for (unsigned char c : bytes) {
    crc ^= static_cast<std::uint32_t>(c) << 16;
    for (int bit = 0; bit < 8; ++bit) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return crc & 0xffffff;
}

std::string armor(std::string_view label, std::string_view headers, std::string_view body,
                  std::size_t width, std::string_view trailer = "") {
  std::string out = fmt::format("-----BEGIN {}-----\n{}", label, headers);
  std::string encoded = base64_encode(body);
  for (std::size_t i = 0; i < encoded.size(); i += width) out += encoded.substr(i, width) + '\n';
  return out + fmt::format("{}-----END {}-----", trailer, label);
}

std::string dek_info(SeededRandom& random) {
  return fmt::format("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{}\n\n",
                     random.pick("0123456789ABCDEF", 32));
}

constexpr std::array<std::string_view, 9> kKinds{
    "dsa", "ec",           "openssh", "openssh-encrypted", "pgp", "pkcs8", "pkcs8-encrypted",
    "rsa", "rsa-encrypted"};

}  // namespace

std::span<const std::string_view> pem_kinds() {
  return kKinds;
}

std::optional<std::string> example_pem(std::string_view kind, SeededRandom& random) {
  if (kind == "rsa") return armor("RSA PRIVATE KEY", "", rsa_key(random), 64);
  if (kind == "rsa-encrypted") {
    std::string headers = dek_info(random);
    return armor("RSA PRIVATE KEY", headers, random.bytes(1200), 64);
  }
  if (kind == "dsa") return armor("DSA PRIVATE KEY", "", dsa_key(random), 64);
  if (kind == "ec") return armor("EC PRIVATE KEY", "", ec_key(random), 64);
  if (kind == "pkcs8") return armor("PRIVATE KEY", "", pkcs8_key(random), 64);
  if (kind == "pkcs8-encrypted")
    return armor("ENCRYPTED PRIVATE KEY", "", encrypted_pkcs8_key(random), 64);
  if (kind == "openssh") return armor("OPENSSH PRIVATE KEY", "", openssh_key(random, false), 70);
  if (kind == "openssh-encrypted")
    return armor("OPENSSH PRIVATE KEY", "", openssh_key(random, true), 70);
  if (kind == "pgp") {
    std::string packets = pgp_key(random);
    std::string checksum = big_endian(crc24(packets)).substr(1);
    return armor("PGP PRIVATE KEY BLOCK", "\n", packets, 64,
                 fmt::format("={}\n", base64_encode(checksum)));
  }
  return std::nullopt;
}

}  // namespace keywake::rules
