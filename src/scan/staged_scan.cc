#include "scan/plain_scan.h"

namespace keywake::scan {
Result<void> scan_staged(const Context&, const git::Repository&, const std::string&) { return fail("--staged: being built"); }
}  // namespace keywake::scan
