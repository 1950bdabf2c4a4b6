// keywake rules list, show, check, cost, as a user runs them.
#include "catch.h"
#include "cli/keywake_helper.h"

using namespace keywake::testing;
namespace fs = std::filesystem;

namespace {

constexpr const char* kAcme = R"([provider]
name = "Acme"

[[pattern]]
id = "acme.token"
title = "Acme token"
kind = "api-key"
risk = "high"
docs = "https://docs.acme.test/tokens"
anchors = ["acmetok_"]
regex = ''' \b (?P<secret> acmetok_ [0-9a-f]{16} ) \b '''
match = ['T=«acmetok_{hex:16}»', '"«acmetok_{hex:16}»"']
reject = ['acmetok_{hex:15}']
)";

}  // namespace

TEST_CASE("rules list: one line a pattern, narrowed by --pattern") {
  Ran all = run_keywake({"rules", "list"});
  CHECK(all.status == 0);
  CHECK(count_of(all.out, "\n") >= 100);
  Ran npm = run_keywake({"rules", "list", "--pattern", "npm.*"});
  CHECK(npm.out.starts_with("npm."));
  CHECK(count_of(npm.out, "\n") == count_of(npm.out, "\nnpm.") + 1);
  CHECK(count_of(npm.out, "  high    ") >= 1);
  Ran wrong = run_keywake({"rules", "list", "--pattern", "githb.pat-classic"});
  CHECK(wrong.status == 2);
  CHECK(contains(wrong.err, "did you mean github.pat-classic?"));
}

TEST_CASE("rules show") {
  Ran shown = run_keywake({"rules", "show", "github.pat-classic"});
  CHECK(shown.status == 0);
  for (const char* part : {"GitHub personal access token (classic)", "anchors    ghp_",
                           "confidence high\n", "crc32-base62:6", "https://"}) {
    CHECK(contains(shown.out, part));
  }
  Ran unknown = run_keywake({"rules", "show", "github.pat-clasic"});
  CHECK(unknown.status == 2);
  CHECK(contains(unknown.err, "did you mean github.pat-classic?"));
}

TEST_CASE("rules check holds the built-in patterns, without a word of complaint") {
  Ran ran = run_keywake({"rules", "check", std::string(KEYWAKE_SOURCE_DIR) + "/patterns"});
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  // By default it reads patterns/ of the current directory, and validators/.
  Ran both = run_keywake({"rules", "check"}, {.folder = KEYWAKE_SOURCE_DIR});
  CHECK(both.status == 0);
  CHECK(both.out.starts_with(ran.out));
  CHECK(contains(both.out, "validators of"));
}

TEST_CASE("rules check names each fault with its place") {
  TemporaryFolder folder;
  const fs::path file = folder.path() / "acme.toml";
  auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = kAcme;
    text.replace(text.find(from), from.size(), to);
    write_file(file, text);
    return run_keywake({"rules", "check", file.string()});
  };
  CHECK(changed("Acme token", "Acme tokens").status == 0);
  struct Row {
    const char* from;
    const char* to;
    const char* says;
  };
  static constexpr Row kRows[] = {
      {"anchors", "anchor", "acme.toml:10:1"},
      {"{16}", "{17}", "match example 1"},
      {"{hex:15}'", "{hex:16}'", "reject example 1"},
      {"(?P<secret>", "(?P<secret", "acme.toml:11"},
      {"\"high\"", "\"hihg\"", "high"},
      {"[provider]", "[provider", "acme.toml:1"},
  };
  for (const Row& row : kRows) {
    INFO(row.from << " -> " << row.to);
    Ran ran = changed(row.from, row.to);
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(contains(ran.err, row.says));
  }
  CHECK(run_keywake({"rules", "check", (folder.path() / "none").string()}).status == 2);
  fs::remove(file);
  CHECK(run_keywake({"rules", "check", folder.path().string()}).status ==
        2);  // an empty folder holds nothing
}

TEST_CASE("rules cost measures on real files") {
  TemporaryFolder folder;
  write_file(folder.path() / "a/b.txt", "token " + github_token(5) + "\n");
  write_file(folder.path() / ".git/c.txt", "token " + github_token(6) + "\n");
  Ran ran = run_keywake({"rules", "cost", folder.path().string()});
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "github.pat-classic"));
  CHECK(contains(ran.out, "ghp_ 1"));
  CHECK(run_keywake({"rules", "cost", (folder.path() / "none").string()}).status == 2);
}
