#include "matching/pem.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string>

#include "catch.h"

namespace keywake::matching {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;

// As OpenSSL writes it; made here and now, used nowhere.
std::string pem(const Key& key, bool traditional, bool encrypted = false) {
  std::unique_ptr<BIO, Free> out(BIO_new(BIO_s_mem()));
  std::string passphrase = "test of keywake";
  auto* bytes = reinterpret_cast<unsigned char*>(passphrase.data());
  const auto length = static_cast<int>(passphrase.size());
  const EVP_CIPHER* cipher = encrypted ? EVP_aes_128_cbc() : nullptr;
  const int written = traditional ? PEM_write_bio_PrivateKey_traditional(out.get(), key.get(), cipher, encrypted ? bytes : nullptr, length, nullptr, nullptr)
                                  : PEM_write_bio_PrivateKey(out.get(), key.get(), cipher, encrypted ? bytes : nullptr, length, nullptr, nullptr);
  REQUIRE(written == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  std::string text(data, static_cast<std::size_t>(size));
  return text.substr(0, text.find_last_not_of('\n') + 1);
}

TEST_CASE("What OpenSSL writes is read: container, algorithm, size, passphrase") {
  struct Row {
    Key key;
    const char* algorithm;
    unsigned bits;
    const char* traditional;  // the container that is older than PKCS #8, if there is one
  };
  Row rows[] = {{Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024})), "RSA", 1024, "rsa"},
                {Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})), "RSA", 2048, "rsa"},
                {Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")), "EC P-256", 0, "ec"},
                {Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384")), "EC P-384", 0, "ec"},
                {Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1")), "EC secp256k1", 0, "ec"},
                {Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), "Ed25519", 0, nullptr},
                {Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")), "X25519", 0, nullptr}};
  for (const Row& row : rows) {
    INFO(row.algorithm);
    REQUIRE(row.key);
    auto key = parse_pem_key(pem(row.key, false));
    REQUIRE(key);
    CHECK(key->kind == "pkcs8");
    CHECK(key->algorithm == row.algorithm);
    CHECK(key->bits == row.bits);
    CHECK_FALSE(key->encrypted);
    auto sealed = parse_pem_key(pem(row.key, false, true));
    REQUIRE(sealed);
    CHECK(sealed->encrypted);
    CHECK(sealed->algorithm.empty());
    if (row.traditional == nullptr) continue;
    auto older = parse_pem_key(pem(row.key, true));
    REQUIRE(older);
    CHECK(older->kind == row.traditional);
    CHECK(older->algorithm == row.algorithm);
    CHECK(older->bits == row.bits);
    auto old_and_sealed = parse_pem_key(pem(row.key, true, true));
    REQUIRE(old_and_sealed);
    CHECK(old_and_sealed->encrypted);
  }
}

}  // namespace
}  // namespace keywake::matching
