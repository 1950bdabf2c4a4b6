// Help and manual page, made from the records of cli/flags.h. Thread safety: all functions are
// pure.
#pragma once

#include <string>

#include "cli/flags.h"

namespace keywake::cli {

/// One line a flag; with `at_length`, the long texts too. `width` in columns.
std::string help_text(const Command& command, bool at_length, unsigned width);

/// keywake(1), in man(7) macros.
std::string man_page();

/// "-j, --threads N"
std::string flag_heading(const Flag& flag);

}  // namespace keywake::cli
