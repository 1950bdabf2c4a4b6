// .NET assemblies: what is UTF-16 in them comes as text, with names; each text once.
#include "artifacts/dotnet.h"

#include "artifacts/made_assembly.h"
#include "artifacts/unfolded.h"

namespace {

using made::Taken;
using made::take_apart;

// Code that loads a string and gives it to a field or a method: ldarg.0, ldstr, the instruction, ret.
std::string give(std::uint32_t string, unsigned char instruction, std::uint32_t to) {
  return "\x02\x72" + made::little(string, 4) + static_cast<char>(instruction) + made::little(to, 4) + "\x2a";
}

constexpr unsigned char kStoreField = 0x7d;
constexpr unsigned char kStoreStatic = 0x80;
constexpr unsigned char kCallVirtual = 0x6f;

made::Assembly sample() {
  made::Assembly assembly;
  assembly.constant("ApiKey", "the constant");
  assembly.field("<Password>k__BackingField");
  const std::uint32_t password = assembly.last_field();
  assembly.constant("Empty", "");
  assembly.constant("Second", "another one");
  assembly.field("token");
  assembly.method(give(assembly.user_string("alone"), 0x26, 0));
  assembly.method(give(assembly.user_string("of a property"), kStoreField, password));
  assembly.method(std::string(70, '\0') + give(assembly.user_string("of a field"), kStoreStatic, assembly.last_field()));
  assembly.method(give(assembly.user_string("passed on"), kCallVirtual, assembly.member("set_ConnectionString")));
  assembly.resource("app.settings.json", R"({"key": "value"})");
  return assembly;
}

}  // namespace

TEST_CASE("an assembly is known by its CLI header, not by its being a program") {
  const std::string bytes = sample().bytes();
  CHECK(keywake::artifacts::is_dotnet(bytes));
  CHECK(keywake::artifacts::recognise(bytes) == made::Format::kDotNet);
  std::string native = bytes;
  native.replace(64 + 24 + 96 + 14 * 8, 8, std::string(8, '\0'));  // the directory that points to it
  CHECK_FALSE(keywake::artifacts::is_dotnet(native));
  CHECK_FALSE(keywake::artifacts::is_dotnet("MZ is how this text begins, and it is a text"));
}

TEST_CASE("constants and user strings of an assembly come as text with their names") {
  const Taken got = take_apart(sample().bytes());
  CHECK(got.error.empty());
  CHECK(got.all);
  // Line N is row N of the table: the second is the empty one.
  CHECK(got.parts.at("constants") == "ApiKey = \"the constant\"\n\nSecond = \"another one\"\n");
  CHECK(got.parts.at("strings") == "alone\nPassword = \"of a property\"\ntoken = \"of a field\"\nConnectionString = \"passed on\"\n");
  CHECK(got.parts.at("resources/app.settings.json") == R"({"key": "value"})");
}

TEST_CASE("what one part of an assembly shows, no other does") {
  const std::string bytes = sample().bytes();
  const Taken got = take_apart(bytes);
  const std::string& own = got.parts.at("");
  REQUIRE(own.size() == bytes.size());
  for (const std::string& text : {made::utf16("the constant"), made::utf16("alone"), std::string(R"("value")")}) {
    CHECK(bytes.find(text) != std::string::npos);
    CHECK(own.find(text) == std::string::npos);
  }
  CHECK(own.find("BackingField") == bytes.find("BackingField"));
}

TEST_CASE("a constant that code uses comes once, with its name") {
  made::Assembly assembly;
  assembly.constant("Key", "in both");
  assembly.constant("Other", "declared only");
  assembly.method(give(assembly.user_string("in both"), 0x26, 0));
  const Taken got = take_apart(assembly.bytes());
  CHECK(got.parts.at("strings") == "Key = \"in both\"\n");
  CHECK(got.parts.at("constants") == "\nOther = \"declared only\"\n");
}

TEST_CASE("strings of any length: two and four bytes of length") {
  made::Assembly assembly;
  const std::string middle(5000, 'm');
  const std::string longest(20'000, 'l');
  assembly.user_string(middle);
  assembly.user_string(longest);
  CHECK(take_apart(assembly.bytes()).parts.at("strings") == middle + "\n" + longest + "\n");
}

TEST_CASE("an assembly cut short or changed anywhere: no crash, and its parts stay in proportion") {
  CHECK(made::damage_everywhere(sample().bytes(), 10) > 100);
}

TEST_CASE("a thousand resources or constants that share their bytes end in an error, not in a thousand copies") {
  made::Assembly resources;
  resources.resource("r", std::string(100'000, 'x'));
  resources.repeat_resource(1000);
  made::Assembly constants;
  constants.constant("c", std::string(100'000, 'x'));
  constants.repeat_constant(1000);
  for (const auto& [bytes, error] : {std::pair{resources.bytes(), "its resources are longer than the file"}, std::pair{constants.bytes(), "its constants are longer than the file"}}) {
    const Taken got = take_apart(bytes);
    CHECK(got.error == error);
    CHECK(got.bytes < 3 * bytes.size());
  }
}
