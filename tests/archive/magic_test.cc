// What is an archive and what only looks a little like one.
#include "archive/magic.h"

#include <random>
#include <string>
#include <vector>

#include "archive/made_archive.h"

using namespace std::string_literals;
using keywake::archive::has_zip_at_end;
using keywake::archive::Kind;
using keywake::archive::recognise;

TEST_CASE("each kind by its front") {
  std::vector<made::File> files{{"name.txt", "content of a file\n"}};
  struct Case {
    Kind kind;
    std::string bytes;
  };
  for (const Case& c : std::vector<Case>{{Kind::kGzip, made::compressed("gzip", "x")},
                                         {Kind::kBzip2, made::compressed("bzip2", "x")},
                                         {Kind::kBzip2, made::compressed("bzip2", "")},
                                         {Kind::kXz, made::compressed("xz", "x")},
                                         {Kind::kLzma, made::compressed("lzma", "x")},
                                         {Kind::kLzip, made::compressed("lzip", "x")},
                                         {Kind::kZstd, made::compressed("zstd", "x")},
                                         {Kind::kLz4, made::compressed("lz4", "x")},
                                         {Kind::kCompress, made::compressed("compress", "xxxx")},
                                         {Kind::kRpm, made::rpm(files, "gzip")},
                                         {Kind::kTar, made::archive({"ustar"}, files)},
                                         {Kind::kTar, made::archive({"v7tar"}, files)},
                                         {Kind::kTar, made::archive({"gnutar"}, files)},
                                         {Kind::kCpio, made::archive({"newc"}, files)},
                                         {Kind::kCpio, made::archive({"odc"}, files)},
                                         {Kind::kCpio, made::archive({"bin"}, files)},
                                         {Kind::kAr, made::archive({"argnu"}, files)},
                                         {Kind::kAr, "!<arch>\n"},
                                         {Kind::kIso, made::archive({"iso9660"}, files)},
                                         {Kind::kZip, made::archive({"zip"}, files)},
                                         {Kind::kZip, made::archive({"zip"}, {})},
                                         {Kind::kSevenZip, made::archive({"7zip"}, files)},
                                         {Kind::kRar, made::rar4(files[0])},
                                         {Kind::kRar5, made::rar5(files[0])},
                                         {Kind::kCab, made::cab(files[0])},
                                         {Kind::kXar, made::archive({"xar"}, files)},
                                         {Kind::kLha, made::lha(files[0])}}) {
    INFO(name(c.kind));
    CHECK(name(recognise(c.bytes)) == name(c.kind));
    CHECK(name(recognise(std::string_view(c.bytes).substr(0, 65536))) == name(c.kind));
  }
}

TEST_CASE("rarer fronts") {
  std::string zstd = made::compressed("zstd", "x");
  CHECK(recognise("\x50\x2a\x4d\x18\4\0\0\0user"s + zstd) == Kind::kZstd);
  CHECK(recognise("\x5f\x2a\x4d\x18\0\0\0\0"s + made::compressed("lz4", "x")) == Kind::kLz4);
  CHECK(recognise("\x02\x21\x4c\x18\x10\0\0\0legacy lz4 block"s) == Kind::kLz4);
  CHECK(recognise("PK00"s + made::archive({"zip"}, {{"a", "b"}})) == Kind::kZip);
}

TEST_CASE("text and other formats are not archives") {
  for (const std::string& text : std::vector<std::string>{
           "",
           "P",
           "PK",
           "PK\3\4",
           "PK is short for Phil Katz\n",
           "PK00 and more text that is long enough to be a header",
           "BZh91 is a header\n",
           "LZIP is a format, and this is a text\n",
           "!<arch>\nis how an ar starts, and this is a text that goes on and on, long enough\n",
           "070701 is the magic of newc cpio, this is a text about it that is long enough for a "
           "header, 070701 and on and on and on\n",
           "070707070707070707070707070707070707070707 is a number of sorts, but it does not go on "
           "for the whole header at all\n",
           "7z is a format\n",
           "Rar! a text",
           "MSCF is a text too, long enough to hold a header of a cabinet",
           "xar!text text text",
           "a -lh5- method line in a text that has enough bytes for a header\n",
           "]]]]]]]]]]]]]]]]]]]]]]]]]]]",
           "q\xc7 text text text text text text",
           "PACK\0\0\0\2\0\0\0\1\x78\x9c and a deflated object"s,
           "\xfftOc\0\0\0\2 a pack index of git"s,
           "\x7f"
           "ELF\2\1\1\0\0\0\0\0\0\0\0\0"s,
           "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s,
           std::string(70000, '\0'),
           std::string(70000, ' '),
           std::string(70000, '7')}) {
    INFO(text.substr(0, 60));
    CHECK(name(recognise(text)) == "none");
  }
  std::string indented;
  while (indented.size() < 40000)
    indented += "                                    ustar 0000644 0001750 0000000\n";
  CHECK(recognise(indented) == Kind::kNone);
  std::string about_iso(32769, 'x');
  CHECK(recognise(about_iso + "CD001 is the magic of ISO 9660\n") == Kind::kNone);
}

TEST_CASE("a tar's checksum must hold") {
  std::string tar = made::archive({"ustar"}, {{"name", "x"}});
  CHECK(recognise(tar) == Kind::kTar);
  for (std::size_t i : {0u, 100u, 150u, 300u, 340u}) {
    std::string damaged = tar;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    INFO(i);
    CHECK(recognise(damaged) == Kind::kNone);
  }
}

TEST_CASE("random bytes are not archives") {
  std::mt19937_64 random(1);
  std::string bytes(512, '\0');
  int taken = 0;
  for (int round = 0; round < 200'000; ++round) {
    for (std::size_t i = 0; i < bytes.size(); i += 8) {
      std::uint64_t word = random();
      bytes.replace(i, 8, reinterpret_cast<const char*>(&word), 8);
    }
    taken += recognise(bytes) != Kind::kNone;
  }
  CHECK(taken <= 1);  // compress(1) has only two bytes of magic and a few bits of sense
}

TEST_CASE("a zip by its end") {
  std::string zip = made::archive({"zip"}, {{"a", "b"}});
  CHECK(has_zip_at_end(zip));
  CHECK(has_zip_at_end(std::string_view(zip).substr(zip.size() - 22)));
  CHECK_FALSE(has_zip_at_end(std::string_view(zip).substr(0, zip.size() - 1)));
  std::string comment = zip.substr(0, zip.size() - 2) + std::string("\x03\0", 2) + "abc";
  CHECK(has_zip_at_end("#!/bin/sh\n" + comment));
  CHECK(has_zip_at_end("MZ" + comment));
  CHECK_FALSE(has_zip_at_end("text" + comment));
  CHECK_FALSE(has_zip_at_end("text"));
  CHECK_FALSE(has_zip_at_end(std::string(22, '\0')));
}
