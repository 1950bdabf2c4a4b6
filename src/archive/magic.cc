// Magic numbers, from the formats' own descriptions:
//   gzip RFC 1952 · bzip2 (block magic is the BCD of pi) · xz-file-format 1.1 · lzip manual · zstd
//   RFC 8878 · LZ4 frame format 1.6 · compress(1) of 4.3BSD · rpm file format (lead) · ustar
//   POSIX.1-2017 pax · cpio(5) · ar(5) · ECMA-119 (ISO 9660) · PKWARE APPNOTE 6.3 · 7zFormat.txt ·
//   RAR technotes · MS-CAB · xar wiki · LHA header (Haruyasu Yoshizaki)
// Formats with a magic of two bytes or of letters are held to more of their header, so that no text
// and no random data passes.
#include "archive/magic.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "artifacts/unfold.h"

namespace keywake::archive {
namespace {

using namespace std::string_view_literals;

// Reads of a head that may be shorter than the header it starts: what is missing reads as zero.
struct Head {
  std::string_view bytes;

  [[nodiscard]] bool has(std::size_t count) const { return bytes.size() >= count; }
  [[nodiscard]] std::uint32_t u8(std::size_t i) const {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
  }
  [[nodiscard]] std::uint32_t le16(std::size_t i) const { return u8(i) | u8(i + 1) << 8; }
  [[nodiscard]] std::uint32_t le32(std::size_t i) const { return le16(i) | le16(i + 2) << 16; }
  [[nodiscard]] std::uint32_t be16(std::size_t i) const { return u8(i) << 8 | u8(i + 1); }
  [[nodiscard]] std::uint32_t be32(std::size_t i) const { return be16(i) << 16 | be16(i + 2); }
  [[nodiscard]] bool at(std::size_t i, std::string_view magic) const {
    return bytes.size() >= i + magic.size() && bytes.compare(i, magic.size(), magic) == 0;
  }
  template <typename Test>
  [[nodiscard]] bool all(std::size_t begin, std::size_t end, Test test) const {
    return bytes.size() >= end &&
           std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                       bytes.begin() + static_cast<std::ptrdiff_t>(end), test);
  }
};

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}
bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_gzip(const Head& h) {
  return h.at(0, "\x1f\x8b\x08"sv) && h.has(10) && (h.u8(3) & 0xe0) == 0;
}

bool is_bzip2(const Head& h) {
  return h.at(0, "BZh"sv) && h.u8(3) >= '1' && h.u8(3) <= '9' &&
         (h.at(4, "\x31\x41\x59\x26\x53\x59"sv) || h.at(4, "\x17\x72\x45\x38\x50\x90"sv));
}

bool is_xz(const Head& h) {
  return h.at(0, "\xfd\x37zXZ\0\0"sv) && h.u8(7) <= 0x0f;
}

// LZMA_alone has no magic: properties 5d (5e is seen too), a dictionary of 2^n bytes, and a size
// that is unknown or believable; then the first byte of the range coder, which is always zero.
bool is_lzma(const Head& h) {
  if ((h.u8(0) != 0x5d && h.u8(0) != 0x5e) || !h.has(18) || h.u8(13) != 0) return false;
  std::uint32_t dictionary = h.le32(1);
  bool power = dictionary >= 4096 && (dictionary & (dictionary - 1)) == 0;
  bool unknown = h.le32(5) == 0xffffffff && h.le32(9) == 0xffffffff;
  return power && (unknown || (h.le32(9) < 0x100 && (h.le32(5) | h.le32(9)) != 0));
}

bool is_lzip(const Head& h) {
  std::uint32_t log_size = h.u8(5) & 0x1f;
  return h.at(0, "LZIP"sv) && h.u8(4) <= 1 && log_size >= 12 && log_size <= 29;
}

// A frame, or a skippable frame (shared by zstd and lz4) with a frame after it.
Kind zstd_or_lz4(const Head& h) {
  std::size_t at = 0;
  for (int skippable = 0; skippable < 4 && (h.le32(at) & 0xfffffff0) == 0x184d2a50; ++skippable) {
    at += std::size_t{8} + h.le32(at + 4);
  }
  if (h.le32(at) == 0xfd2fb528 && (h.u8(at + 4) & 0x08) == 0) return Kind::kZstd;
  bool version_1 = (h.u8(at + 4) & 0xc2) == 0x40 && (h.u8(at + 5) & 0x8f) == 0;
  if (h.le32(at) == 0x184d2204 && version_1) return Kind::kLz4;
  // The legacy frame of Linux kernels: blocks of at most 8 MiB, led by their compressed size.
  if (h.le32(at) == 0x184c2102 && h.le32(at + 4) > 0 && h.le32(at + 4) < 9u << 20)
    return Kind::kLz4;
  return Kind::kNone;
}

