// A private folder whose files are in memory and never on disk (tmpfs), for code that wants files by name. Gone with the object; what a killed
// process leaves goes with the next restart of the machine.
// Errors: none of the usual places is in memory. Thread safety: as a path.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace keywake {

class MemoryFolder {
 public:
  static Result<MemoryFolder> make();
  MemoryFolder(MemoryFolder&& other) noexcept;
  MemoryFolder& operator=(MemoryFolder&& other) noexcept;
  ~MemoryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit MemoryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace keywake
