// Archives and compressed files, recognised by content and never by name, expanded in memory,
// nested, within limits. Nothing is written to disk and no other program is run. libarchive does
// the reading: tar, zip/jar, 7z, rar, gzip, bzip2, xz, lzma, lzip, zstd, lz4, compress, deb (ar),
// rpm, cpio, iso, cab, xar, lha. archive/magic.h tells them apart. Build artifacts (artifacts/unfold.h) are entered like archives; their parts are
// members, charged to the same limits.
// Ownership: bytes handed to the visitor are valid during the call.
// Thread safety: functions may run at once on different input.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace keywake::archive {

struct Limits {
  unsigned depth = 8;                         // archives inside archives; a tar.gz counts as one
  std::uint64_t members = 1'000'000;          // of one outermost archive, all levels together
  std::uint64_t member_bytes = 256ull << 20;  // one member, expanded
  std::uint64_t total_bytes = 8ull << 30;     // all that comes out at one level, expanded
  /// Expanded : compressed, of one archive and of a level over all, once more than 16 MiB came out.
  std::uint64_t ratio = 2000;
};

/// A source of bytes. Returns an empty view at the end; a view is valid until the next call.
using ReadMore = std::function<Result<std::string_view>()>;

/// Members above this are handed over in parts.
inline constexpr std::uint64_t kLargeMember = 16ull << 20;

/// One entry of an archive that keeps files as they are, of any type: what a file system made from it would have.
struct Entry {
  enum class Type : std::uint8_t { kFile, kFolder, kSymbolicLink, kHardLink, kOther };
  std::string path;
  Type type = Type::kFile;
  std::string target;  // of a link, as it is written there
  std::uint64_t begin = 0;  // where its header begins in the archive (decompressed, if it is compressed as a whole); tar only
};

/// Paths are those inside the outermost archive: "lib/x.jar!/a.properties"; they are empty for that
/// archive itself (a build artifact may hand over its own bytes as such a member). They are bytes from the archive as they are ("../x", "/x", line ends, not
/// UTF-8), cut at 4 KiB each: names, not places. A compressed single file ("notes.txt.gz") has one
/// member, named as the file without its suffix, or "data"; a tar inside a compressed stream is one
/// level with it, and so are cpio archives one behind the other (initramfs).
class Visitor {
 public:
  virtual ~Visitor() = default;
  /// One regular member. One that is itself an archive is entered instead; it comes here as well
  /// only if its members do not hold all of it (see expand()) and it was small enough to be kept
  /// (32 MiB).
  virtual void member(const std::string& path, std::string_view bytes) = 0;
  /// A member larger than kLargeMember, in parts; what is not read is passed over. By default it is
  /// collected for member().
  virtual void large_member(const std::string& path, const ReadMore& read);
  /// Each entry of the outermost tar (or cpio, ar, iso; compressed or not), before its contents. By default ignored.
  virtual void entry(const Entry& entry) { (void)entry; }
  /// Something left out: encrypted member, limit reached, damaged data (then `failed` is false:
  /// nobody can read it), input that could not be read (`failed` as in model::Skip). After 1,000 of
  /// them the rest is counted and stated in one.
  virtual void left_out(const std::string& path, const std::string& reason, bool failed) = 0;
};

/// Whether a reason of left_out() is that a library for it is not installed: with it, the same bytes give more.
bool lacks_reader(std::string_view reason);

/// Whether the first bytes (64 KiB are enough, fewer are judged as they are) start something that
/// expand() can read. Cheap enough for every blob: a test of magic numbers first.
bool is_archive(std::string_view head);

/// The same of a whole run of bytes; also knows a zip with a program or a script at its front.
bool is_archive_whole(std::string_view bytes);

/// An archive that is not in memory. With `seek` (which sets where the next read begins, and
/// returns false if it cannot) formats with a directory at their end are read better (zip) or at
/// all (7z).
struct Stream {
  ReadMore read;
  std::function<bool(std::uint64_t offset)> seek = {};
  std::uint64_t size = 0;  // needed with seek
  /// How many bytes were read of what it is decompressed from, if it is, for the limit on the ratio.
  std::function<std::uint64_t()> compressed = {};
};

/// Both return whether the members hold all that the bytes do. False when something was left out,
/// and for the formats that keep bytes beside their members (zip comments, installers' scripts: all
/// but compressed streams, tar, cpio, ar and iso). Then the caller should scan the archive's own
/// bytes too. For a build artifact it is always true: where its own bytes must be scanned, they were handed over, with an empty path.
bool expand(std::string_view name, std::string_view bytes, const Limits& limits, Visitor& visitor);
bool expand(std::string_view name, const Stream& stream, const Limits& limits, Visitor& visitor);

}  // namespace keywake::archive
