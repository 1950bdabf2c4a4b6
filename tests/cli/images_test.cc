// keywake scan of container images: layouts by make_layout.py, and the same as skopeo writes them (no daemon).
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.h"
#include "keywake_helper.h"

namespace keywake::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr unsigned kTokens = 10;

struct Place {
  Json image;
  std::string path;
};

std::string make_layout(const fs::path& folder) {
  Arguments command{"python3", std::string(KEYWAKE_SOURCE_DIR) + "/tests/cli/make_layout.py", folder.string()};
  for (unsigned i = 0; i < kTokens; ++i) command.push_back(github_token(9000 + i));
  const Ran made = run_command(".", command);
  REQUIRE(made.status == 0);
  return made.out.substr(0, made.out.find('\n'));
}

Ran scan(const Arguments& more) {
  Arguments arguments{"scan", "--format", "jsonl", "--show-secrets"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_keywake(arguments);
}

// By "number of the token path".
std::map<std::string, Json> places(const std::string& jsonl) {
  std::map<std::string, Json> out;
  std::istringstream lines(jsonl);
  for (std::string line; std::getline(lines, line);) {
    const Json record = Json::parse(line);
    for (unsigned i = 0; i < kTokens; ++i) {
      if (record["secret"] == github_token(9000 + i)) out[std::to_string(i) + " " + record["path"].get<std::string>()] = record["image"];
    }
  }
  return out;
}

void check_all(const std::map<std::string, Json>& found) {
  struct Row {
    std::string place;
    int layer, deleted_in;  // 0: none
  };
  const Row rows[] = {
      {"0 /etc/kept.conf", 1, 0},    {"1 /etc/deleted.conf", 1, 2}, {"2 /etc/over.conf", 1, 2},
      {"3 /srv/app/deep.conf", 1, 2}, {"4 /lib/app.tar!/conf/a.properties", 2, 0}, {"5 /root/.npmrc", 2, 0},
      {"6 config/Env", 0, 0},        {"7 history/3", 0, 0},         {"8 /opt/first", 1, 2},
      {"8 /opt/second", 1, 0},       {"9 config/Labels", 0, 0},
  };
  for (const Row& row : rows) {
    INFO(row.place);
    REQUIRE(found.count(row.place) == 1);
    const Json& image = found.at(row.place);
    CHECK(image["layer_index"] == (row.layer == 0 ? Json() : Json(row.layer)));
    CHECK(image["deleted_in"] == (row.deleted_in == 0 ? Json() : Json(row.deleted_in)));
    CHECK(image["platform"] == "linux/amd64");
    if (row.layer == 1) CHECK(image["created_by"] == "COPY . /app");
  }
  CHECK(found.size() == std::size(rows));
}

TEST_CASE("an image's files, deleted files, configuration and history, in every form it may have") {
  const TemporaryFolder folder;
  const fs::path layout = folder.path() / "shop";
  make_layout(layout);
  const std::string source = "oci:" + layout.string() + ":1.2";
  auto copy = [&](Arguments options, const std::string& to) {
    Arguments command{"skopeo", "--insecure-policy", "copy", "-q"};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(source);
    command.push_back(to);
    const Ran copied = run_command(".", command);
    INFO(copied.err);
    REQUIRE(copied.status == 0);
  };
  const std::string at = folder.path().string();
  copy({"--dest-compress", "--dest-compress-format", "zstd"}, "oci:" + at + "/zstd:1");
  copy({}, "oci-archive:" + at + "/oci.tar:1");
  copy({}, "docker-archive:" + at + "/docker.tar:acme/shop:1.2");
  REQUIRE(run_command(".", {"gzip", "-k", at + "/docker.tar"}).status == 0);
  for (const std::string& target : {source, layout.string(), "oci:" + at + "/zstd", "oci-archive:" + at + "/oci.tar", at + "/oci.tar",
                                    "docker-archive:" + at + "/docker.tar:acme/shop:1.2", at + "/docker.tar", at + "/docker.tar.gz"}) {
    INFO(target);
    const Ran ran = scan({target});
    INFO(ran.err);
    CHECK(ran.status == 1);
    check_all(places(ran.out));
  }
  CHECK_THAT(run_keywake({"scan", layout.string()}).out, Catch::Contains("layer 1 of 2") && Catch::Contains("deleted in layer 2") && Catch::Contains("COPY . /app"));
  const Ran none = scan({"--platform", "linux/arm64", source});
  CHECK(none.status == 2);
  CHECK_THAT(none.err, Catch::Contains("--platform"));
  const auto rest = places(scan({"--not-in", at + "/docker.tar", source}).out);
  CHECK(rest.size() == 3);  // configuration and history
  CHECK_THAT(scan({"oci:" + layout.string() + ":none"}).err, Catch::Contains("no image named none; there are 1.2"));
}

TEST_CASE("a layer that is not of its digest or size is an error that names it; everything else is scanned") {
  const TemporaryFolder folder;
  const fs::path layout = folder.path() / "shop";
  const std::string digest = make_layout(layout);
  const fs::path blob = layout / "blobs/sha256" / digest.substr(7);
  std::string bytes = read_text(blob);
  SECTION("digest") {
    bytes.back() = 'x';
    write_file(blob, bytes);
    const Ran ran = scan({layout.string(), "--no-cache"});
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, Catch::Contains("layer " + digest) && Catch::Contains("another digest"));
    check_all(places(ran.out));
  }
  SECTION("size") {
    write_file(blob, bytes + "more");
    const Ran ran = scan({layout.string(), "--no-cache"});
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, Catch::Contains("layer " + digest) && Catch::Contains("larger than"));
    CHECK(places(ran.out).count("5 /root/.npmrc") == 1);
  }
  SECTION("a link out of the folder") {
    fs::remove(blob);
    write_file(folder.path() / "outside", "token = " + github_token(9000) + "\n");
    fs::create_symlink(folder.path() / "outside", blob);
    const Ran ran = scan({layout.string(), "--no-cache"});
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, Catch::Contains("link out of the folder"));
    const auto found = places(ran.out);
    CHECK(found.count("5 /root/.npmrc") == 1);
    CHECK(found.count("0 layer") == 0);
  }
}

