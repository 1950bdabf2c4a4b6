// Archives made at test time, with libarchive's writer where it has one and by hand, from the
// format's description, where it has none (rar, cab, lha, rpm). Used by tests/archive and
// tests/sources.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "catch.h"

namespace made {

struct File {
  std::string path;
  std::string bytes;
  int type = AE_IFREG;
  std::string target = {};  // of a symbolic link
  bool hard_link = false;
};

struct Recipe {
  std::string format;        // of archive_write_set_format_by_name: "zip", "7zip", "ustar", "pax",
                             // "newc", "raw", …
  std::string filter = {};   // of archive_write_add_filter_by_name: "gzip", "zstd", …
  std::string options = {};  // of archive_write_set_options
  std::string passphrase = {};
};

inline la_ssize_t append(struct archive*, void* out, const void* bytes, size_t size) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

inline std::string archive(const Recipe& recipe, const std::vector<File>& files) {
  std::string out;
  struct archive* writer = archive_write_new();
  auto check = [&](int status) {
    INFO(recipe.format << " " << recipe.filter << ": "
                       << (archive_error_string(writer) ? archive_error_string(writer) : ""));
    REQUIRE(status >= ARCHIVE_WARN);
  };
  check(archive_write_set_format_by_name(writer, recipe.format.c_str()));
  if (!recipe.filter.empty())
    check(archive_write_add_filter_by_name(writer, recipe.filter.c_str()));
  if (!recipe.options.empty()) check(archive_write_set_options(writer, recipe.options.c_str()));
  if (!recipe.passphrase.empty())
    check(archive_write_set_passphrase(writer, recipe.passphrase.c_str()));
  archive_write_set_bytes_in_last_block(writer, 1);
  check(archive_write_open(writer, &out, nullptr, append, nullptr));
  for (const File& file : files) {
    struct archive_entry* entry = archive_entry_new();
    archive_entry_copy_pathname(entry, file.path.c_str());
    archive_entry_set_filetype(entry, static_cast<unsigned>(file.type));
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(file.bytes.size()));
    if (file.hard_link)
      archive_entry_copy_hardlink(entry, file.target.c_str());
    else if (!file.target.empty())
      archive_entry_copy_symlink(entry, file.target.c_str());
    check(archive_write_header(writer, entry));
    if (!file.bytes.empty()) {
      REQUIRE(archive_write_data(writer, file.bytes.data(), file.bytes.size()) ==
              static_cast<la_ssize_t>(file.bytes.size()));
    }
    archive_entry_free(entry);
  }
  check(archive_write_close(writer));
  archive_write_free(writer);
  return out;
}

/// One compressed stream, as gzip(1) and its kind make it.
inline std::string compressed(const std::string& filter, const std::string& bytes) {
  return archive({"raw", filter}, {{"data", bytes}});
}

// Numbers of the hand-made formats.
inline std::string le(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xff);
  return out;
}
inline std::string be(std::uint64_t value, int bytes) {
  std::string out = le(value, bytes);
  return {out.rbegin(), out.rend()};
}

/// RAR 4 with one stored file (RAR technote: block header CRC16, type, flags, size).
inline std::string rar4(const File& file) {
  auto block = [](std::string header) { return le(keywake::crc32(header) & 0xffff, 2) + header; };
  std::string out = std::string("Rar!\x1a\x07") + std::string(1, '\0');
  out += block(std::string("\x73") + le(0, 2) + le(13, 2) + le(0, 6));
  std::uint64_t size = file.bytes.size();
  out += block(std::string("\x74") + le(0x8000, 2) + le(32 + file.path.size(), 2) + le(size, 4) +
               le(size, 4) + std::string("\x03") + le(keywake::crc32(file.bytes), 4) +
               le(0x5a000000, 4) + le(20, 1) + std::string("\x30") + le(file.path.size(), 2) +
               le(0100644, 4) + file.path);
  return out + file.bytes + block(std::string("\x7b") + le(0x4000, 2) + le(7, 2));
}

/// RAR 5 with one stored file (RAR 5.0 archive format: CRC32, then variable-length integers).
inline std::string rar5(const File& file) {
  auto vint = [](std::uint64_t value) {
    std::string out;
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    return out + static_cast<char>(value);
  };
  auto block = [&](const std::string& fields) {
    std::string sized = vint(fields.size()) + fields;
    return le(keywake::crc32(sized), 4) + sized;
  };
  std::string out = std::string("Rar!\x1a\x07\x01") + std::string(1, '\0');
  out += block(vint(1) + vint(0) + vint(0));
  out += block(vint(2) + vint(2) + vint(file.bytes.size()) + vint(4) + vint(file.bytes.size()) +
               vint(0100644) + le(keywake::crc32(file.bytes), 4) + vint(0) + vint(1) +
               vint(file.path.size()) + file.path);
  return out + file.bytes + block(vint(5) + vint(0) + vint(0));
}

/// A cabinet with one stored file ([MS-CAB] 2).
inline std::string cab(const File& file) {
  std::string name = file.path + '\0';
  std::uint64_t files_at = 36 + 8;
  std::uint64_t data_at = files_at + 16 + name.size();
  std::string folder = le(data_at, 4) + le(1, 2) + le(0, 2);
  std::string entry = le(file.bytes.size(), 4) + le(0, 4) + le(0, 2) + le(0x5a21, 2) + le(0, 2) +
                      le(0x20, 2) + name;
  std::string data = le(0, 4) + le(file.bytes.size(), 2) + le(file.bytes.size(), 2) + file.bytes;
  return std::string("MSCF") + le(0, 4) + le(data_at + data.size(), 4) + le(0, 4) +
         le(files_at, 4) + le(0, 4) + std::string("\x03\x01") + le(1, 2) + le(1, 2) + le(0, 2) +
         le(0, 2) + le(0, 2) + folder + entry + data;
}

inline std::uint16_t crc16(std::string_view bytes) {  // ARC, reflected 0xA001
  std::uint16_t crc = 0;
  for (char c : bytes) {
    crc = static_cast<std::uint16_t>(crc ^ static_cast<unsigned char>(c));
    for (int i = 0; i < 8; ++i)
      crc = static_cast<std::uint16_t>(crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1);
  }
  return crc;
}

/// LHA, level 0, with one stored file.
inline std::string lha(const File& file) {
  std::string header = std::string("-lh0-") + le(file.bytes.size(), 4) + le(file.bytes.size(), 4) +
                       le(0x5a210000, 4) + le(0x20, 1) + le(0, 1) + le(file.path.size(), 1) +
                       file.path + le(crc16(file.bytes), 2);
  unsigned sum = 0;
  for (char c : header) sum += static_cast<unsigned char>(c);
  return le(header.size(), 1) + le(sum & 0xff, 1) + header + file.bytes + '\0';
}

/// A package as rpm(8) makes it: lead, signature header (padded to 8), header, compressed cpio.
inline std::string rpm(const std::vector<File>& files, const std::string& filter) {
  std::string header = std::string("\x8e\xad\xe8\x01") + be(0, 4) + be(1, 4) + be(8, 4) +
                       be(1000, 4) + be(6, 4) + be(0, 4) + be(1, 4) + std::string("package") + '\0';
  std::string lead = std::string("\xed\xab\xee\xdb\x03") + be(0, 1) + be(0, 2) + be(1, 2) +
                     std::string(66, 'n') + be(1, 2) + be(5, 2);
  return lead + std::string(96 - lead.size(), '\0') + header + header +
         archive({"newc", filter}, files);
}

}  // namespace made
