#include "crypto/keys.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <vector>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/hash.h"

namespace keywake::crypto {
namespace {

template <auto Function>
struct Freer {
  template <typename T>
  void operator()(T* of) const {
    Function(of);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

KeyHandle handle(EVP_PKEY* key) { return {key, KeyFreer()}; }

// "ES256": what it signs with, and how long its two numbers are (RFC 7518, 3.4).
struct Algorithm {
  int key_type = 0;
  const EVP_MD* digest = nullptr;
  bool pss = false;
  std::size_t ec_bytes = 0;
};

std::optional<Algorithm> algorithm_of(std::string_view name) {
  if (name == "EdDSA") return Algorithm{EVP_PKEY_ED25519};
  if (name.size() != 5) return std::nullopt;
  Algorithm out;
  const std::string_view bits = name.substr(2);
  out.digest = bits == "256" ? EVP_sha256() : bits == "384" ? EVP_sha384() : bits == "512" ? EVP_sha512() : nullptr;
  if (out.digest == nullptr) return std::nullopt;
  const std::string_view kind = name.substr(0, 2);
  if (kind == "RS" || kind == "PS") {
    out.key_type = EVP_PKEY_RSA;
    out.pss = kind == "PS";
  } else if (kind == "ES") {
    out.key_type = EVP_PKEY_EC;
    out.ec_bytes = bits == "256" ? 32 : bits == "384" ? 48 : 66;
  } else {
    return std::nullopt;
  }
  return out;
}

bool set_padding(EVP_PKEY_CTX* context, const Algorithm& algorithm) {
  if (!algorithm.pss) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
}

// Two numbers side by side (RFC 7518) from DER, and back.
std::string joined(std::string_view der, std::size_t each) {
  const unsigned char* at = bytes_of(der);
  const EcSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string out(2 * each, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  const int size = static_cast<int>(each);
  if (signature == nullptr || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), to, size) < 0) return "";
  return BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), to + each, size) < 0 ? "" : out;
}

std::string as_der(std::string_view pair) {
  const EcSignature signature(ECDSA_SIG_new());
  const int half = static_cast<int>(pair.size() / 2);
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes_of(pair), half, nullptr), BN_bin2bn(bytes_of(pair) + half, half, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string out(reinterpret_cast<char*>(der), size < 0 ? 0 : static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

EVP_PKEY* from_parameters(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || EVP_PKEY_fromdata_init(context.get()) <= 0) return nullptr;
  return EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) > 0 ? key : nullptr;
}

}  // namespace

void KeyFreer::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

std::string plain_pem(std::string_view text) {
  constexpr std::size_t kLine = 64;
  const std::size_t begin = text.find("-----BEGIN ");
  const std::size_t label_end = begin == std::string_view::npos ? begin : text.find("-----", begin + 11);
  if (label_end == std::string_view::npos) return std::string(text);
  const std::string label(text.substr(begin + 11, label_end - begin - 11));
  const std::size_t end = text.find("-----END " + label, label_end);
  if (end == std::string_view::npos) return std::string(text);
  const std::string_view inside = text.substr(label_end + 5, end - label_end - 5);
  std::string body;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const char c = inside[i];
    if (c == '\\') {
      ++i;  // \n, \r, \t
    } else if (is_alnum(c) || c == '+' || c == '/' || c == '=') {
      body += c;
    }
  }
  std::string out = "-----BEGIN " + label + "-----\n";
  for (std::size_t at = 0; at < body.size(); at += kLine) out += body.substr(at, kLine) + "\n";
  return out + "-----END " + label + "-----\n";
}

std::optional<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  const std::string text = plain_pem(pem);
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  static constexpr auto kNoPassword = [](char*, int, int, void*) { return -1; };
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, kNoPassword, nullptr);
  ERR_clear_error();  // of this thread: libraries that speak TLS look there
  if (key == nullptr) return std::nullopt;
  return PrivateKey(handle(key));
}

std::string PrivateKey::sign(std::string_view name, std::string_view bytes) const {
  const std::optional<Algorithm> algorithm = algorithm_of(name);
  if (!algorithm || EVP_PKEY_base_id(key_.get()) != algorithm->key_type) return "";
  const Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  if (EVP_DigestSignInit(context.get(), &key_context, algorithm->digest, nullptr, key_.get()) <= 0 || !set_padding(key_context, *algorithm)) return "";
  std::size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, bytes_of(bytes), bytes.size()) <= 0) return "";
  std::string out(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes_of(bytes), bytes.size()) <= 0) return "";
  out.resize(size);
  return algorithm->ec_bytes == 0 ? out : joined(out, algorithm->ec_bytes);
}

std::string PrivateKey::public_der() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  std::string out(reinterpret_cast<char*>(der), size < 0 ? 0 : static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

std::optional<PublicKey> PublicKey::rsa(std::string_view n, std::string_view e) {
  constexpr std::size_t kShortest = 64;  // bytes: 512 bits, which nobody has trusted for long
  if (n.size() < kShortest || e.empty()) return std::nullopt;
  const Number modulus(BN_bin2bn(bytes_of(n), static_cast<int>(n.size()), nullptr));
  const Number exponent(BN_bin2bn(bytes_of(e), static_cast<int>(e.size()), nullptr));
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  EVP_PKEY* key = from_parameters("RSA", builder.get());
  if (key == nullptr) return std::nullopt;
  return PublicKey(handle(key));
}

std::optional<PublicKey> PublicKey::ec(std::string_view curve, std::string_view x, std::string_view y) {
  std::string point("\x04");
  point.append(x).append(y);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, std::string(curve).c_str(), curve.size());
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  EVP_PKEY* key = from_parameters("EC", builder.get());
  if (key == nullptr) return std::nullopt;
  return PublicKey(handle(key));
}

std::optional<PublicKey> PublicKey::okp(std::string_view curve, std::string_view x) {
  if (curve != "Ed25519") return std::nullopt;
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size());
  if (key == nullptr) return std::nullopt;
  return PublicKey(handle(key));
}

bool PublicKey::verifies(std::string_view name, std::string_view bytes, std::string_view signature) const {
  const std::optional<Algorithm> algorithm = algorithm_of(name);
  if (!algorithm || EVP_PKEY_base_id(key_.get()) != algorithm->key_type) return false;
  if (algorithm->ec_bytes != 0 && signature.size() != 2 * algorithm->ec_bytes) return false;
  const std::string form = algorithm->ec_bytes == 0 ? std::string(signature) : as_der(signature);
  const Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  if (EVP_DigestVerifyInit(context.get(), &key_context, algorithm->digest, nullptr, key_.get()) <= 0 || !set_padding(key_context, *algorithm)) return false;
  return EVP_DigestVerify(context.get(), bytes_of(form), form.size(), bytes_of(bytes), bytes.size()) == 1;
}

std::string signed_token(std::string_view algorithm, std::string_view key, std::string_view header, std::string_view claims) {
  const std::string signed_part = base64url_encode(header) + "." + base64url_encode(claims);
  std::string name(algorithm.substr(algorithm.find('-') + 1));
  for (char& c : name) c = is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
  std::string signature;
  if (name.starts_with("HS")) {
    signature = hmac("sha" + name.substr(2), key, signed_part);
  } else if (const auto private_key = PrivateKey::from_pem(key)) {
    signature = private_key->sign(name, signed_part);
  }
  return signature.empty() ? "" : signed_part + "." + base64url_encode(signature);
}

}  // namespace keywake::crypto
