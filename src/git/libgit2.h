// The one door to libgit2. Through it go objects (ObjectDatabase) and revision expressions
// (resolve_revision); refs, configuration and alternates are read by repository.h, so libgit2 never
// sees what a scanned repository could steer it by: no configuration of any level, no attributes,
// filters, hooks or submodules, no multi-pack-index and no commit-graph (both are copies of what
// the objects say, and may lie).
//
// ObjectDatabase opens each pack by itself, so that one damaged pack or index hides nothing that
// another holds, and asks packs before loose objects. Objects are held against their id: what does
// not hash to it is damaged.
//
// Ownership: ObjectDatabase owns its backends, an Object its bytes. Thread safety: libgit2 is set
// up once, by whichever thread is first; one ObjectDatabase per thread (opening costs a stat for
// each pack; libgit2 shares the mappings).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "git/oid.h"
#include "git/pack.h"
#include "git/problems.h"
#include "git/repository.h"

namespace keywake::git {

enum class ReadOutcome : std::uint8_t { kDone, kMissing, kDamaged, kTooLarge };
/// The reason for a Problem: "missing", "damaged", "larger than --max-file-size".
std::string_view reason(ReadOutcome outcome);

class ObjectDatabase {
 public:
  /// Packs that cannot be used are problems and left out. Fails on a SHA-256 repository: libgit2
  /// reads SHA-1 only.
  static Result<ObjectDatabase> open(const Repository& repository, Problems& problems,
                                     std::uint64_t max_object = limits::kDefaultMaxFileSize);
  ObjectDatabase(ObjectDatabase&&) noexcept;
  ObjectDatabase& operator=(ObjectDatabase&&) noexcept;
  ~ObjectDatabase();

  struct Object {
    ObjectType type = ObjectType::kNone;
    std::string bytes;
  };
  /// The whole object; `object` is reused and holds nothing of use unless kDone.
  ReadOutcome read(const Oid& oid, Object& object) const;
  /// Its type alone, without inflating all of it; kNone if it is not there or not readable.
  [[nodiscard]] ObjectType type(const Oid& oid) const;

  /// Every object of every pack and every loose one, ascending, once each.
  [[nodiscard]] std::vector<Oid> all_objects(Problems& problems) const;

 private:
  struct Backends;
  explicit ObjectDatabase(std::unique_ptr<Backends> backends);
  std::unique_ptr<Backends> backends_;
};

/// What `git rev-parse <expression>^{commit}` says, for one revision, not a range. Ids in full,
/// HEAD and refs are found without libgit2; the rest ("HEAD~3", "1a2b3c", "main@{1}",
/// "@{upstream}") by it.
Result<Oid> resolve_revision(const Repository& repository, const ObjectDatabase& database,
                             std::string_view expression);

/// The commit that an object is or, through tags, points to; absent if it is none or not there.
std::optional<Oid> peel_to_commit(const ObjectDatabase& database, Oid oid);

}  // namespace keywake::git
