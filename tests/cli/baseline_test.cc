// keywake baseline, and what scans and hooks make of what may stay: on real repositories, by the built program.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "cli/hooked_helper.h"
#include "cli/keywake_helper.h"

namespace {

using namespace keywake::testing;
namespace fs = std::filesystem;

nlohmann::json scan(const fs::path& folder, Arguments more = {}, Arguments environment = {}) {
  Arguments arguments{"scan", "--format", "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Ran ran = run_keywake(arguments, {.folder = folder, .environment = environment});
  INFO(ran.err);
  REQUIRE(ran.status != 2);
  return nlohmann::json::parse(ran.out);
}

std::size_t found(const nlohmann::json& report) { return report["credentials"].size(); }
std::uint64_t suppressed(const nlohmann::json& report, const std::string& by) { return report["summary"]["suppressed"].value(by, std::uint64_t(0)); }

}  // namespace

TEST_CASE("A baseline holds back the same credentials after squash, rebase, rename and reformat, and no other") {
  WorkTree tree;
  for (unsigned i = 1; i <= 3; ++i) tree.commit_unseen("config/" + std::to_string(i) + ".env", leak(i));
  CHECK(found(scan(tree.root)) == 3);
  CHECK(run_keywake({"baseline", "create"}, {.folder = tree.root}).status == 2);  // no reason
  const Ran made = run_keywake({"baseline", "create", "--reason", "rotated", "--who", "robin"}, {.folder = tree.root});
  INFO(made.err);
  REQUIRE(made.status == 0);
  CHECK(contains(made.out, "3 entries added"));
  CHECK(contains(made.out, "KEYWAKE_BASELINE_KEY"));
  const std::string text = read_text(tree.root / ".keywake-baseline.json");
  for (unsigned i = 1; i <= 3; ++i) CHECK_FALSE(contains(text, github_token(i)));
  CHECK(count_of(text, "\"reason\":\"rotated\"") == 3);
  const fs::path key = tree.root / ".git/keywake/baseline.key";
  CHECK((fs::status(key).permissions() & fs::perms(0077)) == fs::perms::none);
  CHECK(found(scan(tree.root)) == 0);
  CHECK(found(scan(tree.root, {"--no-suppress"})) == 3);

  SECTION("another history of the same values") {
    run_git(tree.root, {"add", "."});
    run_git(tree.root, {"commit", "-q", "--no-verify", "-m", "baseline"});
    SECTION("squash") {
      run_git(tree.root, {"reset", "-q", "--soft", "HEAD~3"});
      run_git(tree.root, {"commit", "-q", "--no-verify", "-m", "all in one"});
    }
    SECTION("rebase") {
      run_git(tree.root, {"checkout", "-q", "-b", "other", "HEAD~4"});
      tree.commit_unseen("b.txt", "fine\n");
      run_git(tree.root, {"checkout", "-q", "main"});
      run_git(tree.root, {"rebase", "-q", "other"});
    }
    SECTION("rename") {
      run_git(tree.root, {"mv", "config", "settings"});
      run_git(tree.root, {"commit", "-q", "--no-verify", "-m", "moved"});
    }
    SECTION("reformat") {
      tree.commit_unseen("config/1.env", "\n\n# moved down\n  token  =  \"" + github_token(1) + "\"\n");
      tree.commit_unseen("all.yaml", "a: {token: '" + github_token(2) + "'}\nb: {token: '" + github_token(3) + "'}\n");
    }
    const auto after = scan(tree.root);
    CHECK(found(after) == 0);
    CHECK(suppressed(after, "baseline") >= 3);
    tree.commit_unseen("new.env", leak(4));
    const auto with_new = scan(tree.root);
    REQUIRE(found(with_new) == 1);
    CHECK(with_new["credentials"][0]["sightings"][0]["path"] == "new.env");
  }
  SECTION("a clone needs the key, from the environment or a file; without it more is reported, not less") {
    run_git(tree.root, {"add", "."});
    run_git(tree.root, {"commit", "-q", "--no-verify", "-m", "baseline"});
    run_git(tree.root.parent_path(), {"clone", "-q", tree.root.string(), "clone"});
    const fs::path clone = tree.root.parent_path() / "clone";
    CHECK(found(scan(clone)) == 3);
    CHECK(found(scan(clone, {}, {"KEYWAKE_BASELINE_KEY=" + read_text(key)})) == 0);
    CHECK(found(scan(clone, {"--baseline-key", key.string()})) == 0);
    const Ran wrong = run_keywake({"scan"}, {.folder = clone, .environment = {"KEYWAKE_BASELINE_KEY=" + std::string(64, 'a')}});
    CHECK(wrong.status == 1);
    CHECK(contains(wrong.out, "not the one it was made with"));
  }
  SECTION("update, expiry and prune") {
    tree.commit_unseen("new.env", leak(4));
    CHECK(found(scan(tree.root)) == 1);
    const Ran updated = run_keywake({"baseline", "update", "--reason", "past", "--expires", "2020-01-01"}, {.folder = tree.root});
    CHECK(contains(updated.out, "1 entry added; 4 entries in all"));
    CHECK(found(scan(tree.root)) == 1);  // it has expired
    CHECK(contains(run_keywake({"baseline", "update", "--reason", "now", "--expires", "2999-01-01"}, {.folder = tree.root}).out, "1 entry added; 4 entries"));
    CHECK(found(scan(tree.root)) == 0);
    CHECK(contains(run_keywake({"baseline", "prune"}, {.folder = tree.root}).out, "0 entries dropped; 4 entries"));
    run_git(tree.root, {"reset", "-q", "--hard", "HEAD~1"});
    run_git(tree.root, {"reflog", "expire", "--expire=now", "--all"});
    run_git(tree.root, {"gc", "-q", "--prune=now"});
    CHECK(contains(run_keywake({"baseline", "prune"}, {.folder = tree.root}).out, "1 entry dropped; 3 entries"));
  }
}

TEST_CASE("A baseline without a key") {
  WorkTree tree;
  tree.commit_unseen("a.env", leak(1));
  REQUIRE(run_keywake({"baseline", "create", "--no-key", "--reason", "rotated"}, {.folder = tree.root}).status == 0);
  CHECK(contains(read_text(tree.root / ".keywake-baseline.json"), "scrypt"));
  CHECK_FALSE(fs::exists(tree.root / ".git/keywake"));
  CHECK(found(scan(tree.root)) == 0);
}

TEST_CASE("import takes over what other tools' files name") {
  WorkTree tree;
  tree.commit_unseen("a.env", leak(1));
  tree.commit_unseen("b.env", leak(2));
  write_file(tree.root / ".gitleaksignore", tree.id("HEAD~1") + ":a.env:github-pat:1\n");
  const auto before = scan(tree.root);
  CHECK(found(before) == 1);
  CHECK(suppressed(before, ".gitleaksignore") == 1);
  const Ran ran = run_keywake({"baseline", "import", "--reason", "as before"}, {.folder = tree.root});
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  CHECK(contains(ran.out, "1 entry taken over"));
  fs::remove(tree.root / ".gitleaksignore");
  const auto after = scan(tree.root);
  CHECK(found(after) == 1);
  CHECK(suppressed(after, "baseline") == 1);
}

TEST_CASE("--policy-from: a change cannot allow itself") {
  WorkTree tree;
  tree.commit_unseen("old.env", "token = " + github_token(1) + "  # keywake:allow github.* made up\n");
  const std::string base = tree.id("HEAD");
  const auto judged = [&] { return scan(tree.root, {"--policy-from", base}); };
  CHECK(found(judged()) == 0);  // the same comment stood there

  SECTION("a comment") {
    tree.commit_unseen("new.env", "token = " + github_token(2) + "  # gitleaks:allow\n");
    CHECK(found(scan(tree.root)) == 0);
    const auto report = judged();
    CHECK(found(report) == 1);
    CHECK(report["summary"]["not_suppressed"] == 1);
    CHECK(contains(run_keywake({"scan", "--policy-from", base}, {.folder = tree.root}).out, "only the change itself would leave out"));
  }
  SECTION("keywake.toml, good or hostile") {
    tree.commit_unseen("new.env", leak(2));
    const bool good = GENERATE(true, false);
    tree.commit_unseen("keywake.toml", good ? "[[allow]]\npaths = [\"**\"]\nreason = \"x\"\n[policy]\ntrust_changes = true\n" : "[[[[");
    if (good) {
      CHECK(found(scan(tree.root)) == 0);
    } else {
      const Ran bad = run_keywake({"scan"}, {.folder = tree.root});
      CHECK(bad.status == 2);
      CHECK(contains(bad.out, "keywake.toml:1"));
    }
    CHECK(found(judged()) == 1);
  }
  SECTION("unless the target branch trusts changes") {
    tree.commit_unseen("keywake.toml", "[policy]\ntrust_changes = true\n");
    const std::string trusting = tree.id("HEAD");
    tree.commit_unseen("new.env", "token = " + github_token(2) + "  # ggignore\n");
    CHECK(found(scan(tree.root, {"--policy-from", trusting})) == 0);
  }
  SECTION("a revision that is not there") {
    const Ran ran = run_keywake({"scan", "--policy-from", "no-such-branch"}, {.folder = tree.root});
    CHECK(ran.status == 2);
  }
}

TEST_CASE("A pre-commit hook honours baseline and keywake.toml") {
  WorkTree tree;
  REQUIRE(tree.install().status == 0);
  tree.stage("docs/a.env", leak(1));
  CHECK(tree.git({"commit", "-q", "-m", "a"}).status != 0);
  write_file(tree.root / "keywake.toml", "[[allow]]\npaths = [\"docs/**\"]\nreason = \"made up\"\n");
  CHECK(tree.git({"commit", "-q", "-m", "a"}).status == 0);
}

TEST_CASE("A symbolic link on the way to a policy's file is not followed") {
  WorkTree tree;
  TemporaryFolder elsewhere;
  write_file(elsewhere.path() / "secret_scanning.yml", "paths-ignore: ['**']\n");
  tree.commit_unseen("a.env", leak(1));
  fs::create_directory_symlink(elsewhere.path(), tree.root / ".github");
  CHECK(found(scan(tree.root)) == 1);
  CHECK(contains(run_keywake({"scan"}, {.folder = tree.root}).out, "a symbolic link leads there"));
  fs::remove(tree.root / ".github");
  write_file(tree.root / ".github/secret_scanning.yml", "paths-ignore: ['**']\n");
  CHECK(found(scan(tree.root)) == 0);
}

TEST_CASE("Fingerprints of Betterleaks 2 with a key") {
  WorkTree tree;
  tree.commit_unseen("a.env", leak(1));
  const std::string made = run_command(tree.root, {"python3", "-c", "import hmac, sys; print('hmac-sha256:' + hmac.new(b'made up', sys.argv[1].encode(), 'sha256').hexdigest())", github_token(1)}).out;
  write_file(tree.root / ".betterleaksignore", made);
  CHECK(found(scan(tree.root)) == 1);
  CHECK(found(scan(tree.root, {}, {"BETTERLEAKS_FINGERPRINT_HMAC_KEY=made up"})) == 0);
}
