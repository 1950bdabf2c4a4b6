// What the standard streams are connected to. Thread safety: pure but for the environment they
// read.
#pragma once

#include "cli/arguments.h"

namespace keywake::cli {

/// Columns of the terminal behind a file descriptor; absent when it is none.
std::optional<unsigned> terminal_width(int descriptor);

/// Whether the text report on standard output is coloured.
bool use_colour(When when);

}  // namespace keywake::cli
