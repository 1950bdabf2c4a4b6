// Logs and artifacts that the jobs of a CI system left (stores/job_output.h), as streams into the matcher: nothing is kept on disk, and of each that
// is on its way no more than the pieces of sources/pieces.h and what archives need (archive/expand.h). A few at once, on threads of their own, because
// they wait for the network.
// Errors: what cannot be read to its end is a failed Skip that names it; what is gone is one that has not failed. Thread safety: one scan at a time.
#pragma once

#include <string>

#include "scan/context.h"
#include "stores/store.h"

namespace keywake::scan {

/// All of the listing's outputs.
void scan_job_output(const Context& context, const std::string& target, const stores::Listing& listing);

}  // namespace keywake::scan
