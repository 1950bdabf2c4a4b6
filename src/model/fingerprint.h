// The fingerprint of a credential: 128 bits of SHA-256 over a fixed prefix and the secret's bytes, in hexadecimal. It
// depends on the content only, so it survives moved lines, renames, squashes and rebases. It is not keyed: who
// has the fingerprint of a short password can try passwords against it.
#pragma once

#include <string>

#include "base/secret.h"

namespace keywake::model {

std::string fingerprint(const Secret& secret);

}  // namespace keywake::model
