// keywake scan of a Jenkins home: values that its XML files keep encrypted. The files are made by openssl, as Jenkins makes them.
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "catch.h"
#include "keywake_helper.h"

namespace keywake::testing {
namespace {

// secrets/ and a credentials.xml with a value of either format; $1: of the present one, $2: of that before Jenkins 2.44.
constexpr const char* kMake = R"sh(set -e
unhex() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
mkdir -p home/secrets home/jobs/shop
printf '%s' seed | sha512sum | cut -c1-128 > home/secrets/master.key
master=$(printf '%s' "$(cat home/secrets/master.key)" | sha256sum | cut -c1-32)
printf 'seed of the key' | sha256sum | cut -c1-64 | unhex > key
key=$(head -c 16 key | od -An -tx1 | tr -d ' ')
{ cat key; printf '::::MAGIC::::'; } | openssl enc -aes-128-ecb -K "$master" > home/secrets/hudson.util.Secret
iv=000102030405060708090a0b0c0d0e0f
printf '%s' "$1" | openssl enc -aes-128-cbc -K "$key" -iv $iv > data
{ printf '0100000010%08x%s' "$(stat -c %s data)" $iv | unhex; cat data; } | base64 -w0 > present
printf '%s::::MAGIC::::' "$2" | openssl enc -aes-128-ecb -K "$key" | base64 -w0 > past
printf '<c>\n  <password>{%s}</password>\n</c>\n' "$(cat present)" > home/credentials.xml
printf '<project>\n\n<apiToken>%s</apiToken></project>\n' "$(cat past)" > home/jobs/shop/config.xml
)sh";

struct Home {
  TemporaryFolder folder;
  std::string present = github_token(8701);
  std::string past = github_token(8702);
  Home() {
    const Ran made = run_command(folder.path(), {"sh", "-c", kMake, "sh", present, past});
    INFO(made.err);
    REQUIRE(made.status == 0);
  }
  [[nodiscard]] std::set<std::string> places(Arguments of) const {
    Arguments arguments{"scan", "--format", "jsonl", "--show-secrets"};
    arguments.insert(arguments.end(), of.begin(), of.end());
    const Ran ran = run_keywake(arguments, {.folder = folder.path()});
    INFO(ran.out << ran.err);
    std::set<std::string> out;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
      const auto record = nlohmann::json::parse(line);
      const std::string secret = record.value("secret", "");
      if (record["type"] != "sighting" || (secret != present && secret != past)) continue;
      out.insert(record["path"].get<std::string>() + ":" + std::to_string(record["line"].get<int>()) + ":" + std::to_string(record["column"].get<int>()) + " " +
                 record.value("decoded", "") + " " + secret);
    }
    return out;
  }
};

}  // namespace

TEST_CASE("a Jenkins home: what its files keep encrypted is found, in both formats, at the ciphertext") {
  const Home home;
  const std::set<std::string> expected{"credentials.xml:2:13 jenkins " + home.present, "jobs/shop/config.xml:3:11 jenkins " + home.past};
  CHECK(home.places({"home"}) == expected);
  CHECK(home.places({"home/credentials.xml"}) == std::set<std::string>{"credentials.xml:2:13 jenkins " + home.present});
}

TEST_CASE("a credentials.xml away from its home: with --jenkins-secrets, and without") {
  const Home home;
  std::filesystem::create_directory(home.folder.path() / "away");
  std::filesystem::copy_file(home.folder.path() / "home/credentials.xml", home.folder.path() / "away/credentials.xml");
  CHECK(home.places({"away"}).empty());
  CHECK(home.places({"--jenkins-secrets", "home/secrets", "away"}) == std::set<std::string>{"credentials.xml:2:13 jenkins " + home.present});
}

