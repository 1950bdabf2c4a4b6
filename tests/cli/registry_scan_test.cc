// keywake scan of images where they lie in use: in a registry (Debian's docker-registry over TLS), behind the Docker daemon's socket
// (socket_server.py stands in for the daemon), in a folder of skopeo's; layers remembered from scan to scan; repositories inside layers.
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.h"
#include "images/registry_helper.h"
#include "keywake_helper.h"

namespace keywake::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// A layout of an image whose layers are folders.
void make_image(const fs::path& layout, const std::string& name, const std::vector<fs::path>& layers) {
  Arguments command{"python3", std::string(KEYWAKE_SOURCE_DIR) + "/tests/cli/make_image.py", layout.string(), name};
  for (const fs::path& layer : layers) command.push_back(layer.string());
  const Ran made = run_command(".", command);
  INFO(made.err);
  REQUIRE(made.status == 0);
}

// Two layers: a base with a token in /etc/base.conf, and the application's with one in /app/app.conf.
void make_shop(const fs::path& folder, const std::string& name, unsigned token) {
  write_file(folder / "base/etc/base.conf", "token = " + github_token(9100) + "\n");
  write_file(folder / "app/app/app.conf", "token = " + github_token(token) + "\n");
  make_image(folder / name, name, {folder / "base", folder / "app"});
}

struct Scanned {
  Ran ran;
  std::vector<Json> sightings;
  Json summary;
  [[nodiscard]] Json at(unsigned token, const std::string& path) const {
    for (const Json& each : sightings) {
      if (each["secret"] == github_token(token) && each["path"] == path) return each;
    }
    FAIL("no token " << token << " at " << path << " in " << ran.out << ran.err);
    return {};
  }
};

Scanned scan(const Arguments& more, const Setting& setting = {}) {
  const Scratch folder;
  const std::string summary = (folder.path() / "out.json").string();
  Arguments arguments{"scan", "--format", "jsonl", "--show-secrets", "-o", summary};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Scanned out{run_keywake(arguments, setting), {}, {}};
  std::istringstream lines(out.ran.out);
  for (std::string line; std::getline(lines, line);) out.sightings.push_back(Json::parse(line));
  const Json all = Json::parse(read_text(summary), nullptr, false);
  if (all.is_object()) out.summary = all["summary"];
  return out;
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
    return scan(more);
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

  const Scanned asked = scan({"docker-daemon:acme/shop:1.0"}, {.environment = {"DOCKER_HOST=unix://" + socket}});
  INFO(asked.ran.err);
  CHECK(asked.ran.status == 1);
  CHECK(asked.sightings.size() == 2);
  CHECK(asked.at(9101, "/app/app.conf")["image"]["layer_index"] == 2);
  CHECK(count_of(read_text(requests), "\n") == 2);  // once for the list, once for all layers

  const Scanned plain = scan({"dir:" + (folder.path() / "plain").string()});
  INFO(plain.ran.err);
  CHECK(plain.ran.status == 1);
  CHECK(plain.sightings.size() == 2);
}

TEST_CASE("a layer that was clean is not read again by the same rules; one with findings is") {
  const Scratch folder;
  write_file(folder.path() / "base/etc/motd", "welcome\n");
  write_file(folder.path() / "base/etc/gone", "bye\n");
  write_file(folder.path() / "app/app.conf", "token = " + github_token(9101) + "\n");
  write_file(folder.path() / "more/.wh.app.conf", "");
  const fs::path layout = folder.path() / "shop";
  make_image(layout, "shop", {folder.path() / "base", folder.path() / "app", folder.path() / "more"});
  const Setting own{.environment = {"XDG_CACHE_HOME=" + (folder.path() / "cache").string()}};
  const std::string target = layout.string();

  const Scanned first = scan({target}, own);
  CHECK(first.summary["layers"] == 3);
  CHECK(first.summary["known_layers"] == 0);
  const Scanned second = scan({target}, own);
  CHECK(second.ran.out == first.ran.out);
  CHECK(second.at(9101, "/app.conf")["image"]["deleted_in"] == 3);  // as the layer that is not read says
  CHECK(second.summary["known_layers"] == 2);
  CHECK(scan({target, "--no-cache"}, own).summary["known_layers"] == 0);
  CHECK(scan({target, "--confidence", "low"}, own).summary["known_layers"] == 0);
  CHECK(scan({target, "--exclude", "*.conf"}, own).summary["known_layers"] == 0);
  for (const auto& file : fs::recursive_directory_iterator(folder.path() / "cache")) {
    if (!file.is_regular_file()) continue;
    CHECK_FALSE(contains(read_text(file.path()), github_token(9101)));
    write_file(file.path(), read_text(file.path()) + "x");  // damaged
  }
  CHECK(scan({target}, own).ran.out == first.ran.out);
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

  const Scanned found = scan({(folder.path() / "shop").string()});
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
