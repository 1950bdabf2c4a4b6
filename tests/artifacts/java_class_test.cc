// Java classes: the pool as text, line N its entry N, with the names of what strings are given to.
#include "artifacts/made_class.h"

using namespace made;
using keywake::artifacts::recognise;

TEST_CASE("a class is told apart from fat Mach-O binaries and from text") {
  ClassFile file;
  file.utf8("text");
  CHECK(recognise(file.bytes()) == Format::kClass);
  CHECK(recognise(be(0xcafebabe, 4) + be(2, 4) + be(0x01000007, 4) + be(3, 4) + be(0x4000, 4) + std::string(64, '\0')) == Format::kNone);
  CHECK(recognise("\xca\xfe\xba\xbe is how class files begin") == Format::kNone);
  CHECK(recognise(file.bytes().substr(0, 10)) == Format::kNone);
}

TEST_CASE("strings of a class stand on the line of their entry, with names") {
  ClassFile file;
  const unsigned constant = file.string("of a constant");  // entries 1 and 2
  file.a_long();                                           // 3, and 4 that is none
  const unsigned stored = file.string("of a field");       // 5 and 6
  const unsigned passed = file.string("passed on");        // 7 and 8
  file.string("alone");                                    // 9 and 10
  file.field("API_KEY", constant);                         // 11 and 12: NAME and ConstantValue
  const unsigned field = file.reference(9, "password");
  const unsigned setter = file.reference(10, "setToken");
  file.method("\x12" + be(stored, 1) + "\xb5" + be(field, 2) + "\x13" + be(passed, 2) + "\xb6" + be(setter, 2));
  const Taken got = take_apart(file.bytes());
  CHECK(got.error.empty());
  CHECK(got.all);
  CHECK(got.parts.size() == 1);
  CHECK(got["strings"].starts_with("API_KEY = \"of a constant\"\n\n\n\npassword = \"of a field\"\n\nToken = \"passed on\"\n\nalone\n\nAPI_KEY\nConstantValue\n"));
}

TEST_CASE("modified UTF-8, quotes, and strings of several lines") {
  ClassFile file;
  file.utf8("caf\xc3\xa9 \xed\xa0\xbd\xed\xb8\x80 \xed\xa0\xbd");  // é, U+1F600 as a surrogate pair, half of one
  file.utf8(std::string("a\xc0\x80z"));                           // NUL, as Java writes it
  file.utf8("first\nsecond");
  file.field("BOTH", file.string("say \"hi\", it's"));
  file.field("ONE", file.string("say \"hi\""));
  const Taken got = take_apart(file.bytes());
  CHECK(got["strings"].starts_with("caf\xc3\xa9 \xf0\x9f\x98\x80 \xef\xbf\xbd\na z\n\nBOTH = say \"hi\", it's\n"));
  CHECK(got["strings"].find("ONE = 'say \"hi\"'\n") != std::string::npos);
  CHECK(got["strings/3"] == "first\nsecond");
}

TEST_CASE("thousands of strings given to one long name are not told it each") {
  ClassFile file;
  const unsigned field = file.reference(9, std::string(60'000, 'n'));
  std::string code;
  for (int i = 0; i < 10'000; ++i) code += "\x13" + be(file.string("v"), 2) + "\xb5" + be(field, 2);
  file.method(code);
  const std::string bytes = file.bytes();
  CHECK(take_apart(bytes).bytes < 2 * bytes.size());
}

TEST_CASE("a string that ends its line keeps its name, and names do not move lines") {
  ClassFile file;
  file.field("PASSWORD", file.string("value\r\n"));
  file.field("odd\nname", file.string("other"));
  file.utf8("\n");
  const Taken got = take_apart(file.bytes());
  CHECK(got.parts.size() == 2);
  CHECK(got["strings"].starts_with("PASSWORD = \"value\"\n\nPASSWORD\nConstantValue\nodd name = \"other\"\n"));
  CHECK(got["strings/7"] == "odd\nname");
}

TEST_CASE("attributes that nobody knows, and what follows the class, are scanned as bytes, without what the pool shows") {
  ClassFile file;
  file.method_with("VendorNotes", "text of the vendor");
  const Taken got = take_apart(file.bytes());
  CHECK(got.all);
  CHECK(got[""].size() == file.bytes().size());
  CHECK(got[""].find("text of the vendor") == file.bytes().find("text of the vendor"));
  CHECK(got[""].find("VendorNotes") == std::string::npos);
  ClassFile plain;
  plain.method("\xb1");
  CHECK_FALSE(take_apart(plain.bytes()).parts.contains(""));
  CHECK(take_apart(plain.bytes() + "appended")[""].ends_with("appended"));
}

TEST_CASE("a damaged class: what came before stays, the error says where") {
  ClassFile file;
  file.field("NAME", file.string("value"));
  file.method("\x12\x02\xb3");
  const std::string whole = file.bytes();
  const Taken cut = take_apart(whole.substr(0, 20));
  CHECK(cut["strings"] == "value\n");
  CHECK(cut.error == "constant pool entry 2 of 6 cannot be read");
  CHECK(take_apart(whole.substr(0, whole.size() - 8)).error == "cut off behind its constant pool");
  CHECK(damage_everywhere(whole, 3) > 20);
}