bool is_compress(const Head& h) {
  std::uint32_t bits = h.u8(2) & 0x1f;
  return h.at(0, "\x1f\x9d"sv) && h.has(5) && bits >= 9 && bits <= 16 && (h.u8(2) & 0x60) == 0;
}

bool is_rpm(const Head& h) {
  return h.at(0, "\xed\xab\xee\xdb"sv) && (h.u8(4) == 3 || h.u8(4) == 4) && h.be16(6) <= 1;
}

// The field holds the sum of the header's bytes, with itself read as spaces; old writers summed
// signed bytes.
bool tar_checksum_holds(std::string_view header) {
  std::string_view field = header.substr(148, 8);
  std::size_t at = field.find_first_not_of(' ');
  std::size_t end = field.find_first_not_of("01234567", at);
  if (at == std::string_view::npos || end == at || end == std::string_view::npos) return false;
  if (field[end] != '\0' && field[end] != ' ') return false;
  int stated = 0;
  for (char digit : field.substr(at, end - at)) stated = stated * 8 + (digit - '0');
  int as_unsigned = 8 * ' ';
  int as_signed = 8 * ' ';
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (i >= 148 && i < 156) continue;
    as_unsigned += static_cast<unsigned char>(header[i]);
    as_signed += static_cast<signed char>(header[i]);
  }
  return stated == as_unsigned || stated == as_signed;
}

bool is_tar(const Head& h) {
  if (!h.has(512)) return false;
  bool ustar = h.at(257, "ustar"sv) && (h.u8(262) == 0 || h.u8(262) == ' ');
  bool seventh_edition = h.u8(0) != 0 && h.at(500, "\0\0\0\0\0\0\0\0\0\0\0\0"sv);
  return (ustar || seventh_edition) && tar_checksum_holds(h.bytes.substr(0, 512));
}

bool is_cpio(const Head& h) {
  if (h.at(0, "070701"sv) || h.at(0, "070702"sv)) return h.all(6, 110, is_hex);
  if (h.at(0, "070707"sv)) return h.all(6, 76, is_octal);
  if (!h.at(0, "\xc7\x71"sv) && !h.at(0, "\x71\xc7"sv)) return false;
  // The old binary header: a file type that exists, a short name, and the NUL that ends it.
  bool little = h.u8(0) == 0xc7;
  std::uint32_t mode = little ? h.le16(6) : h.be16(6);
  std::uint32_t name_size = little ? h.le16(20) : h.be16(20);
  std::uint32_t type = mode >> 12;
  bool known_type =
      type == 1 || type == 2 || type == 4 || type == 6 || type == 8 || type == 10 || type == 12;
  if (!known_type || name_size < 2 || name_size > 1024 || !h.has(26 + name_size)) return false;
  return h.bytes.substr(26, name_size).find('\0') == name_size - 1;
}

bool is_ar(const Head& h) {
  auto in_size_field = [](char c) { return c == ' ' || (c >= '0' && c <= '9'); };
  return h.at(0, "!<arch>\n"sv) &&
         (h.bytes.size() == 8 || (h.at(66, "`\n"sv) && h.all(56, 66, in_size_field)));
}

bool is_iso(const Head& h) {
  std::uint32_t type = h.u8(32768);
  return h.at(32769, "CD001\x01"sv) && (type <= 3 || type == 255);
}

bool is_zip(const Head& h) {
  if (h.at(0, "PK\5\6"sv)) return h.has(22) && h.le32(4) == 0;          // an empty one
  std::size_t at = h.at(0, "PK00"sv) || h.at(0, "PK\7\x08"sv) ? 4 : 0;  // a mark of split archives
  if (!h.at(at, "PK\3\4"sv) || !h.has(at + 30)) return false;
  return h.u8(at + 4) <= 100 && h.le16(at + 8) <= 99 && h.le16(at + 26) > 0;
}

bool is_cab(const Head& h) {
  return h.at(0, "MSCF\0\0\0\0"sv) && h.le32(12) == 0 && h.u8(25) == 1;
}

bool is_xar(const Head& h) {
  return h.at(0, "xar!"sv) && h.be16(4) >= 28 && h.be16(4) <= 4096 && h.be16(6) <= 1;
}

