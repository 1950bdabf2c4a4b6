#include "crypto/certificate.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "base/text.h"
#include "crypto/keys.h"

namespace keywake::crypto {
namespace {

constexpr std::size_t kMost = 16;
constexpr std::size_t kMostNames = 100;

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm fields{};
  return ASN1_TIME_to_tm(time, &fields) == 1 ? ::timegm(&fields) : 0;
}

std::string text_of(const X509_NAME* name, int what) {
  const int at = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(name), what, -1);
  if (at < 0) return "";
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  std::string out(reinterpret_cast<char*>(text), size < 0 ? 0 : static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return to_utf8(out);
}

std::string text_of(const ASN1_STRING* text) {
  return to_utf8(std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text))));
}

struct StackFreer {
  void operator()(STACK_OF(X509) * of) const { sk_X509_free(of); }
};

}  // namespace

std::vector<Certificate> Certificate::all_in(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  constexpr std::string_view kEnd = "-----END CERTIFICATE";
  std::vector<Certificate> out;
  for (std::size_t at = text.find(kBegin); at != std::string_view::npos && out.size() < kMost; at = text.find(kBegin, at + 1)) {
    const std::size_t end = text.find(kEnd, at);
    if (end == std::string_view::npos) break;
    const std::string pem = plain_pem(text.substr(at, end + kEnd.size() - at));
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
    if (X509* read = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) out.push_back(Certificate(std::shared_ptr<X509>(read, X509_free)));
  }
  ERR_clear_error();
  return out;
}

std::string Certificate::public_der() const {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate_.get()), &der);
  std::string out(reinterpret_cast<char*>(der), size < 0 ? 0 : static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

std::int64_t Certificate::not_before() const { return seconds_of(X509_get0_notBefore(certificate_.get())); }
std::int64_t Certificate::not_after() const { return seconds_of(X509_get0_notAfter(certificate_.get())); }
std::string Certificate::subject() const { return text_of(X509_get_subject_name(certificate_.get()), NID_commonName); }
std::string Certificate::organization() const { return text_of(X509_get_subject_name(certificate_.get()), NID_organizationName); }

std::string Certificate::issuer() const {
  const X509_NAME* name = X509_get_issuer_name(certificate_.get());
  const std::string common = text_of(name, NID_commonName);
  return common.empty() ? text_of(name, NID_organizationName) : common;
}

bool Certificate::self_signed() const { return X509_self_signed(certificate_.get(), 1) == 1; }

Certificate::Names Certificate::names() const {
  Names out;
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate_.get(), NID_subject_alt_name, nullptr, nullptr));
  const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names);
  for (int i = 0; i < count && i < static_cast<int>(kMostNames); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) out.hosts.push_back(text_of(name->d.dNSName));
    if (name->type == GEN_EMAIL) out.emails.push_back(text_of(name->d.rfc822Name));
    if (name->type == GEN_URI) out.uris.push_back(text_of(name->d.uniformResourceIdentifier));
  }
  GENERAL_NAMES_free(names);
  return out;
}

bool Certificate::trusted(const std::vector<Certificate>& others, const std::string& ca_file) const {
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), X509_STORE_free);
  X509_STORE_set_default_paths(store.get());
  if (!ca_file.empty()) X509_STORE_load_file(store.get(), ca_file.c_str());
  const std::unique_ptr<STACK_OF(X509), StackFreer> chain(sk_X509_new_null());
  for (const Certificate& other : others) sk_X509_push(chain.get(), other.certificate_.get());
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(X509_STORE_CTX_new(), X509_STORE_CTX_free);
  const bool ready = X509_STORE_CTX_init(context.get(), store.get(), certificate_.get(), chain.get()) == 1;
  const bool out = ready && X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return out;
}

}  // namespace keywake::crypto
