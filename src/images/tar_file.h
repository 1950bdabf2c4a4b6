// A tar in a file, read in place: a list of its members, and each of them as a stream. It may be compressed as a whole; then every member that
// is opened is reached by decompressing from the start again, one pass a member, so that nothing has to be stored: of an uncompressed one,
// passing over members is a seek. Links, device nodes and paths are names in a list and lead nowhere.
// Errors: what cannot be read is an error that names the file. Ownership: the file is open as long as the TarFile or a stream of it lives.
// Thread safety: open() may be called from several threads; each stream has a position of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/expand.h"
#include "base/result.h"

namespace keywake::images {

class TarFile {
 public:
  struct Member {
    std::string path;  // without "./" in front
    archive::Entry::Type type = archive::Entry::Type::kFile;
    std::string target;
    std::uint64_t size = 0;
    std::size_t number = 0;  // among all entries
  };

  /// Reads the list. Absent: the file is no tar, or `expected` says of its first member that the caller has no use for it.
  using Expected = bool (*)(std::string_view first_member);
  static Result<std::optional<TarFile>> open(const std::filesystem::path& path, Expected expected = nullptr);

  /// The last of that name, as unpacking would leave it; symbolic links to other members are followed. Null: none, or none that is a file.
  [[nodiscard]] const Member* find(std::string_view path) const;
  /// How many members have that name.
  [[nodiscard]] std::size_t count(std::string_view path) const;
  [[nodiscard]] Result<archive::Stream> read(const Member& member) const;

 private:
  struct File;
  std::shared_ptr<const File> file_;
  std::vector<Member> members_;
};

}  // namespace keywake::images
