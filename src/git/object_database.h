// ObjectDatabase: single objects by id, from all object stores of a repository, in any order: for
// ranges, staged files and --exhaustive. Whole histories go through object_store.h and walk.h,
// which know nothing of this; tests hold the two against each other. Loose objects are read here,
// packs by single_pack.h or by libgit2, each pack by itself, so that one damaged pack or index hides
// nothing that another holds. Every object is held against its id: what does not hash to it is damaged.
//
// Ownership: owns its handles. Thread safety: one per thread; libgit2 shares the mappings of packs among them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "git/libgit2.h"
#include "git/oid.h"
#include "git/problems.h"
#include "git/repository.h"

namespace keywake::git {

/// The reason for a Problem: "missing", "damaged", "larger than --max-file-size".
std::string_view reason(ReadOutcome outcome);

class ObjectDatabase {
 public:
  /// kLibgit2: read by code that shares nothing with keywake's own, for --exhaustive and whoever wants to hold the one against the other
  /// (but SHA-256 packs, which it cannot read). kOwn: opened when an object is asked for that is not loose; `problems` must outlive the database.
  enum class Packs : std::uint8_t { kLibgit2, kOwn };
  /// Packs that cannot be used are problems and left out. An error if the repository's own object store cannot be read.
  static Result<ObjectDatabase> open(const Repository& repository, Problems& problems,
                                     std::uint64_t max_object = limits::kDefaultMaxFileSize,
                                     Packs packs = Packs::kLibgit2);
  ObjectDatabase(ObjectDatabase&&) noexcept;
  ObjectDatabase& operator=(ObjectDatabase&&) noexcept;
  ~ObjectDatabase();

  struct Object {
    ObjectType type = ObjectType::kNone;
    std::string bytes;
  };
  /// The whole object; `object` is reused, and holds nothing of use unless kDone.
  ReadOutcome read(const Oid& oid, Object& object) const;
  /// Its type alone, without expanding a packed one; kNone if it is not there or not readable.
  [[nodiscard]] ObjectType type(const Oid& oid) const;

  /// Every object of every pack and every loose one, ascending, once each.
  [[nodiscard]] std::vector<Oid> all_objects(Problems& problems) const;

  /// The commit that an object is or, through tags, points to; absent if it is none or not there.
  [[nodiscard]] std::optional<Oid> peel_to_commit(Oid oid) const;

 private:
  struct Stores;
  explicit ObjectDatabase(std::unique_ptr<Stores> stores);
  std::unique_ptr<Stores> stores_;
};

/// What `git rev-parse --verify <expression>^{commit}` says, for one revision, not a range. Full
/// ids, HEAD and refs are found without libgit2, the rest by it.
Result<Oid> resolve_revision(const Repository& repository, const ObjectDatabase& database,
                             std::string_view expression);

}  // namespace keywake::git
