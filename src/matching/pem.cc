#include "matching/pem.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "base/base64.h"
#include "matching/decoders.h"

namespace keywake::matching {
namespace {

constexpr std::size_t kMaxBlock = 32 * 1024;

// One DER element (X.690): tag, length, contents. Definite lengths only.
struct Element {
  unsigned tag = 0;
  std::string_view contents;
};

std::optional<Element> take(std::string_view& bytes) {
  if (bytes.size() < 2) return std::nullopt;
  Element element{static_cast<unsigned char>(bytes[0]), {}};
  std::size_t length = static_cast<unsigned char>(bytes[1]);
  std::size_t header = 2;
  if (length >= 0x80) {
    std::size_t count = length & 0x7f;
    if (count == 0 || count > 3 || bytes.size() < 2 + count) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < count; ++i)
      length = length << 8 | static_cast<unsigned char>(bytes[2 + i]);
    header += count;
  }
  if (length > bytes.size() - header) return std::nullopt;
  element.contents = bytes.substr(header, length);
  bytes.remove_prefix(header + length);
  return element;
}

constexpr unsigned kInteger = 0x02;
constexpr unsigned kOctets = 0x04;
constexpr unsigned kOid = 0x06;
constexpr unsigned kSequence = 0x30;

unsigned bits_of(std::string_view integer) {
  while (!integer.empty() && integer.front() == 0) integer.remove_prefix(1);
  if (integer.empty()) return 0;
  const auto top = static_cast<unsigned char>(integer.front());
  return static_cast<unsigned>((integer.size() - 1) * 8 + static_cast<std::size_t>(std::bit_width(top)));
}

struct Named {
  std::string_view oid;  // contents of the DER element
  std::string_view name;
};
// RFC 8017, RFC 5480, RFC 8410, RFC 3279, SEC 2.
using namespace std::string_view_literals;  // object identifiers may hold a NUL
constexpr std::array<Named, 6> kAlgorithms{{{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"sv, "RSA"},
                                            {"\x2a\x86\x48\xce\x3d\x02\x01"sv, "EC"},
                                            {"\x2a\x86\x48\xce\x38\x04\x01"sv, "DSA"},
                                            {"\x2b\x65\x70"sv, "Ed25519"},
                                            {"\x2b\x65\x71"sv, "Ed448"},
                                            {"\x2b\x65\x6e"sv, "X25519"}}};
constexpr std::array<Named, 4> kCurves{{{"\x2a\x86\x48\xce\x3d\x03\x01\x07"sv, " P-256"},
                                        {"\x2b\x81\x04\x00\x22"sv, " P-384"},
                                        {"\x2b\x81\x04\x00\x23"sv, " P-521"},
                                        {"\x2b\x81\x04\x00\x0a"sv, " secp256k1"}}};

template <std::size_t N>
std::string name_of(std::string_view oid, const std::array<Named, N>& names) {
  auto known = std::find_if(names.begin(), names.end(), [&](const Named& row) { return row.oid == oid; });
  return known == names.end() ? "" : std::string(known->name);
}

std::optional<PemKey> parse_der(std::string_view der);

// PrivateKeyInfo (RFC 5208): the algorithm with its parameters, and the key in a container of its own.
std::optional<PemKey> parse_pkcs8(std::string_view algorithm, std::string_view rest) {
  const std::optional<Element> oid = take(algorithm);
  const std::optional<Element> key = take(rest);
  if (!oid || oid->tag != kOid || !key || key->tag != kOctets) return std::nullopt;
  PemKey out{.kind = "pkcs8", .algorithm = name_of(oid->contents, kAlgorithms)};
  if (out.algorithm == "EC") {
    if (const std::optional<Element> curve = take(algorithm)) out.algorithm += name_of(curve->contents, kCurves);
  } else if (out.algorithm == "RSA") {
    if (const std::optional<PemKey> inner = parse_der(key->contents)) out.bits = inner->bits;
  }
  return out;
}

// ECPrivateKey (RFC 5915): the curve may stand behind the key.
PemKey parse_ec(std::string_view rest) {
  PemKey out{.kind = "ec", .algorithm = "EC"};
  constexpr unsigned kParameters = 0xa0;
  if (std::optional<Element> parameters = take(rest); parameters && parameters->tag == kParameters) {
    if (const std::optional<Element> curve = take(parameters->contents)) out.algorithm += name_of(curve->contents, kCurves);
  }
  return out;
}

std::optional<PemKey> parse_der(std::string_view der) {
  std::optional<Element> outer = take(der);
  if (!outer || outer->tag != kSequence) return std::nullopt;
  std::string_view rest = outer->contents;
  std::optional<Element> first = take(rest);
  std::optional<Element> second = take(rest);
  if (!first || !second) return std::nullopt;
  if (first->tag == kSequence && second->tag == kOctets) {  // EncryptedPrivateKeyInfo
    std::string_view algorithm = first->contents;
    std::optional<Element> oid = take(algorithm);
    if (!oid || oid->tag != kOid) return std::nullopt;
    return PemKey{.kind = "pkcs8", .encrypted = true};
  }
  if (first->tag != kInteger) return std::nullopt;
  if (second->tag == kSequence) return parse_pkcs8(second->contents, rest);
  if (second->tag == kOctets) return parse_ec(rest);
  std::size_t integers = 2;
  while (std::optional<Element> next = take(rest)) {
    if (next->tag != kInteger) break;
    ++integers;
  }
  if (second->tag != kInteger) return std::nullopt;
  if (integers >= 9) return PemKey{.kind = "rsa", .algorithm = "RSA", .bits = bits_of(second->contents)};
  if (integers == 6) return PemKey{.kind = "dsa", .algorithm = "DSA", .bits = bits_of(second->contents)};
  return std::nullopt;
}

// What "ssh-rsa" and its like are called elsewhere.
constexpr std::array<Named, 6> kSshKeys{{{"ssh-rsa", "RSA"},
                                         {"ssh-ed25519", "Ed25519"},
                                         {"ssh-dss", "DSA"},
                                         {"ecdsa-sha2-nistp256", "EC P-256"},
                                         {"ecdsa-sha2-nistp384", "EC P-384"},
                                         {"ecdsa-sha2-nistp521", "EC P-521"}}};

// Strings as SSH writes them (RFC 4251, section 5): four bytes of length, then the text.
std::optional<std::string_view> take_string(std::string_view& bytes) {
  if (bytes.size() < 4) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
  if (length > bytes.size() - 4) return std::nullopt;
  std::string_view out = bytes.substr(4, length);
  bytes.remove_prefix(4 + length);
  return out;
}

std::optional<PemKey> parse_openssh(std::string_view bytes) {
  static constexpr std::string_view kMagic{"openssh-key-v1\0", 15};
  if (!bytes.starts_with(kMagic)) return std::nullopt;
  bytes.remove_prefix(kMagic.size());
  const auto cipher = take_string(bytes);
  const auto derivation = take_string(bytes);
  if (!cipher || !derivation || cipher->empty()) return std::nullopt;
  PemKey out{.kind = "openssh", .encrypted = *cipher != "none"};
  constexpr std::size_t kCount = 4;  // how many keys there are
  if (!take_string(bytes) || bytes.size() < kCount) return out;
  bytes.remove_prefix(kCount);
  std::string_view public_key = take_string(bytes).value_or(std::string_view());
  const auto type = take_string(public_key);
  if (!type) return out;
  out.algorithm = name_of(*type, kSshKeys);
  if (out.algorithm == "RSA" && take_string(public_key)) out.bits = bits_of(take_string(public_key).value_or(std::string_view()));
  return out;
}

// An OpenPGP message that begins with a secret-key (5) or secret-subkey (7) packet.
std::optional<PemKey> parse_pgp(std::string_view bytes) {
  if (bytes.size() < 8) return std::nullopt;
  auto first = static_cast<unsigned char>(bytes[0]);
  if ((first & 0x80) == 0) return std::nullopt;
  unsigned tag = (first & 0x40) != 0 ? first & 0x3f : first >> 2 & 0x0f;
  if (tag != 5 && tag != 7) return std::nullopt;
  return PemKey{.kind = "pgp"};
}

// Resolves written-out line ends, and drops what string literals put around lines.
std::string plain_lines(std::string_view block) {
  std::string out;
  out.reserve(block.size());
  for (std::size_t i = 0; i < block.size(); ++i) {
    char c = block[i];
    if (c == '\\' && i + 1 < block.size()) {
      char next = block[i + 1];
      if (next == 'n' || next == 'r' || next == 't') {
        out += '\n';
        ++i;
      } else if (next == '\\' && i + 2 < block.size() && block[i + 2] == 'n') {
        out += '\n';
        i += 2;
      }
      continue;  // a line continued in a string literal, or an escaped slash
    }
    out += c == '\r' ? '\n' : c;
  }
  return out;
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool is_base64(char c) {
  return is_alphanumeric(c) || c == '+' || c == '/' || c == '=';
}

struct Armour {
  std::string_view label;
  std::string base64;
  bool encrypted = false;  // by its headers
};

std::optional<Armour> read_armour(std::string_view text) {
  static constexpr std::string_view kBegin = "-----BEGIN ";
  static constexpr std::string_view kEnd = "-----END ";
  if (!text.starts_with(kBegin)) return std::nullopt;
  std::size_t label_end = text.find("-----", kBegin.size());
  std::size_t end = text.rfind(kEnd);
  if (label_end == std::string_view::npos || end == std::string_view::npos || end < label_end)
    return std::nullopt;
  Armour armour{.label = text.substr(kBegin.size(), label_end - kBegin.size())};
  std::string_view body = text.substr(label_end + 5, end - label_end - 5);
  while (!body.empty()) {
    std::size_t line_end = body.find('\n');
    std::string_view line = body.substr(0, line_end);
    body.remove_prefix(line_end == std::string_view::npos ? body.size() : line_end + 1);
    if (line.find('"') != std::string_view::npos &&
        std::none_of(line.begin(), line.end(), is_alphanumeric)) {
      continue;  // `" +`, the end of a string literal that goes on in the next line
    }
    if (line.find(": ") != std::string_view::npos ||
        line.find("-Info:") != std::string_view::npos) {
      armour.encrypted |= line.find("ENCRYPTED") != std::string_view::npos;
      continue;
    }
    std::size_t begin = line.find_first_not_of(" \t\"'");
    if (armour.label.starts_with("PGP") && begin != std::string_view::npos && line[begin] == '=')
      break;  // the checksum
    for (char c : line) {
      if (is_base64(c)) armour.base64 += c;
    }
  }
  return armour;
}

}  // namespace

std::optional<PemKey> parse_pem_key(std::string_view block) {
  if (block.size() > kMaxBlock) return std::nullopt;
  std::string text = plain_lines(block);
  std::optional<Armour> armour = read_armour(text);
  if (!armour) return std::nullopt;
  std::optional<std::string> bytes = decode_base64(armour->base64);
  if (!bytes) return std::nullopt;
  if (armour->encrypted) {  // the body is ciphertext
    return bytes->size() >= 32 ? std::optional(PemKey{.kind = "pem", .encrypted = true}) : std::nullopt;
  }
  if (armour->label.starts_with("PGP")) return parse_pgp(*bytes);
  if (armour->label.starts_with("OPENSSH")) return parse_openssh(*bytes);
  std::optional<PemKey> key = parse_der(*bytes);
  if (key && armour->label.starts_with("ENCRYPTED")) key->encrypted = true;
  return key;
}

}  // namespace keywake::matching
