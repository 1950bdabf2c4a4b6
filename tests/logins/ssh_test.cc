// Logins with keys at a real OpenSSH, which lets in the user that runs the test.
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "catch.h"
#include "login/login.h"
#include "server_helper.h"

namespace keywake::testing {
namespace {

using model::Verdict;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Without PAM, sshd as an ordinary user takes every account for locked; with it, it needs the services of a whole system.
std::string pam() { return ::geteuid() == 0 ? "UsePAM no\n" : "UsePAM yes\n"; }

struct Made {
  std::string secret, open;  // the private key, and the line of the public one
};
Made made(const Folder& folder, const std::string& name, const std::vector<std::string>& how, const std::string& passphrase = "") {
  std::vector<std::string> words{"ssh-keygen", "-q", "-N", passphrase, "-C", "", "-f", folder.path() / name};
  words.insert(words.end(), how.begin(), how.end());
  run(words);
  return {text_of(folder.path() / name), text_of(folder.path() / (name + ".pub"))};
}

TEST_CASE("SSH: keys that are let in, and keys that are not") {
  const Folder folder;
  const Made host = made(folder, "host", {"-t", "ed25519"});
  const Made ed25519 = made(folder, "ed25519", {"-t", "ed25519"});
  const Made ecdsa = made(folder, "ecdsa", {"-t", "ecdsa", "-b", "256"});
  const Made rsa = made(folder, "rsa", {"-t", "rsa", "-b", "2048"});
  const Made other = made(folder, "other", {"-t", "ed25519"});
  const Made encrypted = made(folder, "encrypted", {"-t", "ed25519"}, "a-passphrase");
  const std::string known = folder.write("authorized_keys", ed25519.open + ecdsa.open + rsa.open);
  if (::geteuid() == 0) {
    std::filesystem::create_directories("/run/sshd");  // of the service that does not run here
    for (const char* file : {"host", "host.pub"}) REQUIRE(::chown((folder.path() / file).c_str(), 0, 0) == 0);
  }
  const int port = free_port();
  const std::string configuration = folder.write("sshd_config", "Port " + std::to_string(port) + "\nListenAddress 127.0.0.1\nHostKey " + (folder.path() / "host").string() +
      "\nAuthorizedKeysFile " + known + "\nStrictModes no\n" + pam() + "PidFile none\nPermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
      "ForceCommand echo \"Hi octocat! You've successfully authenticated.\"\n");
  const Server server({"/usr/sbin/sshd", "-D", "-e", "-f", configuration}, port, true);
  const std::string user = ::getpwuid(::geteuid())->pw_name;
  auto login = [&](const Made& key, const std::string& at) { return Login{"private-key.openssh", key.secret, {{"host", at}, {"user", user}}}; };

  for (const Made* key : {&ed25519, &ecdsa}) {
    const model::Validation result = asked(login(*key, "build.acme.test"), port, "");
    INFO(result.reason);
    CHECK(result.verdict == Verdict::kLive);
    CHECK(fact(result, "account") == user);
  }
  const model::Validation refused = asked(login(other, "build.acme.test"), port, "");
  CHECK(refused.verdict == Verdict::kDead);
  CHECK_THAT(refused.reason, Catch::Contains("refuses it"));
  // libssh2 before 1.11 signs with RSA and SHA-1, which this server refuses; later ones are let in.
  CHECK(asked(login(rsa, "build.acme.test"), port, "").verdict != Verdict::kDead);
  const model::Validation closed = asked(login(encrypted, "build.acme.test"), port, "");
  CHECK(closed.verdict == Verdict::kSkipped);
  CHECK_THAT(closed.reason, Catch::Contains("encrypted"));
  SECTION("a host of repositories is asked whose key it is") {
    net::ClientOptions options;
    options.connect_to = {"::127.0.0.1:" + std::to_string(port)};
    const auto guard = net::Guard::make(options);
    REQUIRE(guard);
    for (const std::string at : {"codeberg.org", "build.acme.test"}) {
      net::Request request;
      request.url = "ssh://" + at;
      request.user = user;
      request.private_key = ed25519.secret;
      const net::Answer answer = login::driver_for("ssh")({request, *net::host_of(request.url), "", *guard, std::chrono::steady_clock::now() + std::chrono::seconds(10)});
      CHECK(answer.status == login::kLetIn);
      CHECK((answer.body.find("Hi octocat!") != std::string::npos) == (at == "codeberg.org"));
    }
  }
  SECTION("who says to be github.com, and has not its host key, is not believed") {
    const model::Validation result = asked({"private-key.openssh", ed25519.secret, {{"user", user}}}, port, "");
    CHECK(result.verdict == Verdict::kUnknown);
    CHECK_THAT(result.reason, Catch::Contains("publishes"));
    CHECK(fact(result, "owner").empty());
  }
  SECTION("a key that none of the known hosts knows is not dead") {
    const model::Validation result = asked({"private-key.openssh", other.secret, {{"user", user}}}, port, "");
    CHECK(result.verdict == Verdict::kUnknown);
    CHECK_THAT(result.reason, Catch::Contains("none of"));
  }
}

TEST_CASE("SSH: a second factor is asked for after a key that is right") {
  const Folder folder;
  const Made host = made(folder, "host", {"-t", "ed25519"});
  const Made key = made(folder, "key", {"-t", "ed25519"});
  const Made other = made(folder, "other", {"-t", "ed25519"});
  const std::string known = folder.write("authorized_keys", key.open);
  if (::geteuid() == 0) std::filesystem::create_directories("/run/sshd");
  if (::geteuid() == 0) REQUIRE(::chown((folder.path() / "host").c_str(), 0, 0) == 0);
  const int port = free_port();
  const std::string configuration = folder.write("sshd_config", "Port " + std::to_string(port) + "\nListenAddress 127.0.0.1\nHostKey " + (folder.path() / "host").string() +
      "\nAuthorizedKeysFile " + known + "\nStrictModes no\n" + pam() + "PidFile none\nPermitRootLogin yes\nPasswordAuthentication yes\nAuthenticationMethods publickey,password\n");
  const Server server({"/usr/sbin/sshd", "-D", "-e", "-f", configuration}, port, true);
  const std::string user = ::getpwuid(::geteuid())->pw_name;
  const model::Validation right = asked({"private-key.openssh", key.secret, {{"host", "build.acme.test"}, {"user", user}}}, port, "");
  CHECK(right.verdict == Verdict::kLive);
  CHECK_THAT(right.reason, Catch::Contains("second factor"));
  CHECK(asked({"private-key.openssh", other.secret, {{"host", "build.acme.test"}, {"user", user}}}, port, "").verdict == Verdict::kDead);
}

}  // namespace
}  // namespace keywake::testing
