// From the words of a command line to a command and its arguments (CLI11 splits the words;
// cli/flags.h says what they mean). An Error is a usage error: it names the flag or command and
// what would have been right. Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"

namespace keywake::cli {

struct Parsed {
  const Command* command = nullptr;  // the one without a name when no command was given
  Arguments arguments;
};

/// `words` without the program's name.
Result<Parsed> parse(const std::vector<std::string>& words);

}  // namespace keywake::cli
