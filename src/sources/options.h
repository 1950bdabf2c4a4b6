// What to read of a target and how.
// Thread safety: immutable while a source works; `skip_file` is called from several threads.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/expand.h"
#include "base/limits.h"

namespace keywake::sources {

struct ReadOptions {
  /// Larger files are left out and reported; so are larger members of archives. Standard input has
  /// no limit.
  std::uint64_t max_file_size = limits::kDefaultMaxFileSize;

  /// Globs of base/text.h over paths relative to the target. `exclude` wins, prunes folders and
  /// holds for members of archives too ("a.zip!/lib/x"); `include`, unless empty, names the only
  /// files that are read. Neither is reported as left out.
  std::vector<std::string> include;
  std::vector<std::string> exclude;

  bool expand_archives = true;
  archive::Limits archive_limits;  // member_bytes is held to max_file_size

  /// Of files in directories: true leaves the file out, silently (it is known from history). Costs
  /// a stat() per file when set.
  std::function<bool(std::string_view path, const struct stat& info)> skip_file;
};

}  // namespace keywake::sources
