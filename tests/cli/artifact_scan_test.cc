// keywake scan of build artifacts: in a directory, in the history of a repository, on standard input; each credential at one place.
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "artifacts/made_assembly.h"
#include "artifacts/made_class.h"
#include "catch.h"
#include "keywake_helper.h"

namespace keywake::testing {
namespace fs = std::filesystem;
namespace {

std::string a_class(const std::string& secret) {
  made::ClassFile file;
  file.utf8("an entry before it");
  file.field("SETTING", file.string(secret));
  return file.bytes();
}

std::string an_assembly(const std::string& secret) {
  made::Assembly assembly;
  assembly.user_string("a string before it");
  assembly.user_string(secret);
  return assembly.bytes();
}

// "path:line secret" of each sighting; twice the same would be two.
std::multiset<std::string> places(const Ran& ran) {
  std::multiset<std::string> out;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) {
    const auto record = nlohmann::json::parse(line);
    if (record["type"] == "sighting") out.insert(record["path"].get<std::string>() + ":" + std::to_string(record["line"].get<int>()) + " " + record["secret"].get<std::string>());
  }
  return out;
}

Ran scan(const Arguments& target, Setting setting) {
  Arguments arguments{"scan", "--format", "jsonl", "--show-secrets"};
  arguments.insert(arguments.end(), target.begin(), target.end());
  return run_keywake(arguments, std::move(setting));
}

}  // namespace

TEST_CASE("a zip behind a script is entered in a directory and in history alike, and the script is read, too") {
  const TemporaryFolder folder;
  const std::string before = github_token(8110);
  const std::string within = github_token(8111);
  const fs::path zip = folder.path() / "members.zip";
  run_command(folder.path(), {KEYWAKE_SOURCE_DIR "/tests/cli/make_zip.py", zip}, nlohmann::json{{"__main__.py", "token = '" + within + "'\n"}}.dump());
  const std::string script = "#!/usr/bin/env python3\n# " + before + "\n" + read_text(zip);
  fs::remove(zip);
  run_git(folder.path(), {"init", "-q"});
  write_file(folder.path() / "run", script);
  run_git(folder.path(), {"add", "."});
  run_git(folder.path(), {"commit", "-q", "-m", "build"});
  const std::multiset<std::string> both{"run!/__main__.py:1 " + within, "run:2 " + before};
  CHECK(places(scan({"--no-history", "."}, {.folder = folder.path()})) == both);
  run_git(folder.path(), {"rm", "-q", "run"});
  CHECK(places(scan({"."}, {.folder = folder.path()})) == both);
  CHECK(places(scan({"--exhaustive", "."}, {.folder = folder.path()})) == both);
}

TEST_CASE("artifacts in a directory and in the history of a repository: one place for each credential") {
  const TemporaryFolder folder;
  const std::string deleted = github_token(8100);
  const std::string present = github_token(8101);
  const std::string wide = github_token(8102);
  run_git(folder.path(), {"init", "-q"});
  write_file(folder.path() / "Old.class", a_class(deleted));
  run_git(folder.path(), {"add", "."});
  run_git(folder.path(), {"commit", "-q", "-m", "build"});
  run_git(folder.path(), {"rm", "-q", "Old.class"});
  write_file(folder.path() / "K.class", a_class(present));
  write_file(folder.path() / "App.dll", an_assembly(wide));
  const Ran ran = scan({"."}, {.folder = folder.path()});
  INFO(ran.out << ran.err);
  CHECK(ran.status == 1);
  CHECK(places(ran) == std::multiset<std::string>{"App.dll!/strings:2 " + wide, "K.class!/strings:2 " + present, "Old.class!/strings:2 " + deleted});
  // As bytes only, if so wished.
  const Ran raw = scan({"--no-archives", "."}, {.folder = folder.path()});
  CHECK_FALSE(contains(raw.out, "!/strings"));
  CHECK(contains(raw.out, present));
}

TEST_CASE("an artifact on standard input; a damaged one is named, and its bytes are scanned") {
  const std::string secret = github_token(8103);
  const Ran whole = scan({"-"}, {.input = a_class(secret)});
  REQUIRE(places(whole).size() == 1);
  CHECK(places(whole).begin()->ends_with("!/strings:2 " + secret));
  const std::string bytes = a_class(secret);
  const Ran cut = scan({"-"}, {.input = bytes.substr(0, bytes.size() - 4)});
  CHECK(contains(cut.out, secret));
  CHECK(contains(run_keywake({"scan", "-"}, {.input = bytes.substr(0, bytes.size() - 4)}).out, "damaged Java class: cut off behind its constant pool"));
}

TEST_CASE("without its reader of PDF the program says so, and scans the bytes") {
  const TemporaryFolder folder;
  const std::string secret = github_token(8105);
  std::filesystem::copy_file(KEYWAKE_BINARY_DIR "/keywake", folder.path() / "keywake");
  std::ofstream(folder.path() / "a.pdf") << "%PDF-1.4\n1 0 obj\n(" + secret + ")\nendobj\n";
  const Ran ran = run_command(folder.path(), {"./keywake", "scan", "--no-history", "--show-secrets", "a.pdf"});
  CHECK(ran.status == 1);
  CHECK(contains(ran.out, secret));
  CHECK(contains(ran.out, "not read: keywake-pdf.so cannot be loaded"));
}

TEST_CASE("bytecode whose first constant is compressed data: the strings behind it are read all the same") {
  const TemporaryFolder folder;
  const std::string secret = github_token(8104);
  const Ran made = run_command(folder.path(), {"python3", "-c", R"py(
import gzip, py_compile, sys
open('m.py', 'w').write('def f():\n    g(%r, %r)\n' % (gzip.compress(b'packed', mtime=0), sys.argv[1]))
py_compile.compile('m.py', cfile='m.pyc', doraise=True)
)py", secret});
  INFO(made.err);
  REQUIRE(made.status == 0);
  const Ran ran = scan({"m.pyc"}, {.folder = folder.path()});
  REQUIRE(places(ran).size() == 1);
  CHECK(contains(*places(ran).begin(), "m.pyc!/strings:"));
  CHECK_FALSE(contains(ran.out + ran.err, "damaged"));
}

}  // namespace keywake::testing
