// Files that are written whole or not at all: a temporary file beside them, then rename. Thread safety: several processes may write the same
// file; the last holds.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace keywake {

/// In place of what is there. `mode`: who may read it. The error names the file.
Result<void> write_whole_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode);

}  // namespace keywake
