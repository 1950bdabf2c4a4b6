#include "matching/pem.h"

#include <algorithm>
#include <cstdint>

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
    return PemKey{"pkcs8", true};
  }
  if (first->tag != kInteger) return std::nullopt;
  if (second->tag == kSequence) {  // PrivateKeyInfo
    std::string_view algorithm = second->contents;
    std::optional<Element> oid = take(algorithm);
    std::optional<Element> key = take(rest);
    if (!oid || oid->tag != kOid || !key || key->tag != kOctets) return std::nullopt;
    return PemKey{"pkcs8", false};
  }
  if (second->tag == kOctets) return PemKey{"ec", false};  // ECPrivateKey
  std::size_t integers = 2;
  while (std::optional<Element> next = take(rest)) {
    if (next->tag != kInteger) break;
    ++integers;
  }
  if (second->tag != kInteger) return std::nullopt;
  if (integers >= 9) return PemKey{"rsa", false};
  if (integers == 6) return PemKey{"dsa", false};
  return std::nullopt;
}

std::optional<PemKey> parse_openssh(std::string_view bytes) {
  static constexpr std::string_view kMagic{"openssh-key-v1\0", 15};
  if (!bytes.starts_with(kMagic)) return std::nullopt;
  bytes.remove_prefix(kMagic.size());
  auto text = [&]() -> std::optional<std::string_view> {
    if (bytes.size() < 4) return std::nullopt;
    std::size_t length = 0;
    for (int i = 0; i < 4; ++i)
      length = length << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
    if (length > bytes.size() - 4) return std::nullopt;
    std::string_view out = bytes.substr(4, length);
    bytes.remove_prefix(4 + length);
    return out;
  };
  std::optional<std::string_view> cipher = text();
  std::optional<std::string_view> derivation = text();
  if (!cipher || !derivation || cipher->empty()) return std::nullopt;
  return PemKey{"openssh", *cipher != "none"};
}

// An OpenPGP message that begins with a secret-key (5) or secret-subkey (7) packet.
std::optional<PemKey> parse_pgp(std::string_view bytes) {
  if (bytes.size() < 8) return std::nullopt;
  auto first = static_cast<unsigned char>(bytes[0]);
  if ((first & 0x80) == 0) return std::nullopt;
  unsigned tag = (first & 0x40) != 0 ? first & 0x3f : first >> 2 & 0x0f;
  if (tag != 5 && tag != 7) return std::nullopt;
  return PemKey{"pgp", false};
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
    return bytes->size() >= 32 ? std::optional(PemKey{"pem", true}) : std::nullopt;
  }
  if (armour->label.starts_with("PGP")) return parse_pgp(*bytes);
  if (armour->label.starts_with("OPENSSH")) return parse_openssh(*bytes);
  std::optional<PemKey> key = parse_der(*bytes);
  if (key && armour->label.starts_with("ENCRYPTED")) key->encrypted = true;
  return key;
}

}  // namespace keywake::matching
