// SCRAM, the client's side (RFC 5802; RFC 7677 for SHA-256), without channel binding: it proves to the server that the password is known
// without saying it, and lets the server prove the same. A server may be hostile: how much it makes this compute is bounded.
//
//   Scram scram("sha256", user, password, nonce);
//   send(scram.first()); auto proof = scram.proof(received); send(*proof); scram.proven(received);
//
// Errors: absent values, false. Thread safety: a value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keywake::login {

/// Printable, without a comma.
std::string random_nonce();

/// Whether SASLprep (RFC 4013) leaves a password as it is, as it does if it has only ASCII's printable characters; what others become is not
/// computed here.
bool is_prepared(std::string_view password);

class Scram {
 public:
  /// Servers ask for 4096 iterations at least (RFC 7677, 4), and in practice for some ten thousand.
  static constexpr int kFewestIterations = 4096;
  static constexpr int kMostIterations = 200'000;

  /// `algorithm`: "sha1" or "sha256". The password as it goes into the salted one: prepared (RFC 4013) already. `nonce`: see
  /// random_nonce().
  Scram(std::string algorithm, std::string_view user, std::string password, std::string nonce);

  /// client-first-message
  [[nodiscard]] std::string first() const { return "n,," + first_bare_; }
  /// client-final-message, for a server-first-message; absent if that is none, or asks for too little or too much.
  std::optional<std::string> proof(std::string_view server_first);
  /// Whether a server-final-message proves that the server knows the password. Only after proof().
  [[nodiscard]] bool proven(std::string_view server_final) const;

 private:
  std::string algorithm_;
  std::string password_;
  std::string nonce_;
  std::string first_bare_;
  std::string server_signature_;
};

}  // namespace keywake::login
