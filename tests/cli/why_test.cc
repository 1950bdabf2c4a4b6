// keywake rules why: what became of the candidates in a line.
#include "catch.h"
#include "cli/keywake_helper.h"

using namespace keywake::testing;
namespace fs = std::filesystem;

namespace {

const std::string kPassword = std::string("Summer!") + "2019x";

// A value that a generic pattern finds, one that it rejects, a token, and lines with neither.
struct Project {
  TemporaryFolder folder;
  std::string token = github_token(1);
  Project() {
    const std::string code = "import os\npassword = \"" + kPassword +
                             "\"\npassword = \"changeme\"\n\nTOKEN = \"" + token +
                             "\"\nprefix = 'ghp_'\n";
    write_file(folder.path() / "app/db.py", code);
    write_file(folder.path() / "tests/db.py", code);
    write_file(folder.path() / "app:12", code);
    write_file(folder.path() / "clean.py", "print('hello')\n");
    run_git(folder.path(), {"init", "-q"});
  }
  Ran why(const std::string& place, const std::string& in = ".") const {
    return run_keywake({"rules", "why", place}, {.folder = folder.path() / in});
  }
};

}  // namespace

TEST_CASE("rules why says what became of each candidate") {
  Project project;
  struct Row {
    const char* place;
    std::vector<const char*> says;
    const char* silent_of = "import os";
  };
  const Row rows[] = {
      {"app/db.py:2",
       {"app/db.py:2:13  found\n", "generic.password · ",
        "medium confidence by its bytes; its place makes no difference"},
       "a scan holds it back"},
      {"tests/db.py:2",
       {"tests/db.py:2:13  found\n", "generic.password · ",
        "low confidence: medium by its bytes, lowered since this is a test",
        "a scan holds it back unless --confidence low is given"},
       "github"},
      {"app/db.py:3", {"app/db.py:3:13  rejected\n", "generic.password · placeholder"}, "found"},
      {"tests/db.py:5",
       {"tests/db.py:5:10  found\n", "github.pat-classic", "high confidence by its bytes"},
       "lowered"},
      {"app/db.py:5:10", {"app/db.py:5:10  found\n"}, "password"},
      {"app/db.py:4",
       {"app/db.py:4: nothing here was a candidate.\n", "these lines of the file: 2, 3, 5.\n",
        "A candidate is what", "rules list"},
       "These patterns look for"},
      {"app/db.py:6",
       {"nothing here was a candidate", "These patterns look for", "github.pat-classic (ghp_)"}},
      {"app/db.py", {"db.py:2:13  found", "db.py:3:13  rejected", "db.py:5:10  found"}},
      {"clean.py", {"clean.py: nothing in this file was a candidate.\n", "A candidate is what"}},
      {"clean.py:1", {"Nor was anything else in this file.\n"}},
      // A name that looks like a place is a name if there is such a file.
      {"app:12", {"app:12:2:13  found", "app:12:5:10  found"}},
      {"app:12:5", {"app:12:5:10  found"}, "password"},
  };
  for (const Row& row : rows) {
    Ran ran = project.why(row.place);
    INFO(row.place << "\n" << ran.out << ran.err);
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    for (const char* part : row.says) CHECK(contains(ran.out, part));
    CHECK_FALSE(contains(ran.out, row.silent_of));
    CHECK_FALSE(contains(ran.out, project.token));
    CHECK_FALSE(contains(ran.out, kPassword));
  }
}

TEST_CASE("rules why judges a file by its path in the repository, from wherever it is asked") {
  Project project;
  CHECK(contains(project.why("db.py:2", "tests").out, "lowered since this is a test"));
  CHECK(contains(project.why("../tests/db.py:2", "app").out, "lowered since this is a test"));
  CHECK(contains(project.why((project.folder.path() / "tests/db.py:2").string()).out,
                 "lowered since this is a test"));
  CHECK_FALSE(contains(project.why("db.py:2", "app").out, "lowered"));
  // A scan of the file alone agrees.
  CHECK(run_keywake({"scan", "db.py", "--pattern", "generic.password"},
                    {.folder = project.folder.path() / "tests"})
            .status == 0);
  CHECK(run_keywake({"scan", "db.py", "--pattern", "generic.password"},
                    {.folder = project.folder.path() / "app"})
            .status == 1);
}

TEST_CASE("rules why names what it cannot explain") {
  Project project;
  struct Row {
    const char* place;
    const char* says;
  };
  const Row rows[] = {{"none.py:1", "there is no file none.py"},
                      {"none.py", "there is no file"},
                      {"app", "is a directory"},
                      {"app/db.py:0", "count from 1"},
                      {"app/db.py:99", "has 6 lines"},
                      {"", "there is no file"},
                      {"app/db.py:x", "there is no file"}};
  for (const Row& row : rows) {
    Ran ran = project.why(row.place);
    INFO(row.place << "\n" << ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(contains(ran.err, row.says));
  }
}

TEST_CASE("rules why reads members of archives, named as reports name them") {
  Project project;
  run_command(project.folder.path(), {"tar", "-cf", "all.tar", "app/db.py", "clean.py"});
  Ran member = project.why("all.tar!/app/db.py:5");
  INFO(member.out << member.err);
  CHECK(contains(member.out, "all.tar!/app/db.py:5:10  found\n    github.pat-classic"));
  CHECK(contains(project.why("all.tar").out, "all.tar!/app/db.py:3:13  rejected"));
  CHECK(contains(project.why("all.tar!/app/db.py:4").out, "nothing here was a candidate"));
}

TEST_CASE("rules why says what a scan would leave out, and by what") {
  Project project;
  write_file(project.folder.path() / "keywake.toml", "[[allow]]\npaths = [\"app/**\"]\nreason = \"made up\"\n");
  write_file(project.folder.path() / "b.py", "TOKEN = \"" + project.token + "\"  # gitleaks:allow\n");
  struct Row {
    const char* place;
    const char* in;
    const char* says;
  };
  for (const Row& row : {Row{"app/db.py:5", ".", "a scan leaves it out, by keywake.toml"}, Row{"db.py:5", "app", "a scan leaves it out, by keywake.toml"},
                         Row{"b.py:1", ".", "a scan leaves it out, by gitleaks:allow"}}) {
    const Ran ran = project.why(row.place, row.in);
    INFO(ran.out << ran.err);
    CHECK(ran.status == 0);
    CHECK(contains(ran.out, "found\n    github.pat-classic"));
    CHECK(contains(ran.out, row.says));
  }
  CHECK_FALSE(contains(project.why("tests/db.py:5").out, "leaves it out"));
}
