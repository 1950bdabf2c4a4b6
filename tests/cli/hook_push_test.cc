// The hooks of a push, on both sides: real pushes over file://, HTTP and SSH.
#include <sstream>
#include <unistd.h>

#include <fstream>

#include "catch.h"
#include "cli/hooked_helper.h"

using namespace keywake::testing;
namespace fs = std::filesystem;

namespace {

void add_remote(WorkTree& tree, const fs::path& server) { run_git(tree.root, {"remote", "add", "origin", "file://" + server.string()}); }

// Every line that a server's hook says, as git shows it.
bool fits_a_push(std::string_view err) {
  for (std::size_t at = err.find("remote: "); at != std::string_view::npos; at = err.find("remote: ", at + 1)) {
    std::string_view line = err.substr(at, err.find('\n', at) - at);
    while (line.ends_with(' ')) line.remove_suffix(1);
    if (line.size() > 80 || line.find('\x1b') != std::string_view::npos) return false;
  }
  return true;
}

bool has(const fs::path& repository, const std::string& revision) {
  return run_command(repository, {"git", "rev-parse", "-q", "--verify", revision}).status == 0;
}

}  // namespace

TEST_CASE("pre-push scans every commit that the remote lacks") {
  WorkTree tree;
  Server server(Arguments{});
  add_remote(tree, server.root);
  REQUIRE(tree.install({"pre-push"}).status == 0);
  Ran first = tree.git({"push", "-q", "origin", "main"});
  CHECK(first.status == 0);
  CHECK(first.out + first.err == "");

  SECTION("not only the last: what was taken out again is still in the history") {
    tree.commit_unseen("b.txt", leak(1));
    const std::string id = tree.id("HEAD").substr(0, 10);
    tree.commit_unseen("b.txt", "gone\n");
    Ran ran = tree.git({"push", "-q", "origin", "main"});
    CHECK(ran.status == 1);
    CHECK(contains(ran.err, "b.txt:1:9"));
    CHECK(contains(ran.err, id));
    CHECK(contains(ran.err, "still in the history"));
    CHECK(contains(ran.err, "git rebase -i " + id + "^"));
    CHECK(contains(ran.err, "git push --no-verify"));
  }
  SECTION("a new branch") {
    run_git(tree.root, {"checkout", "-q", "-b", "new"});
    tree.commit_unseen("b.txt", leak(2));
    CHECK(tree.git({"push", "-q", "origin", "new"}).status == 1);
  }
  SECTION("what a merge brings along, and what it holds by itself") {
    run_git(tree.root, {"checkout", "-q", "-b", "side"});
    tree.commit_unseen("side.txt", "s\n");
    run_git(tree.root, {"checkout", "-q", "main"});
    tree.commit_unseen("main.txt", "m\n");
    run_git(tree.root, {"merge", "-q", "--no-commit", "side"});
    tree.stage("evil.txt", leak(3));
    run_git(tree.root, {"commit", "-q", "--no-verify", "-m", "merge"});
    Ran ran = tree.git({"push", "-q", "origin", "main"});
    CHECK(ran.status == 1);
    CHECK(contains(ran.err, "evil.txt:1:9"));
  }
  SECTION("a commit's message, and a tag's") {
    run_git(tree.root, {"commit", "-q", "--allow-empty", "--no-verify", "-m", "use " + github_token(4)});
    Ran ran = tree.git({"push", "-q", "origin", "main"});
    CHECK(ran.status == 1);
    CHECK(contains(ran.err, "message of " + tree.id("HEAD").substr(0, 10)));
    run_git(tree.root, {"tag", "-a", "v1", "-m", "key " + github_token(5), "HEAD~1"});
    Ran tag = tree.git({"push", "-q", "origin", "v1"});
    CHECK(tag.status == 1);
    CHECK(contains(tag.err, "tag " + tree.id("v1").substr(0, 10)));
  }
  SECTION("nothing that the remote has: an old leak, a deletion, a light tag, a push of nothing") {
    tree.commit_unseen("b.txt", leak(6));
    REQUIRE(tree.git({"push", "-q", "--no-verify", "origin", "main", "main:other"}).status == 0);
    tree.commit_unseen("c.txt", "clean\n");
    CHECK(tree.git({"push", "-q", "origin", "main"}).status == 0);
    CHECK(tree.git({"push", "-q", "origin", "main"}).status == 0);
    run_git(tree.root, {"tag", "light"});
    CHECK(tree.git({"push", "-q", "origin", "light"}).status == 0);
    Ran deleted = tree.git({"push", "-q", "origin", ":other"});
    CHECK(deleted.status == 0);
    CHECK(deleted.out + deleted.err == "");
  }
  SECTION("a force push of an amended commit, to a remote whose old tip is not here") {
    tree.commit_unseen("b.txt", "one\n");
    REQUIRE(tree.git({"push", "-q", "origin", "main"}).status == 0);
    WorkTree other;
    REQUIRE(other.git({"pull", "-q", "--no-edit", "--allow-unrelated-histories", "file://" + server.root.string(), "main"}).status == 0);
    other.commit_unseen("o.txt", "o\n");
    REQUIRE(other.git({"push", "-q", "file://" + server.root.string(), "HEAD:main"}).status == 0);
    run_git(tree.root, {"commit", "-q", "--amend", "--no-verify", "-m", "amended"});
    CHECK(tree.git({"push", "-q", "--force", "origin", "main"}).status == 0);
    tree.commit_unseen("b.txt", leak(7));
    CHECK(tree.git({"push", "-q", "--force", "origin", "main"}).status == 1);
  }
  SECTION("from a detached HEAD, and by an expression with spaces in it") {
    run_git(tree.root, {"checkout", "-q", "--detach"});
    tree.commit_unseen("b.txt", leak(8));
    CHECK(tree.git({"push", "-q", "origin", "HEAD:refs/heads/d"}).status == 1);
    CHECK(tree.git({"push", "-q", "origin", ":/add b:refs/heads/e"}).status == 1);
    CHECK(tree.git({"push", "-q", "origin", "HEAD~1:refs/heads/f"}).status == 0);
  }
  SECTION("refs to what is no commit") {
    const std::string blob = keywake::git::test::chomp(run_git(tree.root, {"hash-object", "-w", "--stdin"}, leak(9)));
    CHECK(tree.git({"push", "-q", "origin", blob + ":refs/tags/blob"}).status == 1);
    tree.commit_unseen("d/b.txt", leak(10));
    Ran ran = tree.git({"push", "-q", "origin", "HEAD^{tree}:refs/tags/tree"});
    CHECK(ran.status == 1);
    CHECK(contains(ran.err, "d/b.txt:1:9"));
  }
}

