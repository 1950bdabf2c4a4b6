// gzip (RFC 1952; the deflate stream inside, RFC 1951) as a stream, and decompression that begins in the middle of one. zlib does the work; the
// way to begin in the middle is that of its examples/zran.c: at a point between two blocks of the deflate stream only the 32 KiB before it must
// be known, to which later blocks refer.
// Several members in one file are one stream; what follows the last, and is no member, is passed over.
// Errors: "damaged gzip: …" after all that could be had. Ownership: a Stream owns the one that it reads. Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "archive/expand.h"

namespace keywake::archive {

struct GzipPoint {
  std::uint64_t out = 0;   // decompressed bytes before it
  std::uint64_t in = 0;    // of the compressed stream: where what is not yet used begins …
  std::uint8_t bits = 0;   // … but for so many bits of the byte before, 0 to 7
  std::string window;      // the decompressed bytes before it, at most 32 KiB
  std::string following;   // kFollowing compressed bytes from `in` on
};

/// Points of a stream that is being read. Only a few are held besides those that are wanted.
class GzipPoints {
 public:
  static constexpr std::uint64_t kSpacing = 1 << 20;   // decompressed bytes between two
  static constexpr std::size_t kFollowing = 4 << 10;

  /// From now on only what is at or after `out` can be wanted.
  void pass(std::uint64_t out);
  /// Keeps the last point at or before `out`, which was not passed.
  void want(std::uint64_t out);
  /// Those wanted, in their order. A point too near to the end of the stream to have all of `following` is none, and neither is one whose `following`
  /// could be guessed: it is the key to `window` where that is kept (images/layer_parts.h).
  [[nodiscard]] std::vector<GzipPoint> wanted() const;

  // For the reader: a point with what is at hand of its `following`, and more compressed bytes as they come.
  [[nodiscard]] bool is_due(std::uint64_t out) const { return out >= last_ + kSpacing; }
  void add(GzipPoint point);
  void follow(std::string_view compressed);

 private:
  struct Held {
    GzipPoint point;
    bool wanted = false;
  };
  std::deque<Held> held_;
  std::uint64_t passed_ = 0;
  std::uint64_t last_ = 0;
};

/// `points` may be null, and must outlive the stream.
Stream gunzip(Stream compressed, GzipPoints* points);
/// From a point on. `compressed` begins at the byte `in`, or at the one before if the point has bits; `following` is not used.
Stream gunzip_from(Stream compressed, const GzipPoint& point);

}  // namespace keywake::archive
