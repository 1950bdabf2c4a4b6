// The Docker daemon's images. No daemon runs where the tests do: what answers here is a small HTTP server of our own at a Unix socket
// (socket_server.py), which sends a real docker archive made by skopeo, chunked as the daemon does. So this proves the client's side of the Engine
// API as its documentation has it, and not that a real daemon is read.
#include "images/daemon.h"

#include <cstdlib>

#include "catch.h"
#include "registry_helper.h"

namespace keywake::images {
namespace {

struct Daemon {
  testing::Scratch folder;
  std::string archive = folder.path() / "shop.tar";
  std::string socket = folder.path() / "docker.sock";
  std::string requests = folder.write("requests", "");
  std::unique_ptr<testing::Beside> server;

  Daemon() {
    testing::run({KEYWAKE_SOURCE_DIR "/tests/images/image_layout.py", (folder.path() / "layout").string()});
    testing::run({"skopeo", "--insecure-policy", "copy", "--quiet", "--override-os=linux", "--override-arch=amd64", "oci:" + (folder.path() / "layout").string() + ":multi",
                  "docker-archive:" + archive + ":acme/shop:1.0"});
    server = std::make_unique<testing::Beside>(std::vector<std::string>{KEYWAKE_SOURCE_DIR "/tests/images/socket_server.py", socket, archive, requests}, socket);
    ::setenv("DOCKER_HOST", ("unix://" + socket).c_str(), 1);
  }
  ~Daemon() { ::unsetenv("DOCKER_HOST"); }
};

Reference named(const std::string& repository, const std::string& tag) { return {Reference::Transport::kDockerDaemon, "", repository, tag, "", ""}; }

std::string all_of(const archive::Stream& stream) {
  std::string out;
  while (true) {
    const auto part = stream.read();
    if (!part) FAIL(part.error().message);
    if (part->empty()) return out;
    out += *part;
  }
}

std::string error_of(const auto& result) {
  REQUIRE_FALSE(result);
  return result.error().message;
}

TEST_CASE("daemon: an image as a docker archive, as often as it is wanted") {
  const Daemon daemon;
  const auto open = daemon_archive(named("acme/shop", "1.0"));
  REQUIRE(open);
  const std::string expected = testing::text_of(daemon.archive);
  REQUIRE(expected.find("manifest.json") != std::string::npos);
  for (int i = 0; i < 2; ++i) {
    const auto stream = (*open)();
    if (!stream) FAIL(stream.error().message);
    CHECK(all_of(*stream) == expected);
  }
  const auto one = (*open)();
  const auto other = (*open)();  // at once
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->read()->substr(0, 100) == other->read()->substr(0, 100));
  CHECK_FALSE((*daemon_archive(named("acme/shop", "")))());
  CHECK(testing::text_of(daemon.requests).ends_with("/images/acme/shop:latest/get\n"));
}

TEST_CASE("daemon: what it has not, and where none is") {
  const Daemon daemon;
  CHECK(error_of((*daemon_archive(named("acme/none", "1.0")))()) ==
        "acme/none:1.0: the Docker daemon answers 404, No such image: acme/none:1.0; 'docker image ls' lists what it has");
  ::setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock", 1);
  const std::string absent = error_of((*daemon_archive(named("acme/shop", "1.0")))());
  INFO(absent);
  CHECK(absent.starts_with("acme/shop:1.0: no Docker daemon answers at /nonexistent/docker.sock"));
  CHECK(absent.ends_with("is it running, and may you use its socket? DOCKER_HOST names another"));
  ::setenv("DOCKER_HOST", "tcp://192.0.2.1:2375", 1);
  CHECK(error_of(daemon_archive(named("acme/shop", "1.0"))).find("docker save") != std::string::npos);
  ::setenv("DOCKER_HOST", ("unix://" + std::string(200, 'x')).c_str(), 1);
  CHECK_FALSE(daemon_archive(named("acme/shop", "1.0")));
}

}  // namespace
}  // namespace keywake::images