TEST_CASE("A clone of depth 1 is pushed from as any other") {
  WorkTree tree;
  tree.commit_unseen("old.txt", leak(1));
  tree.commit_unseen("old.txt", "gone\n");
  Server server(Arguments{});
  run_git(tree.root, {"push", "-q", server.root.string(), "main"});
  run_git(tree.root.parent_path(), {"clone", "-q", "--depth", "1", "file://" + server.root.string(), "shallow"});
  const fs::path shallow = tree.root.parent_path() / "shallow";
  REQUIRE(run_keywake({"hook", "install"}, {.folder = shallow}).status == 0);
  auto push = [&](const std::string& text) {
    write_file(shallow / "b.txt", text);
    run_git(shallow, {"add", "."});
    run_git(shallow, {"commit", "-q", "--no-verify", "-m", "b"});
    return run_command(shallow, {"git", "push", "-q", "origin", "main"}, {}, {path_with_keywake()});
  };
  Ran clean = push("clean\n");
  INFO(clean.err);
  CHECK(clean.status == 0);
  CHECK(clean.err == "");
  CHECK(push(leak(2)).status == 1);
}

TEST_CASE("An object that is missing is named, and the push is stopped") {
  WorkTree tree;
  const std::string absent(40, 'a');
  Ran ran = run_keywake({"hook", "run", "pre-push", "origin", "url"},
                        {.folder = tree.root, .input = "refs/heads/x " + absent + " refs/heads/x " + std::string(40, '0') + "\n"});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, absent));
  CHECK(contains(ran.err, "git push --no-verify"));

  for (const std::string line : {"refs/heads/x", "refs/heads/x zz refs/heads/x zz", "a b c"}) {
    Ran bad = run_keywake({"hook", "run", "pre-push", "origin", "url"}, {.folder = tree.root, .input = "\n" + line + "\n"});
    INFO(line);
    CHECK(bad.status == 2);
    CHECK(contains(bad.err, "line 2 of standard input"));
    Ran server = run_keywake({"hook", "run", "pre-receive"}, {.folder = tree.root, .input = line + "\n"});
    CHECK(server.status == 2);
    CHECK(contains(server.err, "line 1 of standard input"));
  }
  Ran wrong_hash = run_keywake({"hook", "run", "pre-receive"}, {.folder = tree.root, .input = std::string(64, '0') + " " + std::string(64, 'b') + " refs/heads/x\n"});
  CHECK(wrong_hash.status == 2);
  CHECK(contains(wrong_hash.err, "not an object id of this repository"));
}

