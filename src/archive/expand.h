// Archives and compressed files, recognised by content and never by name, expanded in memory, nested, within limits. Nothing is
// written to disk. libarchive does the reading: tar, zip/jar, 7z, gzip, bzip2, xz, zstd, lz4, deb (ar), rpm, cpio, iso, cab, xar, …
// Ownership: bytes handed to the visitor are valid during the call. Thread safety: functions may run at once on different input.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace keywake::archive {

struct Limits {
  unsigned depth = 8;                           // archives inside archives
  std::uint64_t members = 1'000'000;            // of one outermost archive, all levels together
  std::uint64_t member_bytes = 256ull << 20;    // one member, expanded
  std::uint64_t total_bytes = 8ull << 30;       // all members of one outermost archive, expanded
  std::uint64_t ratio = 2000;                   // expanded : compressed, once more than 16 MiB came out
};

class Visitor {
 public:
  virtual ~Visitor() = default;
  /// One regular member that is not itself an archive (those are entered), with its path inside: "lib/x.jar!/a.properties". A compressed
  /// single file ("notes.txt.gz") has one member, named as the file without its suffix, or "data".
  virtual void member(const std::string& path, std::string_view bytes) = 0;
  /// Something left out: encrypted member, limit reached, damaged data. `failed` as in model::Skip.
  virtual void left_out(const std::string& path, const std::string& reason, bool failed) = 0;
};

/// Whether the first bytes (64 KiB are enough, fewer are judged as they are) start something that expand() can read. Cheap enough
/// for every blob: a test of magic numbers first.
bool is_archive(std::string_view head);

/// A source of bytes, for archives larger than memory. Returns an empty view at the end.
using ReadMore = std::function<Result<std::string_view>()>;

void expand(std::string_view name, std::string_view bytes, const Limits& limits, Visitor& visitor);
void expand(std::string_view name, const ReadMore& read, const Limits& limits, Visitor& visitor);

}  // namespace keywake::archive
