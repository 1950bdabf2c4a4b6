// IndexFile: the index of a work tree (what is staged, and what git last saw of each file there).
// Versions 2, 3 and 4, SHA-1 and SHA-256, split and sparse indexes. Nothing but the index is read:
// no file of the work tree is looked at, nothing is hashed, and the checksum at the index's end is
// not verified, as git does not. Ownership: entries view the file's bytes, which the object owns.
// Thread safety: immutable after read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "base/result.h"
#include "git/oid.h"
#include "git/repository.h"

namespace keywake::git {

/// Views one entry's bytes; what is not asked for is not decoded.
class IndexEntry {
 public:
  std::string_view path;  // of a sparse folder with a "/" at its end

  IndexEntry() = default;
  IndexEntry(const std::uint8_t* raw, HashKind hash) : raw_(raw), hash_(hash) {}

  /// Of a submodule its commit, of a sparse folder its tree.
  [[nodiscard]] Oid oid() const { return Oid::from_bytes(raw_ + 40, hash_); }
  /// 0100644, 0100755, 0120000, 0160000; 0040000 for a sparse folder.
  [[nodiscard]] std::uint32_t mode() const { return number(24); }
  [[nodiscard]] bool is_file() const { return mode() >> 12 == 010 || mode() >> 12 == 012; }
  /// 0; 1 base, 2 ours, 3 theirs of a conflict.
  [[nodiscard]] int stage() const { return raw_[flags()] >> 4 & 3; }
  [[nodiscard]] bool assume_valid() const { return (raw_[flags()] & 0x80) != 0; }
  /// Not in the work tree on purpose.
  [[nodiscard]] bool skip_worktree() const { return extended() && (raw_[flags() + 2] & 0x40) != 0; }
  /// Its content is not staged yet.
  [[nodiscard]] bool intent_to_add() const { return extended() && (raw_[flags() + 2] & 0x20) != 0; }

  // What git saw when it last compared the file; size and times are cut to 32 bits.
  [[nodiscard]] std::uint32_t ctime_seconds() const { return number(0); }
  [[nodiscard]] std::uint32_t ctime_nanoseconds() const { return number(4); }
  [[nodiscard]] std::uint32_t mtime_seconds() const { return number(8); }
  [[nodiscard]] std::uint32_t mtime_nanoseconds() const { return number(12); }
  [[nodiscard]] std::uint32_t device() const { return number(16); }
  [[nodiscard]] std::uint32_t inode() const { return number(20); }
  [[nodiscard]] std::uint32_t size() const { return number(36); }

 private:
  [[nodiscard]] std::uint32_t number(std::size_t at) const {
    return static_cast<std::uint32_t>(raw_[at]) << 24 |
           static_cast<std::uint32_t>(raw_[at + 1]) << 16 |
           static_cast<std::uint32_t>(raw_[at + 2]) << 8 | raw_[at + 3];
  }
  [[nodiscard]] std::size_t flags() const { return 40 + static_cast<std::size_t>(hash_); }
  [[nodiscard]] bool extended() const { return (raw_[flags()] & 0x40) != 0; }

  const std::uint8_t* raw_ = nullptr;
  HashKind hash_ = HashKind::kSha1;
};

class IndexFile {
 public:
  /// A repository without an index (bare, or nothing staged yet) has no entries. `file`: another
  /// index than the repository's own, as git hands one to hooks.
  static Result<IndexFile> read(const Repository& repository,
                                const std::filesystem::path& file = {});

  /// By path, then stage.
  [[nodiscard]] std::span<const IndexEntry> entries() const { return entries_; }

  /// What git noted of a folder: that its entries are exactly those of a tree. The root comes
  /// first, each folder's subfolders are linked. Empty if git noted nothing.
  struct Folder {
    std::string_view name;
    Oid tree;
    std::int64_t entries = -1;  // with those in subfolders; -1: out of date, the tree says nothing
    std::uint32_t first_child = 0;  // 0: none
    std::uint32_t next_sibling = 0;
  };
  [[nodiscard]] std::span<const Folder> folders() const { return folders_; }

 private:
  struct Parser;
  std::vector<MappedFile> files_;  // git replaces an index, it never writes into one
  std::vector<std::unique_ptr<std::string>> paths_;  // those that are stored in pieces
  std::vector<IndexEntry> entries_;
  std::vector<Folder> folders_;
};

}  // namespace keywake::git