TEST_CASE("A server's pre-receive refuses what is in quarantine, and says why in a push's output") {
  WorkTree tree;
  Server server;
  add_remote(tree, server.root);
  Ran first = tree.git({"push", "-q", "origin", "main"});
  CHECK(first.status == 0);
  CHECK(first.err == "");

  tree.commit_unseen("config/of the whole company/production.env", leak(1));
  const std::string bad = tree.id("HEAD");
  Ran refused = tree.git({"push", "-q", "origin", "main"});
  CHECK(refused.status == 1);
  CHECK(contains(refused.err, "remote: keywake: push refused, 1 credential in it."));
  CHECK(contains(refused.err, "production.env:1:9"));
  // Words in the push would not count: it says what does.
  CHECK_FALSE(contains(refused.err, "keywake:allow"));
  CHECK(contains(refused.err, "A push cannot allow itself"));
  CHECK(contains(refused.err, "remote:   paths = [\"/config/of the whole company/production.env\"]"));
  CHECK(contains(refused.err, "remote:   patterns = [\"github.pat-classic\"]"));
  CHECK(contains(refused.err, "https://github.com/settings/tokens"));
  CHECK_FALSE(contains(refused.err, github_token(1)));
  CHECK_FALSE(contains(refused.err, "--no-verify"));
  CHECK(fits_a_push(refused.err));
  CHECK_FALSE(has(server.root, bad + "^{commit}"));  // the quarantine is gone with it

  SECTION("the same over HTTP") {
    auto push = [&](const std::string& refspec) {
      return run_command(tree.root, {"python3", std::string(KEYWAKE_SOURCE_DIR) + "/tests/cli/git_http_server.py", server.root.parent_path().string(), "git", "push", "-q",
                                     "http://127.0.0.1:{port}/server.git", refspec},
                         {}, {"no_proxy=127.0.0.1"});
    };
    Ran over_http = push("main:main");
    INFO(over_http.err);
    CHECK(over_http.status == 1);
    CHECK(contains(over_http.err, "remote: keywake: push refused, 1 credential in it."));
    CHECK(fits_a_push(over_http.err));
    Ran clean = push("main~1:refs/heads/clean");
    INFO(clean.err);
    CHECK(clean.status == 0);
    CHECK(has(server.root, "refs/heads/clean"));
  }
  SECTION("one ref of several: all are refused, as git does it") {
    Ran ran = tree.git({"push", "-q", "origin", "main", "main~1:refs/heads/fine"});
    CHECK(ran.status == 1);
    CHECK_FALSE(has(server.root, "refs/heads/fine"));
  }
  SECTION("deletions, tags and force pushes") {
    REQUIRE(tree.git({"push", "-q", "origin", "main~1:refs/heads/two"}).status == 0);
    CHECK(tree.git({"push", "-q", "origin", ":refs/heads/two"}).status == 0);
    run_git(tree.root, {"tag", "-a", "v1", "-m", "clean", "main~1"});
    CHECK(tree.git({"push", "-q", "origin", "v1"}).status == 0);
    run_git(tree.root, {"tag", "-a", "v2", "-m", github_token(2), "main~1"});
    CHECK(tree.git({"push", "-q", "origin", "v2"}).status == 1);
    run_git(tree.root, {"reset", "-q", "--hard", "main~1"});
    run_git(tree.root, {"commit", "-q", "--amend", "--no-verify", "-m", "another root"});
    CHECK(tree.git({"push", "-q", "--force", "origin", "main"}).status == 0);
  }
  SECTION("a repacked push, many objects in one pack") {
    run_git(server.root, {"config", "receive.unpackLimit", "1"});
    CHECK(tree.git({"push", "-q", "origin", "main"}).status == 1);
    run_git(tree.root, {"reset", "-q", "--hard", "main~1"});
    tree.commit_unseen("fine.txt", "fine\n");
    CHECK(tree.git({"push", "-q", "origin", "main"}).status == 0);
  }
  SECTION("a push cannot allow itself: what may stay is what the branch says already, unless the server looks past that too") {
    const std::string allowed = "token = " + github_token(1) + "  # keywake:allow github.* made up\n";
    tree.commit_unseen("config/of the whole company/production.env", allowed);
    CHECK(tree.git({"push", "-q", "origin", "main"}).status == 1);

    run_git(tree.root, {"reset", "-q", "--hard", "main~2"});
    tree.commit_unseen("keywake.toml", "[[allow]]\npatterns = [\"github.*\"]\npaths = [\"config/**\"]\nreason = \"made up\"\n");
    CHECK(tree.git({"push", "-q", "origin", "main"}).status == 0);
    tree.commit_unseen("config/of the whole company/production.env", leak(1));
    const bool strict = GENERATE(false, true);
    if (strict) {
      const fs::path hook = server.root / "hooks/pre-receive";
      std::string script = read_text(hook);
      script.replace(script.find("hook run pre-receive"), 20, "hook run pre-receive --no-suppress");
      std::ofstream(hook) << script;
    }
    CHECK(tree.git({"push", "-q", "origin", "main"}).status == (strict ? 1 : 0));
    // For a branch that is new, what the default branch says.
    run_git(server.root, {"symbolic-ref", "HEAD", "refs/heads/main"});
    CHECK(tree.git({"push", "-q", "origin", "main:refs/heads/topic"}).status == (strict ? 1 : 0));
    tree.commit_unseen("elsewhere.env", leak(2));
    CHECK(tree.git({"push", "-q", "origin", "main"}).status == 1);
    CHECK(tree.git({"push", "-q", "origin", "main:refs/heads/other"}).status == 1);
  }
  SECTION("the entry that a refusal shows, once whoever may has pushed it") {
    std::string entry;
    std::istringstream said(refused.err);
    for (std::string line; std::getline(said, line);) {
      const std::string text = line.substr(0, line.find_last_not_of(' ') + 1);
      if (entry.empty() ? text == "remote:   [[allow]]" : text.starts_with("remote:   ")) entry += text.substr(10) + "\n";
    }
    const std::size_t why = entry.find("<why>");
    REQUIRE(why != std::string::npos);
    run_git(tree.root, {"reset", "-q", "--hard", "main~1"});
    tree.commit_unseen("keywake.toml", entry.replace(why, 5, "made up"));
    REQUIRE(tree.git({"push", "-q", "origin", "main"}).status == 0);
    tree.commit_unseen("config/of the whole company/production.env", leak(1));
    CHECK(tree.git({"push", "-q", "origin", "main"}).status == 0);
  }
  SECTION("a fault in what a push says may stay is told at once, and refuses nothing") {
    run_git(tree.root, {"reset", "-q", "--hard", "main~1"});
    tree.commit_unseen("keywake.toml", "[[alow]]\n");
    const Ran ran = tree.git({"push", "-q", "origin", "main"});
    INFO(ran.err);
    CHECK(ran.status == 0);
    CHECK(contains(ran.err, "unknown key \"alow\""));
  }
}

