// Archives that are cut short or damaged: what came before is kept.
#include <algorithm>
#include <random>
#include <stdexcept>

#include "archive/collected.h"

using namespace made;

TEST_CASE("cut short anywhere: never a crash, what came before is kept, the break is named") {
  std::vector<File> files;
  std::mt19937 random(5);
  for (int i = 0; i < 12; ++i) {
    std::string noise = words(800, static_cast<unsigned>(i));
    for (char& c : noise) c = static_cast<char>(c ^ (random() & 0x0f));
    files.push_back({fmt::format("f{}.txt", i), noise});
  }
  std::vector<std::pair<std::string, std::string>> cases;
  for (const char* format :
       {"ustar", "pax", "newc", "odc", "zip", "7zip", "iso9660", "xar", "argnu"}) {
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
          auto original = std::find_if(files.begin(), files.end(),
                                       [&](const File& f) { return f.path == path; });
          if (original != files.end()) CHECK(original->bytes.starts_with(content));
        }
        kept = std::max(kept, got.members.size());
        // Formats whose end is marked cannot be cut unnoticed.
        if (keywake::archive::is_archive(part) && cut + 1024 < bytes.size() && name != "iso9660" &&
            name != "argnu") {
          CHECK(got.left.size() >= 1);
        }
      }
    }
    INFO(name);
    // 7z and xar are useless without their end; of compressed streams libarchive keeps whole blocks
    // of 64 KiB.
    bool is_plain =
        std::string_view("ustar pax newc odc zip iso9660 argnu rar4 rar5 cab lha").find(name) !=
        std::string_view::npos;
    if (is_plain) CHECK(kept >= 1);
  }
}

TEST_CASE(
    "what came before the cut of a compressed tar is kept, up to libarchive's block of 64 KiB") {
  std::vector<File> files;
  for (int i = 0; i < 10; ++i)
    files.push_back({fmt::format("f{}.txt", i), words(60'000, static_cast<unsigned>(i))});
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
  std::string tar =
      made::archive({"ustar"}, {{"a", words(2000)}, {"b", words(5000)}, {"c", "never"}});
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
  std::string zip = made::archive({"zip", "", "zip:compression=store"},
                                  {{"a", "first member"}, {"b", "second member"}, {"c", "third"}});
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

TEST_CASE("random damage never crashes") {
  std::mt19937 random(11);
  std::vector<std::string> originals;
  for (const char* format : {"ustar", "pax", "newc", "zip", "7zip", "iso9660", "xar", "argnu"}) {
    originals.push_back(made::archive({format}, kTwo));
  }
  for (const char* filter : {"gzip", "xz", "zstd", "lz4", "compress"})
    originals.push_back(made::archive({"pax", filter}, kTwo));
  originals.push_back(made::rar4(kTwo[0]));
  originals.push_back(made::rar5(kTwo[0]));
  originals.push_back(made::cab(kTwo[0]));
  Limits limits;
  limits.total_bytes = 64 << 20;
  std::size_t reported = 0;
  for (const std::string& original : originals) {
    for (int round = 0; round < 60; ++round) {
      std::string bytes = original;
      for (int i = 0; i < 1 + round / 6; ++i)
        bytes[16 + random() % (bytes.size() - 16)] = static_cast<char>(random());
      Collected got = expand("x", bytes, limits);
      reported += got.left.size();
    }
  }
  CHECK(reported > 100);
}
