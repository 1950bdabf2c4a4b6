// A file mapped read-only. For files nobody rewrites in place (packs and their indexes); what may change while it
// is read (a work tree) is read() instead, since a shrinking mapped file is a SIGBUS.
// Ownership: the view lives as long as the object. Thread safety: immutable after open.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace keywake {

class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& path);
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  [[nodiscard]] std::string_view bytes() const { return {data_, size_}; }

  /// Lets go of the memory that holds what was read so far; what is read again comes from the page cache or the disk.
  void release_pages() const;

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A whole small file (configuration, refs, rule files); fails above `limit` bytes and on anything but a regular file.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace keywake
