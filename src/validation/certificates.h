// The certificates that lie beside a private key: in its file, and in the files of the same folder, as servers want them. Reads what was
// scanned, as data: regular files only, of bounded size and number, no links. Thread safety: pure but for the file system.
#pragma once

#include <string>

#include "model/finding.h"

namespace keywake::validation {

/// Their PEM blocks, those of the key's own file first; empty if there are none, or if the key stands in no file of today.
std::string certificates_beside(const model::Credential& credential);

}  // namespace keywake::validation
