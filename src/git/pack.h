// Pack: a mapped .pack file and the headers of the entries in it (gitformat-pack(5)).
// Ownership: views the mapping. Thread safety: immutable after open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/mapped_file.h"
#include "base/result.h"
#include "git/oid.h"

namespace keywake::git {

enum class ObjectType : std::uint8_t {
  kNone = 0,
  kCommit = 1,
  kTree = 2,
  kBlob = 3,
  kTag = 4,
  kOfsDelta = 6,
  kRefDelta = 7,
};

struct EntryHeader {
  ObjectType type = ObjectType::kNone;
  std::uint64_t size = 0;         // inflated; of the delta itself for a delta
  std::uint64_t base_offset = 0;  // OFS delta
  Oid base_oid;                   // REF delta
  std::uint32_t length = 0;       // of the header; the zlib stream follows
};

class Pack {
 public:
  /// An error if it is no pack at all; one that is cut off still opens.
  static Result<Pack> open(const std::filesystem::path& path, HashKind hash);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view bytes() const { return file_.bytes(); }
  /// Where entries end: before the trailing checksum.
  [[nodiscard]] std::uint64_t end() const { return file_.bytes().size() - trailer().size(); }
  [[nodiscard]] std::string_view trailer() const {
    return file_.bytes().substr(file_.bytes().size() - static_cast<std::size_t>(hash_));
  }
  void release_pages() const { file_.release_pages(); }
  [[nodiscard]] std::uint32_t declared_count() const { return declared_count_; }
  [[nodiscard]] HashKind hash() const { return hash_; }

  /// Absent if no valid entry can begin at this offset.
  [[nodiscard]] std::optional<EntryHeader> header(std::uint64_t offset) const;

 private:
  MappedFile file_;
  std::string name_;
  HashKind hash_ = HashKind::kSha1;
  std::uint32_t declared_count_ = 0;
};

}  // namespace keywake::git
