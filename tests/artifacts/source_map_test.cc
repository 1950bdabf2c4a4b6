#include "artifacts/source_map.h"

#include "artifacts/made_artifact.h"

using keywake::artifacts::clean_source_path;
using keywake::artifacts::Format;
using keywake::artifacts::is_source_map;

TEST_CASE("sources of a map come as files") {
  const std::string map = R"({"version":3,"file":"app.js","sources":["webpack:///./src/app.ts","../lib/b.js",null,"gone.js"],"sourcesContent":["const a = \"x\";\nnext",null,"third"],)"
                          R"("mappings":"AAAA,SAASA","names":["a"]})";
  REQUIRE(keywake::artifacts::recognise(map) == Format::kSourceMap);
  const auto got = made::unfold(Format::kSourceMap, map);
  CHECK(got.complete);
  const std::map<std::string, std::string> expected{
      {"src/app.ts", "const a = \"x\";\nnext"}, {"source-3", "third"}, {"strings", "app.js\na\n../lib/b.js\ngone.js\n"}};
  CHECK(got.parts == expected);
}

TEST_CASE("sections of a map are maps") {
  const std::string map = R"({"version":3,"file":"a","sections":[{"offset":{"line":0,"column":0},"map":{"version":3,"sources":["one.js"],"sourcesContent":["1"],"mappings":""}},)"
                          R"({"offset":{"line":9,"column":0},"map":{"version":3,"sourceRoot":"/root/","sourcesContent":["2"],"sources":["two.js"],"mappings":""}}]})";
  REQUIRE(is_source_map(map));
  const auto got = made::unfold(Format::kSourceMap, map);
  CHECK(got.parts.at("one.js") == "1");
  CHECK(got.parts.at("root/two.js") == "2");
}

TEST_CASE("a map without contents is scanned as it stands") {
  const auto got = made::unfold(Format::kSourceMap, R"({"version":3,"sources":["a.js"],"names":[],"mappings":"AAAA"})");
  CHECK(got.error.empty());
  CHECK_FALSE(got.complete);
  CHECK(got.parts.empty());
}

TEST_CASE("a map cut short gives what it holds") {
  const auto got = made::unfold(Format::kSourceMap, R"({"version":3,"sources":["a.js","b.js"],"sourcesContent":["whole","cu)");
  CHECK(got.error.starts_with("not JSON at byte"));
  CHECK(got.parts.at("a.js") == "whole");
}

TEST_CASE("only maps are taken for maps") {
  CHECK(is_source_map("{\n  \"version\": 3,\n  \"sources\": []}"));
  CHECK(is_source_map("\xef\xbb\xbf{\"mappings\":\"\",\"version\":3,\"sources\":[]}"));
  CHECK_FALSE(is_source_map(R"({"version":3,"lockfileVersion":1})"));
  CHECK_FALSE(is_source_map(R"({"version":"3.0","sources":[]})"));
  CHECK_FALSE(is_source_map(R"({"version":31,"sources":[]})"));
  CHECK_FALSE(is_source_map(R"({"name":"x","version":3,"sources":[],"mappings":""})"));
  CHECK_FALSE(is_source_map(R"({"file":"x","name":"y"})"));
  CHECK_FALSE(is_source_map("{"));
  CHECK_FALSE(is_source_map(""));
}

TEST_CASE("paths of sources are cleaned") {
  CHECK(clean_source_path("", "webpack://app/./src/../x.js") == "app/src/x.js");
  CHECK(clean_source_path("", "../../../etc/x") == "etc/x");
  CHECK(clean_source_path("http://h/r", "a.js") == "h/r/a.js");
  CHECK(clean_source_path("r", "webpack:///a.js") == "a.js");
  CHECK(clean_source_path("", "C:\\a\\b.js") == "C:/a/b.js");
  CHECK(clean_source_path("", "../..").empty());
  // A million sources below one long root were a million copies of it.
  CHECK(clean_source_path(std::string(1'000'000, 'r'), "a.js").size() < 1000);
}

TEST_CASE("hostile maps end") {
  made::survives_damage(Format::kSourceMap, R"({"version":3,"sources":["a.js","b.js"],"sourcesContent":["whole",{"map":{"sources":["x"]}}]})");
  std::string deep = R"({"version":3,"sources":)";
  deep.append(100'000, '[');
  CHECK_FALSE(made::unfold(Format::kSourceMap, deep).error.empty());
  CHECK_FALSE(made::unfold(Format::kSourceMap, "[\"x\"]").error.empty());
}
