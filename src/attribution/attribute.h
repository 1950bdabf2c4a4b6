// Attribution: fills in whose each credential is, how long it has been exposed, and what that amounts to, from what a scan found, what its
// provider said, and the repository's own CODEOWNERS and .mailmap (read from the work tree, as data). Asks nobody.
// Thread safety: one call at a time for one result.
#pragma once

#include <cstdint>

#include "model/finding.h"

namespace keywake::attribution {

/// `now`: seconds since 1970. Sorts the credentials anew, since their risk may have changed.
void attribute(model::ScanResult& result, std::int64_t now);

}  // namespace keywake::attribution
