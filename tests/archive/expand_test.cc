// What comes out of archives of every kind, nested, hostile and damaged.
#include "archive/expand.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "archive/magic.h"
#include "archive/made_archive.h"

using keywake::archive::Limits;
using keywake::archive::ReadMore;
using keywake::archive::Stream;
using made::File;

namespace {

struct Collected : keywake::archive::Visitor {
  std::map<std::string, std::string> members;
  struct Left {
    std::string path;
    std::string reason;
    bool failed;
  };
  std::vector<Left> left;
  std::uint64_t bytes = 0;
  bool complete = false;

  void member(const std::string& path, std::string_view content) override {
    members[path] += content;
    bytes += content.size();
  }
  void left_out(const std::string& path, const std::string& reason, bool failed) override {
    left.push_back({path, reason, failed});
  }
  [[nodiscard]] std::string reasons() const {
    std::string all;
    for (const Left& l : left) all += fmt::format("[{}: {}{}]", l.path, l.reason, l.failed ? " FAILED" : "");
    return all;
  }
};

Collected expand(std::string_view name, std::string_view bytes, const Limits& limits = {}) {
  Collected out;
  out.complete = keywake::archive::expand(name, bytes, limits, out);
  return out;
}

// The same bytes as a stream, in blocks of any size, with or without seeking.
Collected expand_stream(std::string_view name, const std::string& bytes, std::size_t block, bool seekable,
                        const Limits& limits = {}) {
  Collected out;
  std::size_t at = 0;
  std::string buffer;  // a new one each time, so that a stale view would show under the sanitizers
  ReadMore read = [&]() -> keywake::Result<std::string_view> {
    buffer = std::string(bytes.substr(std::min(at, bytes.size()), block));
    buffer.shrink_to_fit();
    at += buffer.size();
    return std::string_view(buffer);
  };
  Stream stream{read};
  if (seekable) {
    stream.seek = [&](std::uint64_t offset) { at = offset; return true; };
    stream.size = bytes.size();
  }
  out.complete = keywake::archive::expand(name, stream, limits, out);
  return out;
}

std::string words(std::size_t bytes, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string out;
  while (out.size() < bytes) out += fmt::format("line {} of {:x}\n", out.size(), random());
  out.resize(bytes);
  return out;
}

const std::vector<File> kTwo{{"conf/app.properties", "password = placeholder\n"}, {"src/main.c", words(100'000)}};

}  // namespace

TEST_CASE("every format is recognised, read from memory and as a stream") {
  struct Case {
    std::string name;
    std::string bytes;
    bool needs_seek = false;
    bool complete = true;  // the members are all there is
    std::vector<File> files = kTwo;
  };
  std::vector<Case> cases;
  for (const char* format : {"ustar", "pax", "gnutar", "v7tar", "newc", "odc", "bin", "iso9660"}) {
    cases.push_back({format, made::archive({format}, kTwo)});
  }
  // Names of ar are short and have no folders.
  std::vector<File> flat{{"one.txt", "first"}, {"two.txt", words(70'001)}};
  cases.push_back({"ar-bsd", made::archive({"arbsd"}, flat), false, true, flat});
  cases.push_back({"ar-svr4", made::archive({"argnu"}, flat), false, true, flat});
  cases.push_back({"zip", made::archive({"zip"}, kTwo), false, false});
  cases.push_back({"zip-stored", made::archive({"zip", "", "zip:compression=store"}, kTwo), false, false});
  cases.push_back({"7z", made::archive({"7zip"}, kTwo), true, false});
  cases.push_back({"7z-deflate", made::archive({"7zip", "", "7zip:compression=deflate"}, kTwo), true, false});
  cases.push_back({"xar", made::archive({"xar"}, kTwo), false, false});
  std::vector<File> one{{"one.txt", words(20'000)}};
  cases.push_back({"rar4", made::rar4(one[0]), false, false, one});
  cases.push_back({"rar5", made::rar5(one[0]), false, false, one});
  cases.push_back({"cab", made::cab(one[0]), false, false, one});
  cases.push_back({"lha", made::lha(one[0]), false, false, one});
  for (const char* filter : {"gzip", "bzip2", "xz", "lzma", "lzip", "zstd", "lz4", "compress"}) {
    cases.push_back({fmt::format("tar.{}", filter), made::archive({"pax", filter}, kTwo)});
    std::vector<File> single{{"data", kTwo[1].bytes}};
    cases.push_back({fmt::format("single.{}", filter), made::compressed(filter, single[0].bytes), false, true, single});
  }
  cases.push_back({"gzip.rpm", made::rpm(kTwo, "gzip")});
  cases.push_back({"zstd.rpm", made::rpm(kTwo, "zstd")});

  for (const Case& c : cases) {
    CHECK(keywake::archive::is_archive(c.bytes));
    CHECK(keywake::archive::is_archive(std::string_view(c.bytes).substr(0, 65536)));
    auto agrees = [&](const Collected& got, const std::string& how) {
      INFO(c.name << " " << how << " " << got.reasons());
      CHECK(got.left.empty());
      CHECK(got.complete == c.complete);
      CHECK(got.members.size() == c.files.size());
      for (const File& file : c.files) {
        bool found = false;
        for (const auto& [path, bytes] : got.members) {
          // ISO 9660 level 1 names would be upper case; Rock Ridge and Joliet keep them.
          found |= path == file.path && bytes == file.bytes;
        }
        INFO(file.path);
        CHECK(found);
      }
    };
    agrees(expand("f.bin", c.bytes), "in memory");
    agrees(expand_stream("f.bin", c.bytes, 10'000, true), "seekable stream");
    if (!c.needs_seek) agrees(expand_stream("f.bin", c.bytes, 777, false), "stream");
  }
}

TEST_CASE("a 7z that cannot be read backwards is reported") {
  Collected got = expand_stream("a.7z", made::archive({"7zip"}, kTwo), 4096, false);
  CHECK(got.members.empty());
  REQUIRE(got.left.size() == 1);
  CHECK(got.left[0].path.empty());
  CHECK(got.left[0].reason.starts_with("damaged 7z"));
  CHECK_FALSE(got.complete);
}

TEST_CASE("a compressed single file is named after itself") {
  std::string gz = made::compressed("gzip", "hello");
  for (auto [name, member] : std::vector<std::pair<std::string, std::string>>{
           {"notes.txt.gz", "notes.txt"}, {"dir.gz/notes.txt.Z", "notes.txt"}, {"dir/.gz", "data"}, {"notes", "data"}, {"a.tgz", "data"}}) {
    Collected got = expand(name, gz);
    INFO(name);
    CHECK(got.members == std::map<std::string, std::string>{{member, "hello"}});
  }
}

TEST_CASE("nested archives are entered by content, with their paths") {
  std::string inner = made::archive({"zip"}, {{"deep.txt", "found"}});
  std::string middle = made::archive({"pax", "xz"}, {{"x/inner.dat", inner}, {"beside.txt", "b"}});
  std::string outer = made::archive({"7zip"}, {{"lib/middle", middle}, {"plain", "p"}});
  std::string all = made::compressed("bzip2", outer);
  Collected got = expand("all.7z.bz2", all);
  INFO(got.reasons());
  CHECK(got.members["all.7z!/lib/middle!/x/inner.dat!/deep.txt"] == "found");
  CHECK(got.members["all.7z!/lib/middle!/beside.txt"] == "b");
  CHECK(got.members["all.7z!/plain"] == "p");
  CHECK(got.left.empty());
  // The zip and the 7z come as bytes too: they may hold more than their members.
  CHECK(got.members["all.7z!/lib/middle!/x/inner.dat"] == inner);
  CHECK(got.members["all.7z"] == outer);
  CHECK(got.members.size() == 5);
}

TEST_CASE("a nested archive larger than what is kept in memory is streamed") {
  std::string big = words(3 << 20, 7);
  std::string layer = made::archive({"ustar"}, {{"etc/a", big}, {"etc/b", "small"}});
  Collected got = expand("image.tar", made::archive({"ustar"}, {{"layer.tar", layer}, {"manifest.json", "{}"}}));
  INFO(got.reasons());
  CHECK(got.complete);
  CHECK(got.members["layer.tar!/etc/a"] == big);
  CHECK(got.members["layer.tar!/etc/b"] == "small");
  CHECK(got.members["manifest.json"] == "{}");
  CHECK(got.members.size() == 3);

  std::string gz = made::archive({"ustar", "gzip"}, {{"layer.tar.gz", made::archive({"ustar", "gzip"}, {{"etc/a", big}})}});
  CHECK(expand_stream("x", gz, 1000, false).members["layer.tar.gz!/etc/a"] == big);
}

TEST_CASE("a large member comes in parts and is whole") {
  std::string big = words((18 << 20) + 12345);
  struct InParts : Collected {
    std::size_t parts = 0;
    void large_member(const std::string& path, const ReadMore& read) override {
      for (;;) {
        auto part = read();
        REQUIRE(part);
        if (part->empty()) break;
        ++parts;
        members[path] += *part;
      }
    }
  };
  for (std::string bytes : {made::archive({"ustar", "zstd"}, {{"big", big}, {"after", "a"}}),
                            made::archive({"zip", "", "zip:compression-level=1"}, {{"big", big}, {"after", "a"}})}) {
    InParts got;
    keywake::archive::expand("a", bytes, {}, got);
    CHECK((got.members["big"] == big));
    CHECK(got.members["after"] == "a");
    CHECK(got.parts > 1);
    Collected plain = expand("a", bytes);
    CHECK((plain.members["big"] == big));
  }
}

TEST_CASE("links, folders and devices are passed over in silence") {
  std::string tar = made::archive({"pax"}, {{"dir", "", AE_IFDIR},
                                            {"link", "", AE_IFLNK, "/etc/passwd"},
                                            {"null", "", AE_IFCHR},
                                            {"pipe", "", AE_IFIFO},
                                            {"file", "text"},
                                            {"again", "", AE_IFREG, "file", true}});
  Collected got = expand("a.tar", tar);
  CHECK(got.members == std::map<std::string, std::string>{{"file", "text"}});
  CHECK(got.left.empty());
}

TEST_CASE("names are kept as they are") {
  std::vector<std::string> names{"../../etc/passwd", "/absolute/path", "line\nbreak", "esc\x1b[31mred", "caf\xc3\xa9.txt",
                                 "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", "a!/b", std::string(300, 'n') + "/x"};
  for (const char* format : {"pax", "gnutar", "newc", "zip"}) {
    std::vector<File> files;
    for (const std::string& name : names) files.push_back({name, std::string("content of ") + name});
    Collected got = expand("a", made::archive({format}, files));
    INFO(format << got.reasons());
    CHECK(got.left.empty());
    for (const std::string& name : names) {
      INFO(name);
      CHECK(got.members[name] == std::string("content of ") + name);
    }
  }
  SECTION("not UTF-8") {
    std::string name = "caf\xe9.txt";
    for (const char* format : {"ustar", "gnutar", "newc"}) {
      Collected got = expand("a", made::archive({format}, {{name, "latin"}}));
      INFO(format << got.reasons());
      CHECK(got.members[name] == "latin");
    }
  }
}

TEST_CASE("encrypted members are named, the others read") {
  for (const char* method : {"zip:encryption=zipcrypt", "zip:encryption=aes256"}) {
    std::string locked = made::archive({"zip", "", method, "placeholder"}, {{"locked.txt", words(5000)}});
    for (bool streamed : {false, true}) {
      Collected got = streamed ? expand_stream("a.zip", locked, 512, false) : expand("a.zip", locked);
      INFO(method << got.reasons());
      REQUIRE(got.left.size() >= 1);
      CHECK(got.left[0].path == "locked.txt");
      CHECK(got.left[0].reason == "encrypted");
      CHECK_FALSE(got.left[0].failed);
      CHECK(got.members.empty());
    }
    Collected around = expand("a.tar", made::archive({"ustar"}, {{"x.zip", locked}, {"free.txt", "open"}}));
    CHECK(around.members["free.txt"] == "open");
    CHECK(around.left[0].path == "x.zip!/locked.txt");
  }
}

TEST_CASE("a zip behind a script is found by its end") {
  std::string zip = made::archive({"zip"}, {{"__main__.py", "key = 1\n"}});
  std::string zipapp = std::string("#!/usr/bin/env python3\n") + zip;
  CHECK_FALSE(keywake::archive::is_archive(zipapp));
  CHECK(keywake::archive::is_archive_whole(zipapp));
  CHECK(expand("run.pyz", zipapp).members["__main__.py"] == "key = 1\n");
  Collected nested = expand("a.tar", made::archive({"ustar"}, {{"run", zipapp}}));
  CHECK(nested.members["run!/__main__.py"] == "key = 1\n");
  CHECK(nested.members["run"] == zipapp);
}

TEST_CASE("tars one after another are all read") {
  std::string two = made::archive({"ustar"}, {{"a", "1"}}) + made::archive({"ustar"}, {{"b", "2"}});
  CHECK(expand("x.tar", two).members == std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}});
  std::string gz = made::compressed("gzip", "one\n") + made::compressed("gzip", "two\n");
  CHECK(expand("log.gz", gz).members["log"] == "one\ntwo\n");
}

TEST_CASE("limits: each is named, with what was left out") {
  SECTION("depth") {
    std::string bytes = "innermost";
    for (int i = 0; i < 5; ++i) bytes = made::archive({"ustar"}, {{"n", bytes}});
    Limits limits;
    limits.depth = 3;
    Collected got = expand("a.tar", bytes, limits);
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].path == "n!/n!/n");
    CHECK(got.left[0].reason == "archives nested more than 3 deep");
    CHECK(keywake::archive::is_archive(got.members["n!/n!/n"]));  // not entered, but there
    limits.depth = 5;
    CHECK(expand("a.tar", bytes, limits).members["n!/n!/n!/n!/n"] == "innermost");
  }
  SECTION("members") {
    std::vector<File> files;
    for (int i = 0; i < 100; ++i) files.push_back({fmt::format("f{}", i), "x"});
    Limits limits;
    limits.members = 10;
    Collected got = expand("a.tar", made::archive({"ustar"}, files), limits);
    CHECK(got.members.size() == 10);
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].reason == "more than 10 members in one archive: the rest is left out");
  }
  SECTION("member_bytes, stated or not") {
    Limits limits;
    limits.member_bytes = 1000;
    for (std::string bytes : {made::archive({"ustar"}, {{"big", words(200'000)}, {"small", "s"}}),
                              made::archive({"ustar"}, {{"big", words(1001)}, {"small", "s"}}),
                              made::archive({"zip"}, {{"big", words(200'000)}, {"small", "s"}}),
                              made::archive({"ustar"}, {{"big", words(17 << 20)}, {"small", "s"}})}) {
      Collected got = expand("a", bytes, limits);
      CHECK(got.members == std::map<std::string, std::string>{{"small", "s"}});
      REQUIRE(got.left.size() == 1);
      CHECK(got.left[0].path == "big");
      CHECK(got.left[0].reason == "archive member larger than 1000 B");
    }
    limits.member_bytes = 17 << 20;
    Collected got = expand("a.gz", made::compressed("zstd", words(18 << 20)), limits);
    CHECK(got.members["a"].size() == 17 << 20);  // its size is not stated: known only when it was read
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].reason == "archive member larger than 17 MiB");
  }
  SECTION("total_bytes") {
    std::vector<File> files;
    for (int i = 0; i < 100; ++i) files.push_back({fmt::format("f{}", i), words(10'000)});
    Limits limits;
    limits.total_bytes = 100'000;
    Collected got = expand("a.tar", made::archive({"ustar"}, files), limits);
    CHECK(got.members.size() == 10);
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].path == "f10");
    CHECK(got.left[0].reason == "archive expands to more than 98 KiB: the rest is left out");
  }
}

TEST_CASE("bombs stop early") {
  Limits limits;
  SECTION("one stream of zeros, by its ratio") {
    limits.ratio = 100;
    std::string bomb = made::compressed("gzip", std::string(64 << 20, '\0'));
    for (bool streamed : {false, true}) {
      Collected got = streamed ? expand_stream("b.gz", bomb, 4096, false, limits) : expand("b.gz", bomb, limits);
      CHECK(got.bytes <= 40 << 20);
      REQUIRE(got.left.size() == 1);
      CHECK(got.left[0].reason == "archive expands more than 100-fold: the rest is left out");
    }
  }
  SECTION("nested streams, by the ratio over all") {
    std::string bomb = made::compressed("gzip", made::compressed("zstd", made::compressed("gzip", std::string(64 << 20, '\0'))));
    CHECK(bomb.size() < 4096);
    Collected got = expand("b.gz.zst.gz", bomb, limits);
    CHECK(got.bytes <= 40 << 20);
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].path == "b.gz.zst!/b.gz!/b");
    CHECK(got.left[0].reason == "archive expands more than 2,000-fold: the rest is left out");
  }
  SECTION("wide: 16 zips of 16 zips of zeros, as 42.zip") {
    std::string bytes = std::string(4 << 20, '\0');
    for (int level = 0; level < 4; ++level) {
      std::vector<File> files;
      for (int i = 0; i < 16; ++i) files.push_back({fmt::format("{}", i), bytes});
      bytes = made::archive({"zip"}, files);
    }
    Collected got = expand("42.zip", bytes, limits);  // 16^4 × 4 MiB, were it all expanded
    CHECK(got.bytes < 600 << 20);
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].reason == "archive expands more than 2,000-fold: the rest is left out");
  }
  SECTION("a bomb among files ends itself only") {
    std::string bomb = made::compressed("zstd", std::string(64 << 20, '\0'));
    std::string ballast(200'000, '\0');
    std::mt19937 random(3);
    for (char& c : ballast) c = static_cast<char>(random());
    Collected got = expand("a.tar", made::archive({"ustar"}, {{"before", "1"}, {"bomb.zst", bomb}, {"ballast", ballast}, {"after", "2"}}), limits);
    INFO(got.reasons());
    CHECK(got.members["after"] == "2");
    CHECK(got.members["before"] == "1");
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].path == "bomb.zst");
    CHECK(got.left[0].reason == "archive expands more than 2,000-fold: the rest is left out");
  }
  SECTION("a sparse hole of a terabyte") {
    // Old GNU sparse header: one byte at the end of a hole.
    std::string tar = made::archive({"gnutar"}, {{"hole", std::string(512, 'x')}});
    tar[156] = 'S';
    tar.replace(386, 24, "20000000000\0" "00000001000\0", 24);  // offset 2 GiB, 512 bytes
    tar.replace(483, 12, "20000001000\0", 12);                  // real size
    std::fill(tar.begin() + 148, tar.begin() + 156, ' ');
    unsigned sum = 0;
    for (char c : tar.substr(0, 512)) sum += static_cast<unsigned char>(c);
    tar.replace(148, 7, fmt::format("{:06o}", sum) + '\0');
    limits.member_bytes = 4ull << 30;
    Collected got = expand("s.tar", tar, limits);
    INFO(got.reasons());
    CHECK(got.bytes < 64 << 20);
    CHECK(got.left.size() == 1);
  }
}

TEST_CASE("cut short anywhere: never a crash, what came before is kept, the break is named") {
  std::vector<File> files;
  std::mt19937 random(5);
  for (int i = 0; i < 12; ++i) {
    std::string noise = words(800, static_cast<unsigned>(i));
    for (char& c : noise) c = static_cast<char>(c ^ (random() & 0x0f));
    files.push_back({fmt::format("f{}.txt", i), noise});
  }
  std::vector<std::pair<std::string, std::string>> cases;
  for (const char* format : {"ustar", "pax", "newc", "odc", "zip", "7zip", "iso9660", "xar", "argnu"}) {
    cases.emplace_back(format, made::archive({format}, files));
  }
  for (const char* filter : {"gzip", "bzip2", "xz", "lzma", "lzip", "zstd", "lz4", "compress"}) {
    cases.emplace_back(filter, made::archive({"ustar", filter}, files));
  }
  cases.emplace_back("rar4", made::rar4(files[0]));
  cases.emplace_back("rar5", made::rar5(files[0]));
  cases.emplace_back("cab", made::cab(files[0]));
  cases.emplace_back("lha", made::lha(files[0]));
  cases.emplace_back("rpm", made::rpm(files, "gzip"));
  for (const auto& [name, bytes] : cases) {
    std::size_t kept = 0;
    for (std::size_t cut = 0; cut < bytes.size(); cut += 100) {
      std::string part = bytes.substr(0, cut);
      for (bool streamed : {false, true}) {
        Collected got = streamed ? expand_stream("x", part, 1000, false) : expand("x", part);
        INFO(name << " cut at " << cut << got.reasons());
        CHECK(got.left.size() <= 2);
        for (const auto& [path, content] : got.members) {
          auto original = std::find_if(files.begin(), files.end(), [&](const File& f) { return f.path == path; });
          if (original != files.end()) CHECK(original->bytes.starts_with(content));
        }
        kept = std::max(kept, got.members.size());
        // Formats whose end is marked cannot be cut unnoticed.
        if (keywake::archive::is_archive(part) && cut + 1024 < bytes.size() && name != "iso9660" && name != "argnu") {
          CHECK(got.left.size() >= 1);
        }
      }
    }
    INFO(name);
    // 7z and xar are useless without their end; of compressed streams libarchive keeps whole blocks of 64 KiB.
    bool is_plain = std::string_view("ustar pax newc odc zip iso9660 argnu rar4 rar5 cab lha").find(name) != std::string_view::npos;
    if (is_plain) CHECK(kept >= 1);
  }
}

TEST_CASE("what came before the cut of a compressed tar is kept, up to libarchive's block of 64 KiB") {
  std::vector<File> files;
  for (int i = 0; i < 10; ++i) files.push_back({fmt::format("f{}.txt", i), words(60'000, static_cast<unsigned>(i))});
  for (const char* filter : {"gzip", "xz", "zstd", "lzip", "compress"}) {
    std::string whole = made::archive({"ustar", filter}, files);
    Collected got = expand("x", whole.substr(0, whole.size() * 7 / 10));
    INFO(filter << got.reasons());
    CHECK(got.members["f0.txt"] == files[0].bytes);
    CHECK(got.members["f2.txt"] == files[2].bytes);
    CHECK(got.left.size() == 1);
    CHECK_FALSE(got.complete);
  }
}

TEST_CASE("the break of a tar is located") {
  std::string tar = made::archive({"ustar"}, {{"a", words(2000)}, {"b", words(5000)}, {"c", "never"}});
  std::string cut = tar.substr(0, 512 + 2048 + 512 + 1000);
  Collected got = expand("x.tar", cut);
  CHECK(got.members["a"] == words(2000));
  CHECK(got.members["b"] == words(1000).substr(0, 1000));
  REQUIRE(got.left.size() == 1);
  CHECK(got.left[0].path == "b");
  CHECK(got.left[0].reason.starts_with("damaged tar: Truncated"));
  CHECK(got.left[0].reason.find("entry 2") != std::string::npos);
  CHECK_FALSE(got.left[0].failed);
}

TEST_CASE("a damaged member does not end a zip") {
  std::string zip = made::archive({"zip", "", "zip:compression=store"}, {{"a", "first member"}, {"b", "second member"}, {"c", "third"}});
  zip[zip.find("second member")] = 'S';
  Collected got = expand("x.zip", zip);
  CHECK(got.members["a"] == "first member");
  CHECK(got.members["b"] == "Second member");
  CHECK(got.members["c"] == "third");
  REQUIRE(got.left.size() == 1);
  CHECK(got.left[0].path == "b");
  CHECK(got.left[0].reason.starts_with("damaged: "));
}

TEST_CASE("input that cannot be read is a failure") {
  std::string tar = made::archive({"ustar"}, {{"a", words(300'000)}});
  std::size_t at = 0;
  Stream stream{[&]() -> keywake::Result<std::string_view> {
    if (at > 100'000) return keywake::fail("cannot be read: Input/output error");
    at += 10'000;
    return std::string_view(tar).substr(at - 10'000, 10'000);
  }};
  Collected got;
  CHECK_FALSE(keywake::archive::expand("x.tar", stream, {}, got));
  REQUIRE(got.left.size() == 1);
  CHECK(got.left[0].failed);
  CHECK(got.left[0].reason == "cannot be read: Input/output error");
  CHECK(words(300'000).starts_with(got.members["a"]));
  CHECK(got.members["a"].size() > 90'000);
}

TEST_CASE("many left out members are summed up") {
  std::vector<File> files;
  for (int i = 0; i < 1500; ++i) files.push_back({fmt::format("f{}", i), "x"});
  std::string zip = made::archive({"zip", "", "zip:encryption=zipcrypt", "placeholder"}, files);
  Collected got = expand("x.zip", zip);
  REQUIRE(got.left.size() == 1001);
  CHECK(got.left.back().reason == "500 more members left out");
}

TEST_CASE("a visitor's exception passes through") {
  struct Throws : Collected {
    void member(const std::string&, std::string_view) override { throw std::runtime_error("enough"); }
  } visitor;
  std::string gz = made::archive({"ustar", "gzip"}, {{"x.tar.gz", made::archive({"ustar", "gzip"}, kTwo)}});
  CHECK_THROWS_AS(keywake::archive::expand("x", gz, {}, visitor), std::runtime_error);
}

TEST_CASE("random damage never crashes") {
  std::mt19937 random(11);
  std::vector<std::string> originals;
  for (const char* format : {"ustar", "pax", "newc", "zip", "7zip", "iso9660", "xar", "argnu"}) {
    originals.push_back(made::archive({format}, kTwo));
  }
  for (const char* filter : {"gzip", "xz", "zstd", "lz4", "compress"}) originals.push_back(made::archive({"pax", filter}, kTwo));
  originals.push_back(made::rar4(kTwo[0]));
  originals.push_back(made::rar5(kTwo[0]));
  originals.push_back(made::cab(kTwo[0]));
  Limits limits;
  limits.total_bytes = 64 << 20;
  std::size_t reported = 0;
  for (const std::string& original : originals) {
    for (int round = 0; round < 60; ++round) {
      std::string bytes = original;
      for (int i = 0; i < 1 + round / 6; ++i) bytes[16 + random() % (bytes.size() - 16)] = static_cast<char>(random());
      Collected got = expand("x", bytes, limits);
      reported += got.left.size();
    }
  }
  CHECK(reported > 100);
}
