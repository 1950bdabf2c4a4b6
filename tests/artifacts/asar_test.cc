#include "artifacts/asar.h"

#include "artifacts/made_artifact.h"

using keywake::artifacts::Format;
using made::asar;

TEST_CASE("an asar gives its files by their paths") {
  const std::string header = R"({"files":{"package.json":{"size":5,"offset":"0"},"src":{"files":{"main.js":{"size":6,"offset":"5","executable":true,)"
                             R"("integrity":{"algorithm":"SHA256","hash":"aa","blockSize":4,"blocks":["aa"]}},"files":{"files":{"size":{"size":2,"offset":"11"}}}}},)"
                             R"("native.node":{"size":99,"unpacked":true},"latest":{"link":"src/main.js"}}})";
  const std::string bytes = asar(header, "firstsecondxy");
  CHECK(keywake::artifacts::recognise(bytes) == Format::kAsar);
  const auto got = made::unfold(Format::kAsar, bytes);
  CHECK(got.error.empty());
  CHECK(got.complete);
  const std::map<std::string, std::string> expected{{"package.json", "first"}, {"src/main.js", "second"}, {"src/files/size", "xy"}};
  CHECK(got.parts == expected);
}

TEST_CASE("bytes of an asar that no file holds come as its own, without those of its files") {
  const auto got = made::unfold(Format::kAsar, asar(R"({"files":{"a":{"size":2,"offset":"0"},"b":{"size":2,"offset":"4"}}})", "aaxxbb"));
  CHECK(got.parts.size() == 3);
  CHECK(got.parts.at("").ends_with("  xx  "));
  CHECK(got.complete);
}

TEST_CASE("a damaged asar is an error, and what came before stays") {
  CHECK(made::unfold(Format::kAsar, asar(R"({"files":{"a":{"size":2,"offset":"0"},"b":{"size":9,"offset":"4"}}})", "aaxxbb")).error == "a file of it lies outside the archive");
  CHECK(made::unfold(Format::kAsar, asar(R"({"files":{"a":{"size":2,"offset":"0"},"b":{"size":9,"offset":"4"}}})", "aaxxbb")).parts.count("a") == 1);
  CHECK(made::unfold(Format::kAsar, asar(R"({"files":{"a":)", "")).error.starts_with("its header"));
  CHECK(made::unfold(Format::kAsar, asar(R"({"files":{"a":{"size":18446744073709551615,"offset":"1"}}})", "aaxxbb")).error == "a file of it lies outside the archive");
  std::string nested;
  for (int i = 0; i < 10'000; ++i) nested += R"({"files":{"a":)";
  CHECK(made::unfold(Format::kAsar, asar(nested, "")).error.starts_with("its header"));
  made::survives_damage(Format::kAsar, asar(R"({"files":{"a":{"size":2,"offset":"0"}}})", "aaxxbb"));
}

TEST_CASE("a file that lies outside the asar does not hide those after it") {
  const auto got = made::unfold(Format::kAsar, asar(R"({"files":{"b":{"size":9,"offset":"4"},"a":{"size":2,"offset":"0"}}})", "aaxxbb"));
  CHECK(got.error == "a file of it lies outside the archive");
  CHECK(got.parts.at("a") == "aa");
}

TEST_CASE("files of an asar that share bytes a thousand times over are refused") {
  std::string header = R"({"files":{)";
  for (int i = 0; i < 1000; ++i) header += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":{"size":1000000,"offset":"0"})";
  const auto got = made::unfold(Format::kAsar, asar(header + "}}", std::string(1'000'000, 'x')));
  CHECK(got.error == "its files overlap too often");
}
