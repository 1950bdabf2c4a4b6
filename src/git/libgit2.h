// The one door to libgit2: single packs (PackBackend), as a second opinion on what keywake's own
// reader says of them, and revision expressions. Nothing else is
// asked of it, so it never sees what a scanned repository could steer a reader by: no configuration
// of any level but for revision expressions, no attributes, filters, hooks, submodules or
// alternates (repository.h reads those), no multi-pack-index and no commit-graph (both are copies
// of what the objects say, and may lie). A configuration that includes other files is refused.
//
// Setting libgit2 up takes some 5 ms (it reads the system's certificates), so it is done when first
// needed, by whichever thread is first. SHA-1 only: Debian's libgit2 cannot read SHA-256
// repositories, and both interfaces must not be asked to.
//
// Ownership: a PackBackend owns its handle; libgit2 shares the mappings of one pack among handles.
// Thread safety: one PackBackend per thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/oid.h"
#include "git/pack.h"
#include "git/repository.h"
#include "git/single_pack.h"

struct git_odb_backend;

namespace keywake::git {

class PackBackend {
 public:
  /// `index` is the .idx beside the pack. An error if either is not readable or the index is not
  /// sound.
  static Result<PackBackend> open(const std::filesystem::path& index);

  /// "pack-1a2b.pack", safe to print.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// On kDone `bytes` holds the object. They are not held against its id.
  ReadOutcome read(const Oid& oid, std::uint64_t limit, ObjectType& type, std::string& bytes) const;
  /// kNone if the pack does not have it, or not readably.
  [[nodiscard]] ObjectType type(const Oid& oid) const;
  /// Appends the ids of all its objects.
  Result<void> list(std::vector<Oid>& oids) const;

 private:
  struct Free {
    void operator()(git_odb_backend* backend) const noexcept;
  };
  std::unique_ptr<git_odb_backend, Free> backend_;
  std::string name_;
};

/// What `git rev-parse --verify <expression>` says, for one revision: "HEAD~3", "1a2b3c",
/// "main@{1}", "@{upstream}".
Result<Oid> parse_revision(const Repository& repository, const std::string& expression);

}  // namespace keywake::git
