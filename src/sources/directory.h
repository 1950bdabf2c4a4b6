// Walks a directory tree and hands its files to a sink, in parallel on the threads of the caller's
// TBB arena.
//
// Symbolic links are not followed (the root itself may be one), so there are no loops; other file
// systems are entered; FIFOs, sockets and devices are reported and left out. Everything named .git
// is left to the git scan. What vanishes or cannot be read is a Skip and the rest goes on. Thread
// safety: walks may run at once; callbacks and sink are called from several threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "sources/options.h"
#include "sources/sink.h"

namespace keywake::sources {

struct DirectoryOptions : ReadOptions {
  /// Called for each repository found below the root, the root itself not included: `path` is
  /// relative to the root; a bare one is known by its HEAD, objects/ and refs/. If it returns true
  /// the git scan takes a bare one over and its files are left out here.
  std::function<bool(const std::string& path, bool bare)> repository;
};

/// What was passed over in silence, and how many folders were read.
struct WalkCounts {
  std::uint64_t folders = 0;
  std::uint64_t links = 0;
  std::uint64_t excluded = 0;  // files and folders, by include, exclude and skip_file
};

/// Fails only when the root cannot be read at all.
Result<WalkCounts> scan_directory(const std::filesystem::path& root,
                                  const DirectoryOptions& options, Sink& sink);

}  // namespace keywake::sources
