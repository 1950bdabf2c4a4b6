#include "model/fingerprint.h"

#include <algorithm>

#include "base/hash.h"

namespace keywake::model {

std::string fingerprint(const Secret& secret) {
  std::string input = "keywake fingerprint 1\n";
  input += secret.reveal();
  std::string digest = to_hex(sha256(input));
  // The buffer held the secret in clear.
  std::fill(input.begin(), input.end(), '\0');
  return digest.substr(0, 32);
}

}  // namespace keywake::model