TEST_CASE("a Jenkins home in an archive, the keys before or after what they open, and in an archive within") {
  const Home home;
  const auto sh = [&](const std::string& script) {
    const Ran ran = run_command(home.folder.path(), {"sh", "-ec", script});
    INFO(ran.err);
    REQUIRE(ran.status == 0);
  };
  const auto expected = [&](const std::string& prefix) {
    return std::set<std::string>{prefix + "credentials.xml:2:13 jenkins " + home.present, prefix + "jobs/shop/config.xml:3:11 jenkins " + home.past};
  };
  sh("mkdir a b c d; tar cf a/after.tar home/credentials.xml home/jobs home/secrets; tar czf b/before.tgz home/secrets home/jobs home/credentials.xml");
  sh("tar cf c/outer.tar a/after.tar; python3 -m zipfile -c d/top.zip home/credentials.xml home/jobs/ home/secrets/");
  CHECK(home.places({"a"}) == expected("after.tar!/home/"));
  CHECK(home.places({"a/after.tar"}) == expected("after.tar!/home/"));
  CHECK(home.places({"b"}) == expected("before.tgz!/home/"));
  CHECK(home.places({"c"}) == expected("outer.tar!/a/after.tar!/home/"));
  const auto of_zip = home.places({"d"});
  CHECK(of_zip.contains("top.zip!/credentials.xml:2:13 jenkins " + home.present) != of_zip.contains("top.zip!/home/credentials.xml:2:13 jenkins " + home.present));
  // On standard input; from a home that is a folder, in an archive of one of its jobs; with the keys named; and with none.
  const Ran piped = run_keywake({"scan", "--format", "jsonl", "--show-secrets", "-"}, {.folder = home.folder.path(), .input = read_text(home.folder.path() / "a/after.tar")});
  CHECK(contains(piped.out, home.present));
  CHECK(contains(piped.out, home.past));
  sh("tar cf home/jobs/old.tar home/credentials.xml; mkdir e; cp home/jobs/old.tar e/");
  CHECK(home.places({"home"}).contains("jobs/old.tar!/home/credentials.xml:2:13 jenkins " + home.present));
  CHECK(home.places({"e"}).empty());
  CHECK(home.places({"--jenkins-secrets", "home/secrets", "e"}) == std::set<std::string>{"old.tar!/home/credentials.xml:2:13 jenkins " + home.present});
  // Keys that do not fit.
  sh("mkdir f; printf another > home/secrets/master.key; tar cf f/wrong.tar home");
  const Ran wrong = run_keywake({"scan", "f"}, {.folder = home.folder.path()});
  CHECK(contains(wrong.out + wrong.err, "master.key does not open hudson.util.Secret"));
  CHECK(home.places({"f"}).empty());
}

TEST_CASE("a Jenkins home in a layer of an image; the host's own files are no part of it") {
  const Home home;
  const auto scan = [&](const std::string& script, const Arguments& more) {
    const Ran made = run_command(home.folder.path(), {"sh", "-ec", script, "sh", std::string(KEYWAKE_SOURCE_DIR) + "/tests/cli/make_image.py"});
    INFO(made.err);
    REQUIRE(made.status == 0);
    Arguments arguments = more;
    arguments.push_back("oci:" + (home.folder.path() / "image").string() + ":1");
    return home.places(arguments);
  };
  const std::string whole = "rm -rf image layer; mkdir -p layer/var; cp -r home layer/var/jenkins_home; python3 \"$1\" image 1 layer";
  CHECK(scan(whole, {}) == std::set<std::string>{"/var/jenkins_home/credentials.xml:2:13 jenkins " + home.present, "/var/jenkins_home/jobs/shop/config.xml:3:11 jenkins " + home.past});
  // A layer with the ciphertext alone, at the path of a home of the host: nothing, unless the keys are named (also when an earlier scan found the layer clean).
  const std::string alone = "rm -rf image layer; mkdir -p \"layer$PWD/home\"; cp home/credentials.xml \"layer$PWD/home\"; python3 \"$1\" image 1 layer";
  CHECK(scan(alone, {}).empty());
  CHECK(scan(alone, {"--jenkins-secrets", "home/secrets"}).size() == 1);
}

TEST_CASE("Jenkins' keys that do not belong together are named in the summary, and the scan goes on") {
  const Home home;
  write_file(home.folder.path() / "home/secrets/master.key", "another");
  CHECK(home.places({"home"}).empty());
  const Ran ran = run_keywake({"scan", "home"}, {.folder = home.folder.path()});
  CHECK(contains(ran.out + ran.err, "master.key does not open hudson.util.Secret"));
}

TEST_CASE("a hostile file of a Jenkins home is read in one go, and broken ciphertexts are passed over") {
  const Home home;
  const std::string good = read_text(home.folder.path() / "home/credentials.xml");
  const std::size_t begin = good.find("{AQ");
  std::string broken;
  for (std::size_t length = 0; length < 60; length += 7) broken += "<password>" + good.substr(begin, length) + "}</password>\n";
  for (const std::size_t at : {3, 6, 12, 30}) {
    std::string changed = good.substr(begin, good.find('}') - begin + 1);
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    broken += "<password>" + changed + "</password>\n";
  }
  write_file(home.folder.path() / "home/broken.xml", broken);
  // Some minutes, if each ">" were looked at from both sides.
  write_file(home.folder.path() / "home/hostile.xml", "<" + std::string(4 << 20, '>') + "<" + std::string(1 << 20, '<') + good);
  const auto found = home.places({"home"});
  CHECK(found.size() == 3);  // both files, and the good value at the end of the hostile one
}

}  // namespace keywake::testing
