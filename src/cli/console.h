// Messages on standard error, all in one form. Thread safety: one call at a time.
#pragma once

#include <string_view>

#include "cli/exit_status.h"

namespace keywake::cli {

/// Prints "keywake: <message>".
void complain(std::string_view message);

/// The same, and the exit status that goes with it.
ExitStatus failed(std::string_view message);

/// Prints on standard output; the status is kFailed when that cannot be written.
ExitStatus print(std::string_view text);

}  // namespace keywake::cli
