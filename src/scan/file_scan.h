// Scans plain files: a directory tree, a single file, standard input.
// Thread safety: one call at a time; works in parallel inside.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

#include "base/result.h"
#include "scan/context.h"

namespace keywake::scan {

struct NestedRepository {
  std::string path;  // relative to the directory scanned
  bool bare = false;
};

/// Files that need not be read because history has shown their content; null: read all.
using KnownFile = std::function<bool(std::string_view path, const struct stat& info)>;

/// The root of the work tree that a file stands in; empty: of none.
std::filesystem::path repository_of(const std::filesystem::path& file);

/// Returns the repositories found below, whose histories are still to be scanned.
Result<std::vector<NestedRepository>> scan_directory(const Context& context, const std::filesystem::path& root,
                                                     const std::string& target, const KnownFile& known);
Result<void> scan_file(const Context& context, const std::filesystem::path& path, const std::string& target);
Result<void> scan_standard_input(const Context& context);

}  // namespace keywake::scan