// Levels 0 and 1 have a checksum of the header; 2 and 3 state its length.
bool is_lha(const Head& h) {
  if (!h.at(2, "-l"sv) || h.u8(6) != '-' || !h.has(26)) return false;
  bool method = (h.u8(4) == 'h' && ((h.u8(5) >= '0' && h.u8(5) <= '7') || h.u8(5) == 'd')) ||
                (h.u8(4) == 'z' && (h.u8(5) == 's' || h.u8(5) == '4' || h.u8(5) == '5'));
  if (!method) return false;
  std::uint32_t level = h.u8(20);
  if (level == 2) return h.le16(0) >= 26 && h.le16(0) <= 4096;
  if (level == 3) return h.le16(0) == 4;
  std::size_t length = h.u8(0);
  if (level > 1 || length < 20 || !h.has(2 + length)) return false;
  auto sum = std::accumulate(
      h.bytes.begin() + 2, h.bytes.begin() + 2 + static_cast<std::ptrdiff_t>(length), 0U,
      [](unsigned total, char c) { return total + static_cast<unsigned char>(c); });
  return (sum & 0xff) == h.u8(1);
}

// Formats whose magic is at the very front, by their first byte.
Kind by_first_byte(const Head& h) {
  auto when = [](bool fits, Kind kind) { return fits ? kind : Kind::kNone; };
  switch (static_cast<unsigned char>(h.bytes[0])) {
    case 0x1f:
      return is_gzip(h) ? Kind::kGzip : when(is_compress(h), Kind::kCompress);
    case 'B':
      return when(is_bzip2(h), Kind::kBzip2);
    case 0xfd:
      return when(is_xz(h), Kind::kXz);
    case 0x5d:
    case 0x5e:
      return when(is_lzma(h), Kind::kLzma);
    case 'L':
      return when(is_lzip(h), Kind::kLzip);
    case 0x28:
    case 0x04:
    case 0x02:
      return zstd_or_lz4(h);
    case 0xed:
      return when(is_rpm(h), Kind::kRpm);
    case '!':
      return when(is_ar(h), Kind::kAr);
    case 'P':
      return is_zip(h) ? Kind::kZip : zstd_or_lz4(h);
    case '7':
      return when(h.at(0, "7z\xbc\xaf\x27\x1c\0"sv), Kind::kSevenZip);
    case 'R':
      if (h.at(0, "Rar!\x1a\x07\x01\0"sv)) return Kind::kRar5;
      return when(h.at(0, "Rar!\x1a\x07\0"sv), Kind::kRar);
    case 'M':
      return when(is_cab(h), Kind::kCab);
    case 'x':
      return when(is_xar(h), Kind::kXar);
    case '0':
    case 0xc7:
    case 0x71:
      return when(is_cpio(h), Kind::kCpio);
    default:
      return (h.u8(0) & 0xf0) == 0x50 && h.u8(1) == 0x2a ? zstd_or_lz4(h) : Kind::kNone;
  }
}

}  // namespace

Kind recognise(std::string_view head) {
  if (head.size() < 5) return Kind::kNone;
  Head h{head};
  if (Kind kind = by_first_byte(h); kind != Kind::kNone) return kind;
  if (artifacts::recognise(head) != artifacts::Format::kNone) return Kind::kArtifact;
  if (is_lha(h)) return Kind::kLha;
  if (is_tar(h)) return Kind::kTar;
  return is_iso(h) ? Kind::kIso : Kind::kNone;
}

namespace {

constexpr std::size_t kCommentSearched = 1024;  // of the 65,535 bytes that a zip's comment may have

// The end record of a zip, with a comment that reaches to the end of the bytes: one disk, and as
// many entries on it as in all.
bool is_zip_end(std::string_view bytes) {
  Head h{bytes};
  return h.at(0, "PK\5\6\0\0\0\0"sv) && h.le16(8) == h.le16(10) && h.le16(8) > 0 &&
         22 + h.le16(20) == bytes.size() && h.le32(12) >= 46 * h.le16(8);
}

}  // namespace

bool has_zip_at_end(std::string_view bytes) {
  if (bytes.size() < 22) return false;
  if (is_zip_end(bytes.substr(bytes.size() - 22))) return true;
  bool runs = bytes.starts_with("MZ") ||
              bytes.starts_with(
                  "\x7f"
                  "ELF") ||
              bytes.starts_with("#!");
  if (!runs) return false;
  std::string_view tail =
      bytes.substr(bytes.size() - std::min(bytes.size(), 22 + kCommentSearched));
  std::size_t at = tail.rfind("PK\5\6"sv);
  return at != std::string_view::npos && is_zip_end(tail.substr(at));
}

std::string_view name(Kind kind) {
  static constexpr std::array<std::string_view, 22> kNames{
      "none", "gzip", "bzip2", "xz",  "lzma", "lzip", "zstd", "lz4", "compress", "rpm", "tar",
      "cpio", "ar",   "iso",   "zip", "7z",   "rar",  "rar",  "cab", "xar",      "lha", "artifact"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace keywake::archive
