// Scans texts that are in no file (Request::texts). Thread safety: one call at a time.
#pragma once

#include "scan/context.h"

namespace keywake::scan {

void scan_texts(const Context& context);

}  // namespace keywake::scan