TEST_CASE("hostile layers: bombs, entries that occur twice, archives in them that lie") {
  const TemporaryFolder folder;
  const fs::path at = folder.path();
  const std::string script =
      "import io, os, subprocess, sys, tarfile, zipfile\n"
      "at, token, other = sys.argv[1:]\n"
      "def put(archive, name, data):\n"
      "    info = tarfile.TarInfo(name); info.size = len(data); archive.addfile(info, io.BytesIO(data))\n"
      "with tarfile.open(at + '/twice.tar', 'w') as out:\n"
      "    put(out, 'etc/a.conf', ('token = ' + token + '\\n').encode())\n"
      "    put(out, 'etc/a.conf', b'clean\\n')\n"
      "    put(out, './/etc/../etc/b.conf', ('token = ' + other + '\\n').encode())\n"
      "    inner = io.BytesIO()\n"
      "    with zipfile.ZipFile(inner, 'w', zipfile.ZIP_DEFLATED) as bomb:\n"
      "        bomb.writestr('zeros', bytes(300 << 20))\n"
      "    put(out, 'opt/bomb.zip', inner.getvalue())\n"
      "    put(out, 'opt/cut.zip', inner.getvalue()[:1000])\n"
      "with open(at + '/bomb', 'wb') as out:\n"
      "    pack = subprocess.Popen(['zstd', '-q'], stdin=subprocess.PIPE, stdout=out)\n"
      "    head = tarfile.TarInfo('zeros'); head.size = 1 << 40\n"
      "    pack.stdin.write(head.tobuf())\n"
      "    for _ in range(1024): pack.stdin.write(bytes(1 << 20))\n"
      "    pack.stdin.close(); pack.wait()\n";
  const Ran made = run_command(".", {"python3", "-c", script, at.string(), github_token(9000), github_token(9001)});
  INFO(made.err);
  REQUIRE(made.status == 0);
  REQUIRE(run_command(".", {"python3", std::string(KEYWAKE_SOURCE_DIR) + "/tests/cli/make_image.py", (at / "shop").string(), "1", (at / "twice.tar").string(), (at / "bomb").string()}).status == 0);
  const Ran ran = scan({(at / "shop").string()});
  const auto found = places(ran.out);
  INFO(ran.out << ran.err);
  REQUIRE(found.count("0 /etc/a.conf") == 1);
  CHECK(found.at("0 /etc/a.conf")["deleted_in"] == 1);
  REQUIRE(found.count("1 /etc/b.conf") == 1);
  CHECK(found.at("1 /etc/b.conf")["deleted_in"] == Json());
  const std::string text = run_keywake({"scan", (at / "shop").string(), "--no-cache"}).out;
  INFO(text);
  CHECK_THAT(text, Catch::Contains("/opt/bomb.zip") && Catch::Contains("/opt/cut.zip"));
}

TEST_CASE("every platform of an index, each layer once; or one platform") {
  const TemporaryFolder folder;
  const std::string layout = (folder.path() / "multi").string();
  REQUIRE(run_command(".", {"python3", std::string(KEYWAKE_SOURCE_DIR) + "/tests/images/image_layout.py", layout, github_token(9000)}).status == 0);
  std::map<std::string, int> by_platform;
  std::istringstream lines(scan({layout}).out);
  for (std::string line; std::getline(lines, line);) ++by_platform[Json::parse(line)["image"]["platform"]];
  CHECK(by_platform == std::map<std::string, int>{{"linux/amd64", 2}, {"linux/arm64", 2}});
  CHECK(places(scan({layout, "--platform", "linux/arm64"}).out).size() == 2);
  CHECK_THAT(run_keywake({"scan", layout, "--no-cache"}).out, Catch::Contains("3 layers"));
}

}  // namespace
}  // namespace keywake::testing
