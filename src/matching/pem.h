// The structure of a private key in PEM: armour (RFC 7468, RFC 1421), DER of PKCS #1, #8, SEC 1 and
// DSA, the OpenSSH format (openssh PROTOCOL.key) and OpenPGP (RFC 4880), as far as it takes to tell
// a key from something that only looks like one. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keywake::matching {

struct PemKey {
  std::string kind;        // of the container: "rsa", "ec", "dsa", "pkcs8", "openssh", "pgp"
  bool encrypted = false;  // by a passphrase
  std::string algorithm;   // "RSA", "EC P-256", "Ed25519", …; empty if it cannot be told
  unsigned bits = 0;       // of an RSA or DSA modulus
};

/// The private key in a block from "-----BEGIN" to "-----END …-----", which may stand in a string
/// literal (with \n written out, quotes and pluses at line ends). Absent when the block does not
/// parse as one.
std::optional<PemKey> parse_pem_key(std::string_view block);

}  // namespace keywake::matching
