// Keys that sign, as tokens need them: a private key of a PEM block signs, a public key of a JSON Web Key verifies. The algorithms are those
// of RFC 7518, 3.1 (RS, PS, ES, HS) and RFC 8037 (EdDSA). OpenSSL does the arithmetic.
// Ownership: values. Thread safety: immutable; calls are independent of one another.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

using EVP_PKEY = struct evp_pkey_st;

namespace keywake::crypto {

struct KeyFreer {
  void operator()(EVP_PKEY* key) const;
};
using KeyHandle = std::shared_ptr<EVP_PKEY>;

/// A PEM block as it stands in JSON, YAML and environment variables (with \n for its line breaks, with spaces, on one line) as OpenSSL reads
/// it. Text without such a block is returned as it is.
std::string plain_pem(std::string_view text);

class PrivateKey {
 public:
  /// PKCS #1, PKCS #8 or SEC 1, unencrypted; absent for what is none.
  static std::optional<PrivateKey> from_pem(std::string_view pem);

  /// As a JSON Web Signature has it; empty if the key is not of the algorithm's kind. "RS256", "ES256", "EdDSA", …
  [[nodiscard]] std::string sign(std::string_view algorithm, std::string_view bytes) const;
  /// DER, SubjectPublicKeyInfo: two keys with the same belong together.
  [[nodiscard]] std::string public_der() const;

 private:
  explicit PrivateKey(KeyHandle key) : key_(std::move(key)) {}
  KeyHandle key_;
};

class PublicKey {
 public:
  /// RFC 7518, 6.3: modulus and exponent; 6.2: curve ("P-256", "P-384", "P-521") and point; RFC 8037: "Ed25519" and x. Big-endian bytes.
  static std::optional<PublicKey> rsa(std::string_view n, std::string_view e);
  static std::optional<PublicKey> ec(std::string_view curve, std::string_view x, std::string_view y);
  static std::optional<PublicKey> okp(std::string_view curve, std::string_view x);

  [[nodiscard]] bool verifies(std::string_view algorithm, std::string_view bytes, std::string_view signature) const;

 private:
  explicit PublicKey(KeyHandle key) : key_(std::move(key)) {}
  KeyHandle key_;
};

/// A JSON Web Token (RFC 7519) of a header and claims, both JSON, signed: "jwt-rs256", "jwt-es256" and their like with a PEM key, "jwt-hs256" with the
/// secret itself. Empty if the key is none for it.
std::string signed_token(std::string_view algorithm, std::string_view key, std::string_view header, std::string_view claims);

}  // namespace keywake::crypto
