// SHA-1 and SHA-256 by the functions that OpenSSL 3.0 deprecates, since the others start the library with the first digest: it reads its
// configuration and looks up its providers, 0.7 ms of a commit hook that checks two objects' ids.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sys/random.h>

namespace keywake {
namespace {

const EVP_MD* method_of(std::string_view name) {
  if (name == "md5") return EVP_md5();
  if (name == "sha1") return EVP_sha1();
  if (name == "sha256") return EVP_sha256();
  if (name == "sha384") return EVP_sha384();
  if (name == "sha512") return EVP_sha512();
  return nullptr;
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? 0xEDB88320u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

}  // namespace

std::string slow_digest(std::string_view salt, std::string_view bytes) {
  constexpr std::uint64_t kRounds = 1ULL << 15;
  constexpr std::uint64_t kMemory = 64ULL << 20;
  std::array<std::uint8_t, 32> out;
  if (EVP_PBE_scrypt(bytes.data(), bytes.size(), reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), kRounds, 8, 1, kMemory, out.data(), out.size()) != 1) return {};
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = getrandom(out.data() + done, count - done, 0);
    if (got <= 0) return {};
    done += static_cast<std::size_t>(got);
  }
  return out;
}

std::array<std::uint8_t, 20> sha1(std::string_view bytes, std::string_view more) {
  std::array<std::uint8_t, 20> out;
  SHA_CTX state;
  SHA1_Init(&state);
  SHA1_Update(&state, bytes.data(), bytes.size());
  SHA1_Update(&state, more.data(), more.size());
  SHA1_Final(out.data(), &state);
  return out;
}

std::array<std::uint8_t, 32> sha256(std::string_view bytes, std::string_view more) {
  std::array<std::uint8_t, 32> out;
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, bytes.data(), bytes.size());
  SHA256_Update(&state, more.data(), more.size());
  SHA256_Final(out.data(), &state);
  return out;
}

std::string digest(std::string_view algorithm, std::string_view bytes) {
  const EVP_MD* const method = method_of(algorithm);
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (method == nullptr || EVP_Digest(bytes.data(), bytes.size(), out, &length, method, nullptr) != 1) return "";
  return {reinterpret_cast<const char*>(out), length};
}

std::string hmac(std::string_view algorithm, std::string_view key, std::string_view bytes) {
  const EVP_MD* const method = method_of(algorithm);
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(bytes.data());
  if (method == nullptr || HMAC(method, key.data(), static_cast<int>(key.size()), text, bytes.size(), out, &length) == nullptr) return "";
  return {reinterpret_cast<const char*>(out), length};
}

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffu;
  for (unsigned char c : bytes) crc = kCrcTable[(crc ^ c) & 0xff] ^ (crc >> 8);
  return crc ^ 0xffffffffu;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char c : bytes) {
    out += kDigits[c >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    int high = hex_digit(text[i]);
    int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

}  // namespace keywake
