// scripts/install-deps, with stand-ins for dpkg-query, apt-get, sudo and id first on the PATH.
#include <cstdlib>

#include "catch.h"
#include "cli/keywake_helper.h"

using namespace keywake::testing;
namespace fs = std::filesystem;

namespace {

struct FakeDebian {
  TemporaryFolder folder;
  fs::path bin = folder.path() / "bin";
  fs::path log = folder.path() / "log";

  FakeDebian(const std::string& installed, int user, bool sudo = true) {
    script("dpkg-query", "for p in " + installed +
                             "; do [ \"$p\" = \"$4\" ] && echo installed && exit 0; done; exit 1");
    script("apt-get", "echo \"apt-get $*\" >>" + log.string());
    script("apt-cache", "case \"$3\" in libhyperscan-dev) exit 1;; esac; exit 0");
    script("id", "echo " + std::to_string(user));
    if (sudo) script("sudo", "echo sudo >>" + log.string() + "; exec \"$@\"");
    for (const char* tool : {"bash", "env", "dirname", "cat", "sh"}) {
      fs::create_symlink(fs::exists("/usr/bin/" + std::string(tool))
                             ? "/usr/bin/" + std::string(tool)
                             : "/bin/" + std::string(tool),
                         bin / tool);
    }
  }
  void script(const std::string& name, const std::string& text) {
    write_file(bin / name, "#!/bin/sh\n" + text + "\n");
    fs::permissions(bin / name, fs::perms::owner_all);
  }
  Ran run(const Arguments& groups) {
    Arguments words{"env", "PATH=" + bin.string(), "bash",
                    std::string(KEYWAKE_SOURCE_DIR) + "/scripts/install-deps"};
    words.insert(words.end(), groups.begin(), groups.end());
    return run_command(folder.path(), words);
  }
};

// All packages of a group but those named.
std::string packages_of(const std::string& group, const std::string& but = "") {
  std::string command = "grep '^" + group + " ' " + KEYWAKE_SOURCE_DIR +
                        "/scripts/packages.txt | awk '{sub(/\\|.*/, \"\", $2); print $2}'";
  if (!but.empty()) command += " | grep -vx '" + but + "'";
  std::string out = run_command(".", {"sh", "-c", command}).out;
  for (char& c : out) c = c == '\n' ? ' ' : c;
  return out;
}

}  // namespace

TEST_CASE("Nothing is done, and no rights are asked for, when all packages are there") {
  FakeDebian debian(packages_of("test"), 1000, false);
  Ran ran = debian.run({"test"});
  CHECK(ran.status == 0);
  CHECK(ran.out.empty());
  CHECK(ran.err.empty());
  CHECK_FALSE(fs::exists(debian.log));
}

TEST_CASE("What is missing is installed, and only that") {
  FakeDebian debian(packages_of("build", "ccache"), 0);
  CHECK(debian.run({"build"}).status == 0);
  CHECK(read_text(debian.log) ==
        "apt-get -q update\napt-get -q install --yes --no-install-recommends --no-remove ccache\n");
}

TEST_CASE("Through sudo when one is not root") {
  FakeDebian debian(packages_of("test", "catch2"), 1000);
  CHECK(debian.run({"test"}).status == 0);
  CHECK(read_text(debian.log) ==
        "sudo\napt-get -q update\nsudo\napt-get -q install --yes --no-install-recommends --no-remove catch2\n");
}

TEST_CASE("Servers are installed without being started, now or later, and what runs already is left alone") {
  FakeDebian debian(packages_of("server", "slapd"), 0);
  const fs::path policy = debian.folder.path() / "policy-rc.d";
  const fs::path asked = debian.folder.path() / "asked";
  debian.script("apt-get", "echo \"apt-get $*\" >>" + debian.log.string() + "; [ -x " + policy.string() + " ] && echo held back >>" + debian.log.string() + "; exit 0");
  debian.script("systemctl", "echo \"systemctl $*\" >>" + debian.log.string() + "; [ \"$2\" = list-unit-files ] || exit 0; echo ssh.service enabled enabled; [ -e " + asked.string() +
                                 " ] && echo slapd.service enabled enabled; : >" + asked.string());
  for (const char* tool : {"rm", "chmod"}) fs::create_symlink("/bin/" + std::string(tool), debian.bin / tool);
  Arguments words{"env", "PATH=" + debian.bin.string(), "POLICY_RC_D=" + policy.string(), "bash", std::string(KEYWAKE_SOURCE_DIR) + "/scripts/install-deps", "server"};
  const Ran ran = run_command(debian.folder.path(), words);
  INFO(ran.out << ran.err);
  CHECK(ran.status == 0);
  const std::string log = read_text(debian.log);
  INFO(log);
  CHECK(contains(log, "--no-remove slapd\nheld back\n"));
  CHECK(contains(log, "disable slapd.service"));
  CHECK_FALSE(contains(log, "disable ssh.service"));
  CHECK_FALSE(fs::exists(policy));
}

TEST_CASE("Neither root nor sudo: the packages are named") {
  FakeDebian debian("git", 1000, false);
  Ran ran = debian.run({"test"});
  CHECK(ran.status == 1);
  CHECK(contains(ran.err, "catch2"));
  CHECK(contains(ran.err, "python3-jsonschema"));
  CHECK(contains(ran.err, "as root"));
}

TEST_CASE("An alternative will do, installed or to be installed") {
  FakeDebian has_it("libvectorscan-dev " + packages_of("build", "libhyperscan-dev"), 0);
  CHECK(has_it.run({"build"}).status == 0);
  CHECK_FALSE(fs::exists(has_it.log));
  FakeDebian lacks_it(packages_of("build", "libhyperscan-dev"), 0);  // where apt knows no Hyperscan
  CHECK(lacks_it.run({"build"}).status == 0);
  CHECK(contains(read_text(lacks_it.log), " libvectorscan-dev\n"));
}

TEST_CASE("Every package has a group and a reason") {
  std::string command = std::string("grep -v -e '^#' -e '^$' ") + KEYWAKE_SOURCE_DIR +
                        "/scripts/packages.txt | grep -vE '^(build|test|server|fuzz|bench|format) "
                        "+[a-z0-9.+|-]+ +[A-Za-z].*'";
  CHECK(run_command(".", {"sh", "-c", command}).out.empty());
}
