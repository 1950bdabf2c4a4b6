// Files of a folder or an archive that holds an image, by names that this program makes.
// In a folder a link is followed only if it stays there. Errors: name the file. Ownership: streams own what they read from. Thread safety: open()
// may be called from several threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "archive/expand.h"
#include "base/result.h"
#include "images/tar_file.h"

namespace keywake::images {

class Files {
 public:
  virtual ~Files() = default;
  /// From a byte on; other than 0 only if not in_passes().
  virtual Result<archive::Stream> open(const std::string& name, std::uint64_t offset = 0) = 0;
  /// The tar, if it can only be read from its start.
  [[nodiscard]] virtual const TarFile* in_passes() const { return nullptr; }
};

Result<std::unique_ptr<Files>> files_of_folder(const std::filesystem::path& folder);

/// All of a file up to kMaxDocument.
Result<std::string> read_small(Files& files, const std::string& name);

}  // namespace keywake::images
