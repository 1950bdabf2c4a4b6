// The program: parses the command line, runs a command, and turns whatever happens into an exit
// status.
#pragma once

namespace keywake::cli {

/// Never throws. The result is what main() returns; see cli/exit_status.h.
int run(int argc, const char* const* argv);

}  // namespace keywake::cli
