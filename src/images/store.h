// Where an image's blobs come from: an archive, a layout, a registry, a daemon; one file each. All of them are read, never written, and every
// blob is held against its digest. What a blob means is images/manifest.h's affair.
// Ownership: a store owns its handles; streams that it opened must not outlive it. Thread safety: open() and read() may be called from several
// threads at once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "archive/expand.h"
#include "base/result.h"
#include "images/reference.h"

namespace keywake::images {

/// OCI image specification, descriptor.md.
struct Descriptor {
  std::string media_type;
  std::string digest;      // "sha256:…" or "sha512:…"
  std::uint64_t size = 0;  // as stated
  std::string platform;    // "linux/amd64", "linux/arm/v7"; empty: not stated
  std::map<std::string, std::string> annotations;
};

/// A manifest, an index or a config is refused above this.
inline constexpr std::uint64_t kMaxDocument = 16ull << 20;
/// And with more brackets open at once than this: JSON's own values take memory for each, and copying and writing them takes stack.
inline constexpr std::size_t kMaxNesting = 100;

class ImageStore {
 public:
  virtual ~ImageStore() = default;

  /// What the reference names: manifests and indexes, several for a layout or an archive of several images.
  virtual Result<std::vector<Descriptor>> roots() = 0;
  /// A small blob, whole: manifests and configs. Fails if it is not of its digest or size, or above kMaxDocument.
  virtual Result<std::string> read(const Descriptor& blob) = 0;
  /// A blob as a stream of its own bytes (compressed as it is). The read that reaches its end fails if digest or size are not as stated.
  virtual Result<archive::Stream> open(const Descriptor& blob) = 0;
  /// The same from a byte on, and unchecked, since the digest is one of the whole. Fails where a blob can only be read from its start.
  virtual Result<archive::Stream> open_from(const Descriptor& blob, std::uint64_t offset) {
    (void)offset;
    return fail(blob.digest + " can only be read from its start");
  }
  /// Opens many blobs and hands each over, with an error in place of one that cannot be had. Several at once, on oneTBB's threads; what can only
  /// be read from its start gives them one after another, as they lie there, in one pass.
  using Visit = std::function<void(const Descriptor& blob, Result<archive::Stream> stream)>;
  virtual void each(const std::vector<Descriptor>& blobs, const Visit& visit);
  /// Tags of the repository, for --all-tags; fails where there is none.
  virtual Result<std::vector<std::string>> tags() { return fail("it has no tags"); }
  /// The manifest or index of a tag.
  virtual Result<Descriptor> tagged(const std::string& tag) { return fail("it has no tag " + tag); }
  /// What refers to a manifest (attestations, signatures; distribution specification, "Listing Referrers"); empty where nothing can say.
  virtual Result<std::vector<Descriptor>> referrers(const Descriptor& manifest) {
    (void)manifest;
    return std::vector<Descriptor>{};
  }
};

}  // namespace keywake::images
