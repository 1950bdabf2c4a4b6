#include "artifacts/pyc.h"

#include <vector>

#include "artifacts/compiled_python.h"
#include "artifacts/made_artifact.h"

using keywake::artifacts::Format;

namespace {

const std::string& compiled() {
  static const std::string kBytes = made::by_python(R"(
open('m.py', 'w').write('''"""About this module"""
PASSWORD = "first value"
QUOTED = 'say "hi"'
SHARED = PASSWORD_2 = "twice"
class Settings:
    token = "of a class"
    def __init__(self):
        self.secret = "of an attribute"
        local = b"bytes of a local"
        connect(host, user="me", password="of a keyword")
        d = {"key_a": "dict one", "key_b": "dict two"}
        e = {"alone": "single entry"}
def f(x):
    return x + "plain string" + x[("in", "a tuple")]
BIG = 2**100, 1.5, 3j, None, ..., frozenset
''' + ''.join('N%d = "value %d"\n' % (i, i) for i in range(600)))
import py_compile
py_compile.compile('m.py', cfile='out', doraise=True)
)");
  return kBytes;
}

}  // namespace

TEST_CASE("a .pyc gives its constants, with the names they go into") {
  REQUIRE(keywake::artifacts::recognise(compiled()) == Format::kPyc);
  const auto got = made::unfold(Format::kPyc, compiled());
  CHECK(got.error.empty());
  CHECK(got.complete);
  for (const char* line :
       {"PASSWORD = \"first value\"\n", "QUOTED = \"\"\"say \"hi\"\"\"\"\n", "token = \"of a class\"\n", "secret = \"of an attribute\"\n",
        "local = \"bytes of a local\"\n", "password = \"of a keyword\"\n", "key_a = \"dict one\"\n", "key_b = \"dict two\"\n", "alone = \"single entry\"\n",
        "\nplain string\n", "\na tuple\n", "N0 = \"value 0\"\n", "N599 = \"value 599\"\n", "__doc__ = \"About this module\"\n"}) {
    INFO(line);
    CHECK(("\n" + got.parts.at("strings")).find(line) != std::string::npos);
  }
  CHECK(got.parts.at("strings").find("\nfirst value\n") == std::string::npos);
}

TEST_CASE("what Python 3.13 and 3.14 compile has its names, too") {
  for (const char* compiled_by : {made::kCompiledBy313, made::kCompiledBy314}) {
    const auto bytes = keywake::decode_base64(compiled_by);
    REQUIRE(bytes.has_value());
    REQUIRE(keywake::artifacts::recognise(*bytes) == Format::kPyc);
    const auto got = made::unfold(Format::kPyc, *bytes);
    CHECK(got.error.empty());
    CHECK(got.complete);
    INFO(got.all());
    for (const char* line :
         {"PASSWORD = \"first value\"\n", "QUOTED = \"\"\"say \"hi\"\"\"\"\n", "token = \"of a class\"\n", "secret = \"of an attribute\"\n", "local = \"bytes of a local\"\n",
          "password = \"of a keyword\"\n", "user = \"me\"\n", "key_a = \"dict one\"\n", "key_b = \"dict two\"\n", "alone = \"single entry\"\n", "\nplain string\n",
          "\na tuple\n"}) {
      INFO(line);
      CHECK(("\n" + got.parts.at("strings")).find(line) != std::string::npos);
    }
    made::survives_damage(Format::kPyc, *bytes);
    // A version whose operations nobody knows yet: all strings, without names.
    std::string later = *bytes;
    later[0] = static_cast<char>(3700 & 0xff);
    later[1] = static_cast<char>(3700 >> 8);
    const std::string plain = made::unfold(Format::kPyc, later).parts.at("strings");
    CHECK(("\n" + plain).find("\nfirst value\n") != std::string::npos);
    CHECK(plain.find("PASSWORD = ") == std::string::npos);
  }
}

TEST_CASE("every module of Python's own library is read to its end") {
  const std::string listing = made::by_python(R"(
import compileall, glob, os, py_compile, sys, sysconfig
with open('out', 'wb') as out:
    for name in sorted(glob.glob(sysconfig.get_paths()['stdlib'] + '/*.py'))[:60]:
        py_compile.compile(name, cfile='one', doraise=True)
        data = open('one', 'rb').read()
        out.write(len(data).to_bytes(4, 'little') + data)
)");
  std::size_t modules = 0;
  for (std::size_t at = 0; at + 4 <= listing.size();) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size |= static_cast<std::size_t>(static_cast<unsigned char>(listing[at + i])) << (8 * i);
    CHECK(made::unfold(Format::kPyc, std::string_view(listing).substr(at + 4, size)).error.empty());
    at += 4 + size;
    ++modules;
  }
  CHECK(modules == 60);
}

TEST_CASE("a damaged .pyc ends") {
  made::survives_damage(Format::kPyc, compiled());
  std::string deep = compiled().substr(0, 16);
  deep += "\xe3" + std::string(20, '\0');
  for (int i = 0; i < 100'000; ++i) deep += ")\x01";
  CHECK(made::unfold(Format::kPyc, deep).error.starts_with("its code"));
}

TEST_CASE("strings in tuples of tuples of tuples are not lost") {
  const std::string bytes = made::by_python(R"(
open('m.py', 'w').write('X = ("one", ("two", ("three", ("four", ("five",)))))\n')
import py_compile
py_compile.compile('m.py', cfile='out', doraise=True)
)");
  const auto got = made::unfold(Format::kPyc, bytes);
  CHECK(got.complete);
  CHECK(got.parts.at("strings") == "one\ntwo\nthree\nfour\nfive\n");
}

namespace {

// Code of Python 3.11 with these constants, each marshalled.
std::string module_of(const std::vector<std::string>& constants) {
  std::string tuple = "(" + made::le32(constants.size());
  for (const std::string& constant : constants) tuple += constant;
  const std::string nothing(")\0", 2);
  const std::string empty = "s" + made::le32(0);
  return made::le32(0x0a0d0000 | 3495) + std::string(12, '\0') + "c" + std::string(20, '\0') + empty + tuple + nothing + nothing + empty + empty + empty + empty + std::string(4, '\0') +
         empty + empty;
}

}  // namespace

TEST_CASE("tuples that hold each other twice do not double the listing at every step") {
  std::vector<std::string> constants{"\xf3" + made::le32(5) + "again"};  // flagged: value 0
  CHECK(made::unfold(Format::kPyc, module_of(constants)).parts.at("strings") == "again\n");
  for (std::size_t i = 0; i < 60; ++i) constants.push_back("\xa9\x02r" + made::le32(i) + "r" + made::le32(i));
  const std::string doubling = module_of(constants);
  const auto got = made::unfold(Format::kPyc, doubling);
  CHECK(got.error.starts_with("it repeats its strings beyond"));
  CHECK(got.parts.at("strings").size() < 9 * doubling.size() + 65536);
  // The same without a string in it, which takes time only.
  constants[0] = "\xce";
  CHECK(made::unfold(Format::kPyc, module_of(constants)).error.starts_with("it repeats"));
}

TEST_CASE("a chain of tuples deeper than any compiler's is scanned as bytes") {
  std::vector<std::string> constants{"\xf3" + made::le32(4) + "deep"};
  for (std::size_t i = 0; i < 300; ++i) constants.push_back("\xa9\x01r" + made::le32(i));
  const auto got = made::unfold(Format::kPyc, module_of(constants));
  CHECK(got.error.empty());
  CHECK_FALSE(got.complete);
}
