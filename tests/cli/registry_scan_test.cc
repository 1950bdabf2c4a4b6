// keywake scan of images where they lie in use: in a registry (Debian's docker-registry over TLS), behind the Docker daemon's socket
// (socket_server.py stands in for the daemon), in a folder of skopeo's; repositories inside layers.
#include <filesystem>

#include "catch.h"
#include "image_scan_helper.h"
#include "images/registry_helper.h"
#include "keywake_helper.h"

namespace keywake::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Two layers: a base with a token in /etc/base.conf, and the application's with one in /app/app.conf.
void make_shop(const fs::path& folder, const std::string& name, unsigned token) {
  write_file(folder / "base/etc/base.conf", "token = " + github_token(9100) + "\n");
  write_file(folder / "app/app/app.conf", "token = " + github_token(token) + "\n");
  make_image(folder / name, name, {folder / "base", folder / "app"});
}

const Authority& authority() {
  static const Authority out({"localhost,IP:127.0.0.1"});
  return out;
}

TEST_CASE("an image in a registry: one tag, every tag, without the layers of another") {
  const Scratch folder;
  make_shop(folder.path(), "one", 9101);
  make_shop(folder.path(), "two", 9102);
  const Registry registry(&authority());
  for (const std::string tag : {"one", "two"}) registry.push("oci:" + (folder.path() / tag).string() + ":" + tag, "acme/shop:" + tag);
  const std::string shop = "docker://" + registry.host() + "/acme/shop";
  const Arguments trust{"--ca-file", authority().ca()};
  auto with = [&](Arguments more) {
    more.insert(more.end(), trust.begin(), trust.end());
    return scan_images(more);
  };

  const Scanned one = with({shop + ":one"});
  INFO(one.ran.err);
  CHECK(one.ran.status == 1);
  CHECK(one.sightings.size() == 2);
  const Json image = one.at(9101, "/app/app.conf")["image"];
  CHECK(image["name"] == registry.host() + "/acme/shop:one");
  CHECK(image["layer_index"] == 2);
  CHECK(image["created_by"] == "COPY layer 2");
  CHECK(image["from_base"] == false);
  CHECK(one.at(9100, "/etc/base.conf")["image"]["from_base"] == true);

  const Scanned all = with({shop, "--all-tags"});
  CHECK(all.sightings.size() == 4);
  CHECK(all.summary["layers"] == 3);  // the base once
  CHECK(all.at(9102, "/app/app.conf")["image"]["name"] == registry.host() + "/acme/shop:two");

  const Scanned rest = with({shop + ":two", "--not-in", shop + ":one"});
  CHECK(rest.sightings.size() == 1);

  const Scanned none = with({shop + ":three"});
  CHECK(none.ran.status == 2);
  CHECK_THAT(none.ran.err, Catch::Contains("acme/shop:three") && Catch::Contains("404"));
  CHECK_THAT(with({"oci:" + (folder.path() / "one").string(), "--all-tags"}).ran.err, Catch::Contains("--all-tags is for images of a registry"));
}

TEST_CASE("an image of the Docker daemon, and one in a folder of skopeo's") {
  const Scratch folder;
  make_shop(folder.path(), "shop", 9101);
  const std::string source = "oci:" + (folder.path() / "shop").string() + ":shop";
  const std::string tar = (folder.path() / "shop.tar").string();
  run({"skopeo", "--insecure-policy", "copy", "--quiet", source, "docker-archive:" + tar + ":acme/shop:1.0"});
  run({"skopeo", "--insecure-policy", "copy", "--quiet", source, "dir:" + (folder.path() / "plain").string()});
  const std::string socket = (folder.path() / "docker.sock").string();
  const std::string requests = folder.write("requests", "");
  const Beside daemon({KEYWAKE_SOURCE_DIR "/tests/images/socket_server.py", socket, tar, requests}, socket);

  const Scanned asked = scan_images({"docker-daemon:acme/shop:1.0"}, {.environment = {"DOCKER_HOST=unix://" + socket}});
  INFO(asked.ran.err);
  CHECK(asked.ran.status == 1);
  CHECK(asked.sightings.size() == 2);
  CHECK(asked.at(9101, "/app/app.conf")["image"]["layer_index"] == 2);
  CHECK(count_of(read_text(requests), "\n") == 2);  // once for the list, once for all layers

  const Scanned plain = scan_images({"dir:" + (folder.path() / "plain").string()});
  INFO(plain.ran.err);
  CHECK(plain.ran.status == 1);
  CHECK(plain.sightings.size() == 2);
}

TEST_CASE("a repository inside a layer is scanned with its history") {
  const Scratch folder;
  const fs::path app = folder.path() / "layer/srv/app";
  write_file(app / "config.py", "token = '" + github_token(9101) + "'\n");
  run_git(app, {"init", "-q", "-b", "main"});
  run_git(app, {"add", "."});
  run_git(app, {"commit", "-q", "-m", "first"});
  write_file(app / "config.py", "token = env\n");
  run_git(app, {"commit", "-q", "-am", "second"});
  run_git(app, {"gc", "-q"});
  write_file(app / "late.py", "token = '" + github_token(9102) + "'\n");
  run_git(app, {"add", "."});
  run_git(app, {"commit", "-q", "-m", "third"});  // loose objects beside the pack
  // What leads out of the repository is not followed.
  const fs::path outside = folder.path() / "outside";
  run_git(folder.path(), {"init", "-q", outside.string()});
  write_file(outside / "x", "token = " + github_token(9103) + "\n");
  run_git(outside, {"add", "."});
  run_git(outside, {"commit", "-q", "-m", "x"});
  write_file(app / ".git/objects/info/alternates", (outside / ".git/objects").string() + "\n");
  fs::create_directories(folder.path() / "base");
  write_file(folder.path() / "last/srv/app/.wh..git", "");
  make_image(folder.path() / "shop", "shop", {folder.path() / "base", folder.path() / "layer", folder.path() / "last"});

  const Scanned found = scan_images({(folder.path() / "shop").string()});
  INFO(found.ran.out << found.ran.err);
  CHECK(found.ran.status == 1);
  const Json old = found.at(9101, "/srv/app/.git!/config.py");
  CHECK(old["git"]["summary"] == "first");
  CHECK(old["git"]["at_tip"] == false);
  CHECK(old["image"]["layer_index"] == 2);
  CHECK(old["image"]["deleted_in"] == 3);
  CHECK(found.at(9102, "/srv/app/.git!/late.py")["git"]["at_tip"] == true);
  CHECK(found.at(9102, "/srv/app/late.py")["image"]["deleted_in"].is_null());
  CHECK(found.sightings.size() == 3);
  CHECK(found.summary["commits"] == 3);
}

}  // namespace
}  // namespace keywake::testing