TEST_CASE("A push over SSH is refused as any other") {
  TemporaryFolder folder;
  const fs::path home = folder.path();
  run_command(home, {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", (home / "host").string()});
  run_command(home, {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", (home / "user").string()});
  // sshd as the other end of a pipe (inetd mode): no port that two runs could both want.
  write_file(home / "sshd_config", "HostKey " + (home / "host").string() + "\nAuthorizedKeysFile " + (home / "user.pub").string() +
                                       "\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nPidFile none\n");
  if (::geteuid() == 0) fs::create_directories("/run/sshd");  // for its separation of privileges
  const std::string ssh = "GIT_SSH_COMMAND=ssh -F /dev/null -i " + (home / "user").string() +
                          " -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o 'ProxyCommand=/usr/sbin/sshd -i -f " +
                          (home / "sshd_config").string() + "'";
  const std::string user = keywake::git::test::chomp(run_command(home, {"id", "-un"}).out);
  WorkTree tree;
  Server server;
  run_git(tree.root, {"remote", "add", "origin", "ssh://" + user + "@localhost" + server.root.string()});
  Ran clean = tree.git({"push", "-q", "origin", "main"}, {ssh});
  INFO(clean.err);
  CHECK(clean.status == 0);
  tree.commit_unseen("b.txt", leak(1));
  Ran refused = tree.git({"push", "-q", "origin", "main"}, {ssh});
  CHECK(refused.status == 1);
  CHECK(contains(refused.err, "remote: keywake: push refused, 1 credential in it."));
  CHECK(fits_a_push(refused.err));
}

TEST_CASE("update decides ref by ref") {
  WorkTree tree;
  Server server({"update"});
  add_remote(tree, server.root);
  tree.commit_unseen("b.txt", leak(1));
  Ran ran = tree.git({"push", "-q", "origin", "main", "main~1:refs/heads/fine"});
  CHECK(ran.status == 1);
  CHECK(contains(ran.err, "push refused"));
  CHECK(has(server.root, "refs/heads/fine"));
  CHECK_FALSE(has(server.root, "refs/heads/main"));
  CHECK(tree.git({"push", "-q", "origin", ":refs/heads/fine"}).status == 0);
}

TEST_CASE("Objects of an alternate store are not missed") {
  WorkTree tree;
  Server pool(Arguments{});
  run_git(tree.root, {"push", "-q", pool.root.string(), "main"});
  Server fork;
  write_file(fork.root / "objects/info/alternates", (pool.root / "objects").string() + "\n");
  add_remote(tree, fork.root);
  tree.commit_unseen("b.txt", "clean\n");
  Ran clean = tree.git({"push", "-q", "origin", "main"});
  INFO(clean.err);
  CHECK(clean.status == 0);
  tree.commit_unseen("c.txt", leak(3));
  CHECK(tree.git({"push", "-q", "origin", "main"}).status == 1);
}

TEST_CASE("10,000 refs at once, within the time limit") {
  WorkTree tree;
  Server server;
  add_remote(tree, server.root);
  tree.commit_unseen("b.txt", leak(1));
  const std::string good = tree.id("HEAD~1");
  const std::string bad = tree.id("HEAD");
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "create refs/heads/b" + std::to_string(i) + " " + (i == 7'777 ? bad : good) + "\n";
  run_git(tree.root, {"update-ref", "--stdin"}, many);
  Ran ran = tree.git({"push", "-q", "origin", "refs/heads/b*:refs/heads/b*"});
  CHECK(ran.status == 1);
  CHECK(contains(ran.err, "push refused, 1 credential in it"));
  run_git(tree.root, {"update-ref", "refs/heads/b7777", good});
  Ran clean = tree.git({"push", "-q", "origin", "refs/heads/b*:refs/heads/b*"});
  CHECK(clean.status == 0);
  CHECK(clean.err == "");
}

TEST_CASE("Over the time limit a push is refused, or let pass where the server says so, and is told either way") {
  // git that takes its time to name the refs, which counts as much as the scan.
  WorkTree tree;
  auto receive = [&](const std::string& flags) {
    return run_command(tree.root, {"sh", "-c", "sleep 3 | keywake hook run pre-receive " + flags}, {}, {path_with_keywake()});
  };
  Ran refused = receive("--time-limit 1");
  CHECK(refused.status == 2);
  CHECK(contains(refused.err, "could not be checked within 1 s, and is refused"));
  CHECK(contains(refused.err, "smaller parts"));
  Ran passed = receive("--time-limit 1 --over-time pass");
  CHECK(passed.status == 0);
  CHECK(contains(passed.err, "let pass, unseen"));
  for (const char* enough : {"--time-limit 0", ""}) {
    Ran done = receive(enough);
    CHECK(done.status == 0);
    CHECK(done.err == "");
  }
}
