// ObjectStore: every object of a repository under one number: those of all packs in the order they lie in them, then the loose
// ones. Knows each object's type and delta base without inflating anything, and the forest that the deltas form.
// Ownership: owns the mappings. Thread safety: immutable after open; one ObjectReader per thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "git/inflate.h"
#include "git/oid.h"
#include "git/pack.h"
#include "git/pack_index.h"
#include "git/problems.h"
#include "git/repository.h"

namespace keywake::git {

using ObjectId = std::uint32_t;
inline constexpr ObjectId kNoObject = 0xffff'ffff;

class ObjectStore {
 public:
  /// Opens all packs and lists all loose objects. What cannot be read is a problem and passed over.
  static ObjectStore open(const Repository& repository, Problems& problems);

  /// A pack alone, its objects at these ascending offsets, their ids not yet known: for reindex.h.
  static ObjectStore of_pack(Pack pack, std::vector<std::uint64_t> offsets);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(type_.size()); }
  [[nodiscard]] HashKind hash() const { return hash_; }
  [[nodiscard]] std::optional<ObjectId> find(const Oid& oid) const;
  [[nodiscard]] Oid oid(ObjectId id) const;

  /// What the object is, deltas resolved; kNone for a loose object (its type is inside), for what is built on one, and for
  /// what is not sound.
  [[nodiscard]] ObjectType type(ObjectId id) const { return type_[id]; }
  /// Its chain of deltas ends in a whole object. If not, a header is damaged, a base is missing, or deltas form a loop (which
  /// is cut at one of them, so base() never leads in circles).
  [[nodiscard]] bool sound(ObjectId id) const { return sound_[id]; }
  /// The same object stands earlier in the numbering; only its role as a base matters.
  [[nodiscard]] bool duplicate(ObjectId id) const { return !duplicate_.empty() && duplicate_[id]; }
  /// Where else the same object stands: in other packs, or loose. For when this one cannot be read.
  [[nodiscard]] std::vector<ObjectId> copies(ObjectId id) const;
  /// Objects whose packed copies are not of one type: some entry's header is damaged, and type() may be wrong. Ascending, each by the id
  /// that find() gives. An object whose only other copy is loose is not among them.
  [[nodiscard]] const std::vector<ObjectId>& disputed() const { return disputed_; }
  [[nodiscard]] bool disputed(ObjectId id) const { return std::binary_search(disputed_.begin(), disputed_.end(), id); }
  [[nodiscard]] bool loose(ObjectId id) const { return id >= first_loose_; }
  [[nodiscard]] ObjectId first_loose() const { return first_loose_; }

  // The delta forest. Children of one base are linked with the lightest subtree first.
  [[nodiscard]] ObjectId base(ObjectId id) const { return base_[id]; }
  [[nodiscard]] ObjectId first_child(ObjectId id) const { return first_child_[id]; }
  [[nodiscard]] ObjectId next_sibling(ObjectId id) const { return next_sibling_[id]; }

  // For readers.
  struct Place {
    const Pack* pack = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t end = 0;  // of the entry: where the next one begins
  };
  [[nodiscard]] Place place(ObjectId id) const;
  [[nodiscard]] std::filesystem::path loose_path(ObjectId id) const;
  /// "object <hex>" as a problem names it; a pack offset while ids are not known.
  [[nodiscard]] std::string describe(ObjectId id) const;

  // For reindex.h: sets the base of REF deltas found by id later on, and links again.
  void set_base(ObjectId id, ObjectId base) { base_[id] = base; }
  void link();

 private:
  struct PackEntry {
    Pack pack;
    PackIndex index;                        // empty in of_pack()
    std::vector<std::uint64_t> offsets;     // ascending
    std::vector<std::uint32_t> positions;   // in the index, by offset order
    std::vector<std::uint32_t> order;       // by position: which in offset order
    ObjectId first = 0;
  };
  struct Loose {
    Oid oid;
    std::uint32_t dir;
  };

  struct Placed {
    std::uint64_t offset;
    std::uint32_t position;  // in the index
  };

  static std::vector<Placed> by_offset(const PackIndex& index, std::uint64_t pack_size);
  void add_pack(Pack pack, PackIndex index, const std::vector<Placed>& placed);
  void list_loose(const std::filesystem::path& dir, std::uint32_t dir_number);
  void read_headers();
  void read_header(const PackEntry& entry, std::size_t i);
  std::vector<ObjectId> link_children();
  void cut_loops(const std::vector<ObjectId>& reached);
  void sort_children(const std::vector<ObjectId>& order);
  void mark_duplicates();
  [[nodiscard]] const PackEntry& pack_of(ObjectId id) const;

  HashKind hash_ = HashKind::kSha1;
  std::vector<PackEntry> packs_;
  std::vector<std::filesystem::path> object_dirs_;
  std::vector<Loose> loose_;  // by oid
  ObjectId first_loose_ = 0;
  std::vector<ObjectType> type_;
  std::vector<bool> duplicate_;
  std::vector<ObjectId> disputed_;
  std::vector<bool> sound_;
  std::vector<ObjectId> base_;
  std::vector<ObjectId> first_child_;
  std::vector<ObjectId> next_sibling_;
};

/// Reads single objects in full, following their delta chain; where a link of it is damaged and stands elsewhere too, from there. For
/// the few that are wanted by themselves; whole histories go through walk.h.
/// Thread safety: one per thread.
class ObjectReader {
 public:
  /// Objects above `limit` bytes, at most limits::kMaxBlob, are too large.
  explicit ObjectReader(const ObjectStore& store, std::uint64_t limit)
      : store_(store), limit_(std::min<std::uint64_t>(limit, limits::kMaxBlob)) {}

  enum class Outcome { kDone, kDamaged, kTooLarge };
  /// On kDone `out` holds the object and `type` what it is.
  Outcome read(ObjectId id, std::string& out, ObjectType& type);
  static std::string_view reason(Outcome outcome);
  /// The last read object is whole only thanks to a copy of it, or of something that it is built on.
  [[nodiscard]] bool used_copy() const { return used_copy_; }

 private:
  Outcome read_loose(ObjectId id, std::string& out, ObjectType& type);
  Outcome read_whole(ObjectId id, std::string& out, ObjectType& type);
  Outcome read_delta(ObjectId id, std::string& object);
  Outcome read_copy(ObjectId id, std::string& out, ObjectType& type);
  Outcome inflate(ObjectId id, EntryHeader& header, std::string& out);

  const ObjectStore& store_;
  std::uint64_t limit_;
  Inflater inflater_;
  std::string scratch_;
  std::string delta_;
  bool used_copy_ = false;
  bool in_copy_ = false;  // a copy is read without recourse to others, or two damaged chains might lead to each other for ever
};

}  // namespace keywake::git
