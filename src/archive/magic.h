// What kind of archive or compressed file some bytes start, by magic numbers and the checks that
// each format allows at its front. Strict enough that text is never taken for an archive. Thread
// safety: all functions are pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace keywake::archive {

enum class Kind : std::uint8_t {
  kNone,
  // One compressed stream of bytes.
  kGzip,
  kBzip2,
  kXz,
  kLzma,
  kLzip,
  kZstd,
  kLz4,
  kCompress,
  kRpm,  // a header, then a compressed cpio
  // Files one after another, as they are.
  kTar,
  kCpio,
  kAr,
  kIso,
  // Files compressed one by one or together, with a directory.
  kZip,
  kSevenZip,
  kRar,
  kRar5,
  kCab,
  kXar,
  kLha,
  // A build artifact whose text lies in it in parts (artifacts/unfold.h tells which).
  kArtifact,
};

/// 64 KiB of head are enough; what is shorter is judged as it is. Nanoseconds for anything that is
/// not an archive.
Kind recognise(std::string_view head);

/// Whether these bytes are a zip with something else at its front: a self-extracting program, an
/// executable jar, a zipapp. A zip with a comment is looked for only behind what runs (MZ, ELF,
/// #!).
bool has_zip_at_end(std::string_view bytes);

constexpr bool is_stream(Kind kind) {
  return kind >= Kind::kGzip && kind <= Kind::kRpm;
}
constexpr bool is_verbatim(Kind kind) {
  return kind >= Kind::kTar && kind <= Kind::kIso;
}
constexpr bool is_package(Kind kind) {
  return kind >= Kind::kZip && kind <= Kind::kLha;
}

/// "zip", "7z", "tar", …
std::string_view name(Kind kind);

}  // namespace keywake::archive
