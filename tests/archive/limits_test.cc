// Limits and bombs: what is left out is named.
#include <algorithm>
#include <random>
#include <stdexcept>

#include "archive/collected.h"

using namespace made;

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
    for (std::string bytes :
         {made::archive({"ustar"}, {{"big", words(200'000)}, {"small", "s"}}),
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
    CHECK(got.members["a"].size() ==
          17 << 20);  // its size is not stated: known only when it was read
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
      Collected got = streamed ? expand_stream("b.gz", bomb, 4096, false, limits)
                               : expand("b.gz", bomb, limits);
      CHECK(got.bytes <= 40 << 20);
      REQUIRE(got.left.size() == 1);
      CHECK(got.left[0].reason == "archive expands more than 100-fold: the rest is left out");
    }
  }
  SECTION("nested streams, by the ratio over all") {
    std::string bomb = made::compressed(
        "gzip", made::compressed("zstd", made::compressed("gzip", std::string(64 << 20, '\0'))));
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
    Collected got = expand(
        "a.tar",
        made::archive({"ustar"},
                      {{"before", "1"}, {"bomb.zst", bomb}, {"ballast", ballast}, {"after", "2"}}),
        limits);
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
    tar.replace(386, 24,
                "20000000000\0"
                "00000001000\0",
                24);                            // offset 2 GiB, 512 bytes
    tar.replace(483, 12, "20000001000\0", 12);  // real size
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

TEST_CASE("many left out members are summed up") {
  std::vector<File> files;
  for (int i = 0; i < 1500; ++i) files.push_back({fmt::format("f{}", i), "x"});
  std::string zip = made::archive({"zip", "", "zip:encryption=zipcrypt", "placeholder"}, files);
  Collected got = expand("x.zip", zip);
  REQUIRE(got.left.size() == 1001);
  CHECK(got.left.back().reason == "500 more members left out");
}
