// What comes out of archives of every kind, nested, with odd names and members.
#include <algorithm>
#include <random>
#include <stdexcept>

#include "archive/collected.h"

using namespace made;

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
  cases.push_back(
      {"zip-stored", made::archive({"zip", "", "zip:compression=store"}, kTwo), false, false});
  cases.push_back({"7z", made::archive({"7zip"}, kTwo), true, false});
  cases.push_back(
      {"7z-deflate", made::archive({"7zip", "", "7zip:compression=deflate"}, kTwo), true, false});
  cases.push_back({"xar", made::archive({"xar"}, kTwo), false, false});
  std::vector<File> one{{"one.txt", words(20'000)}};
  cases.push_back({"rar4", made::rar4(one[0]), false, false, one});
  cases.push_back({"rar5", made::rar5(one[0]), false, false, one});
  cases.push_back({"cab", made::cab(one[0]), false, false, one});
  cases.push_back({"lha", made::lha(one[0]), false, false, one});
  for (const char* filter : {"gzip", "bzip2", "xz", "lzma", "lzip", "zstd", "lz4", "compress"}) {
    cases.push_back({fmt::format("tar.{}", filter), made::archive({"pax", filter}, kTwo)});
    std::vector<File> single{{"data", kTwo[1].bytes}};
    cases.push_back({fmt::format("single.{}", filter), made::compressed(filter, single[0].bytes),
                     false, true, single});
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

TEST_CASE("what stands behind the end of a compressed stream is not lost") {
  for (const char* filter : {"gzip", "bzip2", "xz", "lzip", "zstd", "lz4"}) {
    const std::string stream = made::compressed(filter, kTwo[1].bytes);
    for (const std::string& rest : {std::string("\ntoken behind it\n"), std::string("\n") + words(100'000)}) {
      for (const std::string& bytes : {stream + rest, made::archive({"pax", filter}, kTwo) + rest}) {
        INFO(filter << ", " << rest.size());
        CHECK_FALSE(expand("f.bin", bytes).complete);
        CHECK_FALSE(expand_stream("f.bin", bytes, 777, false).complete);
      }
    }
    CHECK(expand("f.bin", stream).complete);
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
  for (auto [name, member] :
       std::vector<std::pair<std::string, std::string>>{{"notes.txt.gz", "notes.txt"},
                                                        {"dir.gz/notes.txt.Z", "notes.txt"},
                                                        {"dir/.gz", "data"},
                                                        {"notes", "data"},
                                                        {"a.tgz", "data"}}) {
    Collected got = expand(name, gz);
    INFO(name);
    CHECK(got.members == std::map<std::string, std::string>{{member, "hello"}});
  }
}

TEST_CASE("a compressed file of nothing is nothing, not damage") {
  for (const char* filter : {"gzip", "bzip2", "xz", "lzma", "lzip", "zstd"}) {
    Collected got = expand("empty", made::compressed(filter, ""));
    INFO(filter << got.reasons());
    CHECK(got.left.empty());
    CHECK(got.bytes == 0);
  }
  CHECK(expand("empty.zip", made::archive({"zip"}, {})).left.empty());
  CHECK(expand("empty.tar.gz", made::archive({"ustar", "gzip"}, {})).left.empty());
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
  Collected got = expand("image.tar",
                         made::archive({"ustar"}, {{"layer.tar", layer}, {"manifest.json", "{}"}}));
  INFO(got.reasons());
  CHECK(got.complete);
  CHECK(got.members["layer.tar!/etc/a"] == big);
  CHECK(got.members["layer.tar!/etc/b"] == "small");
  CHECK(got.members["manifest.json"] == "{}");
  CHECK(got.members.size() == 3);

  std::string gz = made::archive(
      {"ustar", "gzip"}, {{"layer.tar.gz", made::archive({"ustar", "gzip"}, {{"etc/a", big}})}});
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
  for (std::string bytes :
       {made::archive({"ustar", "zstd"}, {{"big", big}, {"after", "a"}}),
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
  std::vector<std::string> names{"../../etc/passwd",
                                 "/absolute/path",
                                 "line\nbreak",
                                 "esc\x1b[31mred",
                                 "caf\xc3\xa9.txt",
                                 "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82",
                                 "a!/b",
                                 std::string(300, 'n') + "/x"};
  for (const char* format : {"pax", "gnutar", "newc", "zip"}) {
    std::vector<File> files;
    for (const std::string& name : names)
      files.push_back({name, std::string("content of ") + name});
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
    std::string locked =
        made::archive({"zip", "", method, "placeholder"}, {{"locked.txt", words(5000)}});
    for (bool streamed : {false, true}) {
      Collected got =
          streamed ? expand_stream("a.zip", locked, 512, false) : expand("a.zip", locked);
      INFO(method << got.reasons());
      REQUIRE(got.left.size() >= 1);
      CHECK(got.left[0].path == "locked.txt");
      CHECK(got.left[0].reason == "encrypted");
      CHECK_FALSE(got.left[0].failed);
      CHECK(got.members.empty());
    }
    Collected around =
        expand("a.tar", made::archive({"ustar"}, {{"x.zip", locked}, {"free.txt", "open"}}));
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

TEST_CASE("an initramfs is read to its end: cpio archives one behind the other, compressed or not") {
  const std::string microcode = made::archive({"newc"}, {{"kernel/x86/microcode/GenuineIntel.bin", words(3000)}}) + std::string(1024, '\0');
  const std::string main = made::archive({"newc", "zstd"}, {{"conf/conf.d/cryptroot", "key = 1\n"}, {"init", words(100'000)}});
  const std::string more = made::archive({"newc"}, {{"scripts/local", "last\n"}});
  const std::map<std::string, std::string> all{
      {"kernel/x86/microcode/GenuineIntel.bin", words(3000)}, {"conf/conf.d/cryptroot", "key = 1\n"}, {"init", words(100'000)}, {"scripts/local", "last\n"}};
  const std::string initramfs = microcode + more + std::string(512, '\0') + main;
  for (const Collected& got : {expand("initrd.img", initramfs), expand_stream("initrd.img", initramfs, 777, false), expand_stream("initrd.img", initramfs, 10'000, true)}) {
    INFO(got.reasons());
    CHECK(got.left.empty());
    CHECK(got.complete);
    CHECK((got.members == all));
  }
  CHECK(expand("a.tar", made::archive({"ustar"}, {{"boot/initrd.img", initramfs}})).members["boot/initrd.img!/scripts/local"] == "last\n");
  // Anything else that follows is scanned with the archive's own bytes; so is what follows too many.
  CHECK_FALSE(expand("x.cpio", microcode + "token behind it\n").complete);
  std::string many;
  for (int i = 0; i < 5000; ++i) many += more;
  const Collected got = expand("x.cpio", many);
  CHECK_FALSE(got.complete);
  REQUIRE(got.left.size() == 1);
  CHECK(got.left[0].reason == "more than 100 archives one behind the other: the rest is left out");
}

TEST_CASE("a visitor's exception passes through") {
  struct Throws : Collected {
    void member(const std::string&, std::string_view) override {
      throw std::runtime_error("enough");
    }
  } visitor;
  std::string gz =
      made::archive({"ustar", "gzip"}, {{"x.tar.gz", made::archive({"ustar", "gzip"}, kTwo)}});
  CHECK_THROWS_AS(keywake::archive::expand("x", gz, {}, visitor), std::runtime_error);
}
