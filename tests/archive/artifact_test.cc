// Build artifacts in archives and by themselves: their parts are members, within the limits; their own bytes come once, or not at all.
#include "archive/collected.h"
#include "artifacts/made_class.h"

using namespace made;

namespace {

std::string a_class(const std::string& secret) {
  ClassFile file;
  file.field("TOKEN", file.string(secret));
  return file.bytes();
}

}  // namespace

TEST_CASE("an artifact by itself: parts as members, no bytes of its own where the parts hold all") {
  const std::string bytes = a_class("a value");
  CHECK(keywake::archive::is_archive(bytes));
  for (const Collected& got : {expand("K.class", bytes), expand_stream("K.class", bytes, 7, false), expand_stream("K.class", bytes, 7, true)}) {
    CHECK(got.complete);
    CHECK(got.left.empty());
    REQUIRE(got.members.size() == 1);
    CHECK(got.members.at("strings").starts_with("TOKEN = \"a value\"\n"));
  }
}

TEST_CASE("artifacts inside archives, at every level") {
  const std::string jar = made::archive({"zip"}, {{"com/acme/K.class", a_class("inner value")}, {"notes.txt", "plain"}});
  const Collected got = expand("app.tar.gz", made::archive({"pax", "gzip"}, {{"lib/app.jar", jar}}));
  INFO(got.reasons());
  CHECK(got.left.empty());
  CHECK(got.members.at("lib/app.jar!/com/acme/K.class!/strings").starts_with("TOKEN = \"inner value\"\n"));
  CHECK(got.members.at("lib/app.jar!/notes.txt") == "plain");
  CHECK_FALSE(got.members.contains("lib/app.jar!/com/acme/K.class"));
}

TEST_CASE("a damaged artifact is named, and scanned as bytes; the others are not touched") {
  const std::string whole = a_class("a value");
  const std::string cut = whole.substr(0, whole.size() - 6);
  const Collected got = expand("a.tar", made::archive({"ustar"}, {{"A.class", cut}, {"B.class", whole}}));
  REQUIRE(got.left.size() == 1);
  CHECK(got.left[0].path == "A.class");
  CHECK(got.left[0].reason == "damaged Java class: cut off behind its constant pool");
  CHECK_FALSE(got.left[0].failed);
  CHECK(got.members.at("A.class") == cut);
  CHECK(got.members.contains("A.class!/strings"));
  CHECK(got.members.contains("B.class!/strings"));
  CHECK_FALSE(got.members.contains("B.class"));
  CHECK(got.complete);
  // By itself its own bytes have the empty path.
  CHECK(expand("A.class", cut).members.at("") == cut);
}

TEST_CASE("parts are charged to the limits like members") {
  SECTION("depth") {
    Limits limits;
    limits.depth = 1;
    const std::string bytes = a_class("a value");
    const Collected got = expand("a.tar", made::archive({"ustar"}, {{"K.class", bytes}}), limits);
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].path == "K.class");
    CHECK(got.left[0].reason == "archives nested more than 1 deep");
    CHECK(got.members.at("K.class") == bytes);
  }
  SECTION("members") {
    Limits limits;
    limits.members = 5;
    ClassFile file;
    for (int i = 0; i < 20; ++i) file.utf8(fmt::format("line\n{}", i));  // each a part
    const Collected got = expand("K.class", file.bytes(), limits);
    CHECK(got.members.size() == 6);  // and its own bytes, so that nothing is lost
    CHECK(got.members.at("") == file.bytes());
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].reason == "more than 5 members in one archive: the rest is left out");
  }
  SECTION("total_bytes") {
    Limits limits;
    limits.total_bytes = 1000;
    const Collected got = expand("K.class", a_class(std::string(5000, 'x')), limits);
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].reason == "archive expands to more than 1000 B: the rest is left out");
    CHECK(got.members.contains(""));
  }
}

TEST_CASE("an artifact that is too large to be kept is scanned as it lies") {
  Limits limits;
  limits.member_bytes = 100'000;
  const std::string bytes = a_class(std::string(60'000, 'x')) + std::string(80'000, '\0');
  for (const bool seekable : {false, true}) {
    const Collected got = expand_stream("K.class", bytes, 10'000, seekable, limits);
    REQUIRE(got.left.size() == 1);
    CHECK(got.left[0].path.empty());
    CHECK(got.left[0].reason == "build artifact larger than 98 KiB: not taken apart, its bytes are scanned as they lie");
    CHECK(got.members.at("") == bytes);
    CHECK(got.complete);
  }
  const Collected at_once = expand("K.class", bytes, limits);
  REQUIRE(at_once.left.size() == 1);
  CHECK(at_once.left[0].reason == "build artifact larger than 98 KiB: not taken apart, its bytes are scanned as they lie");
  CHECK(at_once.members == std::map<std::string, std::string>{{"", bytes}});
}

TEST_CASE("a zip behind an artifact is entered as well") {
  const std::string bytes = a_class("a value") + made::archive({"zip"}, {{"inside.txt", "in the zip"}});
  const Collected got = expand("K.class", bytes);
  CHECK(got.members.at("inside.txt") == "in the zip");
  CHECK(got.members.contains("strings"));
  CHECK(got.members.at("").size() == bytes.size());
  CHECK(got.members.at("").find("a value") == std::string::npos);
}
