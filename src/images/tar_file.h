// A tar: a list of its members, and each of them as a stream. One in a file is read in place, passing over members by seeking. One that is
// compressed as a whole, or that a daemon sends, can only be read from its start: each pass begins there anew, so that nothing has to be
// stored; each() takes many members in one pass, and small members are kept from the first pass, which makes the list.
// Links, device nodes and paths are names in a list and lead nowhere.
// Errors: what cannot be read is an error that names the tar. Ownership: the source is open as long as the TarFile or a stream of it lives.
// Thread safety: read() and each() may be called from several threads; each stream has a position of its own.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
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
    std::uint64_t begin = 0;  // of its header
    std::shared_ptr<const std::string> kept = {};  // its bytes, if it was small and the tar is not in place
  };

  /// Reads the list. Absent: the file is no tar, or `expected` says of its first member that the caller has no use for it.
  using Expected = bool (*)(std::string_view first_member);
  static Result<std::optional<TarFile>> open(const std::filesystem::path& path, Expected expected = nullptr);
  /// One that comes from its start with every call of `open`, uncompressed. `name`: for errors.
  static Result<TarFile> open(std::function<Result<archive::Stream>()> open, std::string name);

  /// The last of that name, as unpacking would leave it; symbolic links to other members are followed. Null: none, or none that is a file.
  [[nodiscard]] const Member* find(std::string_view path) const;
  /// How many members have that name.
  [[nodiscard]] std::size_t count(std::string_view path) const;
  [[nodiscard]] Result<archive::Stream> read(const Member& member) const;
  /// From a byte of it on; only if in_place().
  [[nodiscard]] Result<archive::Stream> read_from(const Member& member, std::uint64_t offset) const;
  /// Whether members can be read in any order, and at once, at no cost.
  [[nodiscard]] bool in_place() const;
  /// In one pass, in the order in which they lie: `visit` gets the index of a member in `members`, and its bytes, which it need not read. After
  /// an error those that come later were not visited.
  Result<void> each(const std::vector<const Member*>& members, const std::function<void(std::size_t index, archive::Stream stream)>& visit) const;

 private:
  struct Source;
  std::unexpected<Error> changed(const Member& member) const;
  static Result<std::optional<TarFile>> list(std::shared_ptr<const Source> source, Expected expected);
  std::shared_ptr<const Source> source_;
  std::vector<Member> members_;
  std::unordered_map<std::string, std::size_t> last_;  // of each path, its place in members_
};

}  // namespace keywake::images
