// SinglePack: single objects of one pack by id, for the few that a commit hook or a range of commits wants. Opening it costs two mappings: the
// index is searched where it lies, through its fan-out table, and what is found there is believed only as far as it leads to an object of that id,
// which the caller checks. Whole histories go through object_store.h. Format: gitformat-pack(5); versions 1 and 2 of the index, SHA-1 and SHA-256.
// Ownership: owns the mappings. Thread safety: one per thread.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/mapped_file.h"
#include "base/result.h"
#include "git/inflate.h"
#include "git/oid.h"
#include "git/pack.h"

namespace keywake::git {

enum class ReadOutcome : std::uint8_t { kDone, kMissing, kDamaged, kTooLarge };

class SinglePack {
 public:
  /// `index` is the .idx beside the pack. An error if either is not there, is cut off, or they do not belong together.
  static Result<SinglePack> open(const std::filesystem::path& index, HashKind hash);

  /// "pack-1a2b.pack", safe to print.
  [[nodiscard]] const std::string& name() const { return pack_.name(); }
  /// On kDone `bytes` holds the object. They are not held against its id.
  ReadOutcome read(const Oid& oid, std::uint64_t limit, ObjectType& type, std::string& bytes);
  /// kNone if the pack does not have it, or not readably.
  [[nodiscard]] ObjectType type(const Oid& oid) const;
  /// Appends the ids of all its objects.
  void list(std::vector<Oid>& oids) const;

 private:
  SinglePack(Pack pack, MappedFile index) : pack_(std::move(pack)), index_(std::move(index)) {}
  [[nodiscard]] const std::uint8_t* oid_at(std::uint32_t position) const { return oids_ + std::size_t{position} * stride_; }
  [[nodiscard]] std::optional<std::uint64_t> offset_of(const Oid& oid) const;
  [[nodiscard]] std::optional<EntryHeader> base_of(std::uint64_t& offset, const EntryHeader& header) const;

  Pack pack_;
  MappedFile index_;
  HashKind hash_ = HashKind::kSha1;
  const std::uint8_t* fanout_ = nullptr;
  const std::uint8_t* oids_ = nullptr;
  std::size_t stride_ = 0;             // of the ids
  const std::uint8_t* offsets_ = nullptr;
  std::size_t offset_stride_ = 0;
  const std::uint8_t* large_ = nullptr;  // offsets of eight bytes, in version 2
  std::size_t large_count_ = 0;
  std::uint32_t count_ = 0;
  std::unique_ptr<Inflater> inflater_ = std::make_unique<Inflater>();
  std::string delta_, result_;

  // What others are often built on: of a folder's versions each is a delta on the next.
  struct Known {
    ObjectType type = ObjectType::kNone;
    std::string bytes;
  };
  void remember(std::uint64_t offset, ObjectType type, const std::string& bytes);
  std::unordered_map<std::uint64_t, Known> known_;  // by offset
  std::deque<std::uint64_t> remembered_;            // in this order
  std::size_t known_bytes_ = 0;
};

}  // namespace keywake::git
