// Parts of a layer that are read again without the rest: some of its tar's entries, in place if the layer is a tar as it is, or from points in it if
// it is compressed with gzip (archive/gzip.h). Of other compressions there are no parts.
//
// Parts are for a cache, and a cache must hold nothing of what is in a layer: the 32 KiB that gzip needs at each point are sealed with a key made of
// the layer's compressed bytes behind that point (AES-256 in counter mode, NIST SP 800-38A; the key is their SHA-256, and so never used for
// anything else). Whoever has the layer can open them and learns nothing new, and nobody else can.
// Since a digest is one of the whole layer, parts are not checked: the caller must know what to expect of them, and read it all if they disappoint.
// Ownership: values. Thread safety: values; open_parts() as ImageStore.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "archive/gzip.h"
#include "images/store.h"

namespace keywake::images {

struct LayerParts {
  static constexpr std::uint64_t kToEnd = std::numeric_limits<std::uint64_t>::max();
  struct Range {  // of the tar, decompressed: one or more entries, headers and all
    std::uint64_t begin = 0, end = 0;
  };
  struct Point {  // archive::GzipPoint
    std::uint64_t out = 0, in = 0;
    std::uint8_t bits = 0;
    std::string sealed;  // the window
  };
  bool gzip = false;
  std::vector<Range> ranges;  // in order, apart
  std::vector<Point> points;  // in order
};

LayerParts::Point seal(const archive::GzipPoint& point);

/// A tar of those ranges alone, as a stream, which must not outlive the store.
archive::Stream open_parts(ImageStore& store, const Descriptor& blob, LayerParts parts);

}  // namespace keywake::images
