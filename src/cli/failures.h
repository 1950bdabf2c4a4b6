// What a scan could not read, told on standard error. Thread safety: one call at a time.
#pragma once

#include "model/finding.h"

namespace keywake::cli {

/// One line: the report that names every failure may be in a file, or in a format nobody reads by eye. Nothing if there was no failure.
void complain_of_failures(const model::Summary& summary);

}  // namespace keywake::cli
