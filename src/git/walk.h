// The delta-aware walk (DESIGN section 5): visits each object of the wanted types once, bases before the deltas built on them, so that
// everything is inflated once and nothing is resolved twice. A visitor sees a delta together with what was noted about its base and
// with the spans copied from it, and so need look only at what is new.
//
// Memory: a base is held while deltas on it are still to be built. Children are taken lightest subtree first and the last one
// lets its base go, so at most log2(n) bases are alive in each worker however long the chains are. Past `memory` bytes, bases
// are dropped and rebuilt when needed.
// Damage: what cannot be read is named as a problem once, and all else is still visited. An object that also stands elsewhere (in another
// pack, or loose) is read from there, under its own number, and so are the deltas built on it.
// Threads: visitor calls come from several threads, each with its own worker number.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/copy_map.h"
#include "base/limits.h"
#include "git/object_store.h"
#include "git/problems.h"

namespace keywake::git {

/// What a visitor keeps about an object for the deltas built on it. Null means: nothing noted.
class Annotation {
 public:
  virtual ~Annotation() = default;
};

class Visitor {
 public:
  virtual ~Visitor() = default;
  [[nodiscard]] virtual bool wants(ObjectType type) const = 0;
  /// An object that stands by itself, or whose base could not be annotated.
  virtual std::unique_ptr<Annotation> whole(unsigned worker, ObjectId id, ObjectType type,
                                            std::string_view bytes) = 0;
  /// An object built on another. `base` is what the visitor returned for that one.
  virtual std::unique_ptr<Annotation> delta(unsigned worker, ObjectId id, ObjectType type,
                                            std::string_view bytes, const CopyMap& map,
                                            const Annotation* base) = 0;
};

struct WalkOptions {
  unsigned threads = 1;
  std::uint64_t memory = limits::kDefaultMemory;        // of bases held, all workers together
  // Larger objects, and what is built on them, are left out; so is whatever exceeds limits::kMaxBlob.
  std::uint64_t max_object = limits::kDefaultMaxFileSize;
  std::atomic<std::uint64_t>* objects_done = nullptr;   // for a progress line; may be null
  std::atomic<std::uint64_t>* bytes_done = nullptr;
};

/// Objects visited and their expanded size.
struct WalkTotals {
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;
};

/// Walks all of the store.
WalkTotals walk(const ObjectStore& store, Visitor& visitor, const WalkOptions& options, Problems& problems);

/// Walks the subtrees of these objects only; one that is a delta is resolved first.
WalkTotals walk_from(const ObjectStore& store, const std::vector<ObjectId>& roots, Visitor& visitor,
                     const WalkOptions& options, Problems& problems);

}  // namespace keywake::git
