// X.509 certificates (RFC 5280): whose a private key is, until when, and who vouches for it. OpenSSL reads and verifies.
// Ownership: values. Thread safety: immutable; calls are independent of one another.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using X509 = struct x509_st;

namespace keywake::crypto {

class Certificate {
 public:
  /// Those of a text's PEM blocks, in their order; what does not parse is left out. At most 16.
  static std::vector<Certificate> all_in(std::string_view text);

  /// DER, SubjectPublicKeyInfo; equal to PrivateKey::public_der() of the key it belongs to.
  [[nodiscard]] std::string public_der() const;
  /// Seconds since 1970.
  [[nodiscard]] std::int64_t not_before() const;
  [[nodiscard]] std::int64_t not_after() const;
  /// The common name, and the organization; empty: none. UTF-8.
  [[nodiscard]] std::string subject() const;
  [[nodiscard]] std::string organization() const;
  /// The issuer's common name, or its organization.
  [[nodiscard]] std::string issuer() const;
  [[nodiscard]] bool self_signed() const;
  /// The subject's alternative names: of hosts, of people, and URIs ("spiffe://acme.test/ns/prod/sa/shop").
  struct Names {
    std::vector<std::string> hosts;
    std::vector<std::string> emails;
    std::vector<std::string> uris;
  };
  [[nodiscard]] Names names() const;

  /// Whether the system's authorities, or those of `ca_file` (PEM; empty: none), vouch for it today, by way of `others`.
  [[nodiscard]] bool trusted(const std::vector<Certificate>& others, const std::string& ca_file) const;

 private:
  explicit Certificate(std::shared_ptr<X509> of) : certificate_(std::move(of)) {}
  std::shared_ptr<X509> certificate_;
};

}  // namespace keywake::crypto
