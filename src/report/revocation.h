// The command that revokes a credential, from its pattern's `revoke`: printed for people to run, never run. What scanned text or a provider
// said goes into it only if no shell could read it as anything but a word. Thread safety: pure function.
#pragma once

#include <string>

#include "model/finding.h"
#include "report/view.h"

namespace keywake::report {

/// {secret} stands as $SECRET, a variable that whoever runs it sets; a part or a fact that is missing, or no plain word, as <name>. Empty: there is none.
std::string revocation(const View& view, const model::Credential& credential);

}  // namespace keywake::report
