#include "login/scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/base64.h"
#include "base/hash.h"

namespace keywake::login {
namespace {

constexpr std::size_t kMaxNonce = 1024;
constexpr std::size_t kMaxSalt = 1024;

// "=2C" and "=3D" (RFC 5802, 5.1).
std::string escaped(std::string_view user) {
  std::string out;
  for (const char c : user) out += c == ',' ? "=2C" : c == '=' ? "=3D" : std::string(1, c);
  return out;
}

// Takes "r=value" off a message, with the comma after it; absent if it does not begin so.
std::optional<std::string_view> attribute(std::string_view& message, char name) {
  if (message.size() < 2 || message[0] != name || message[1] != '=') return std::nullopt;
  const std::string_view out = message.substr(2, message.find(',') - 2);
  message.remove_prefix(std::min(message.size(), out.size() + 3));
  return out;
}

std::string salted_password(const std::string& algorithm, std::string_view password, std::string_view salt, int iterations) {
  const EVP_MD* const hash = algorithm == "sha1" ? EVP_sha1() : EVP_sha256();
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(hash)), '\0');
  const int made = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), reinterpret_cast<const unsigned char*>(salt.data()),
                                     static_cast<int>(salt.size()), iterations, hash, static_cast<int>(out.size()), reinterpret_cast<unsigned char*>(out.data()));
  return made == 1 ? out : "";
}

}  // namespace

std::string random_nonce() {
  std::array<unsigned char, 24> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return "";
  return base64_encode(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

bool is_prepared(std::string_view password) {
  return std::all_of(password.begin(), password.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

Scram::Scram(std::string algorithm, std::string_view user, std::string password, std::string nonce)
    : algorithm_(std::move(algorithm)), password_(std::move(password)), nonce_(std::move(nonce)), first_bare_("n=" + escaped(user) + ",r=" + nonce_) {}

std::optional<std::string> Scram::proof(std::string_view server_first) {
  std::string_view rest = server_first;
  const auto nonce = attribute(rest, 'r');
  const auto salt_text = attribute(rest, 's');
  const auto count = attribute(rest, 'i');
  if (!nonce || !salt_text || !count) return std::nullopt;
  // The server's nonce is ours with something of its own after it, so that neither alone decides it.
  if (!nonce->starts_with(nonce_) || nonce->size() == nonce_.size() || nonce->size() > kMaxNonce) return std::nullopt;
  const auto salt = decode_base64(*salt_text);
  int iterations = 0;
  const auto [end, error] = std::from_chars(count->data(), count->data() + count->size(), iterations);
  const bool plausible = error == std::errc() && end == count->data() + count->size() && iterations >= kFewestIterations && iterations <= kMostIterations;
  if (!plausible || !salt || salt->size() > kMaxSalt) return std::nullopt;

  const std::string salted = salted_password(algorithm_, password_, *salt, iterations);
  if (salted.empty()) return std::nullopt;
  const std::string final_bare = "c=biws,r=" + std::string(*nonce);  // "n,,": no channel binding
  const std::string auth_message = first_bare_ + "," + std::string(server_first) + "," + final_bare;
  std::string proof = hmac(algorithm_, salted, "Client Key");
  const std::string signature = hmac(algorithm_, digest(algorithm_, proof), auth_message);
  for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<char>(proof[i] ^ signature[i]);
  server_signature_ = hmac(algorithm_, hmac(algorithm_, salted, "Server Key"), auth_message);
  return final_bare + ",p=" + base64_encode(proof);
}

bool Scram::proven(std::string_view server_final) const {
  const auto verifier = attribute(server_final, 'v');
  const auto signature = verifier ? decode_base64(*verifier) : std::nullopt;
  return signature && !server_signature_.empty() && signature->size() == server_signature_.size() &&
         CRYPTO_memcmp(signature->data(), server_signature_.data(), signature->size()) == 0;
}

}  // namespace keywake::login
