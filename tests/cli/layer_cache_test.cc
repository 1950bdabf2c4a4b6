// Layers remembered from scan to scan: of one that was read before only the entries with findings are read again.
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include "catch.h"
#include "image_scan_helper.h"
#include "images/registry_helper.h"
#include "keywake_helper.h"

namespace keywake::testing {
namespace {

namespace fs = std::filesystem;

Setting with_cache_in(const fs::path& folder) { return {.environment = {"XDG_CACHE_HOME=" + folder.string()}}; }

TEST_CASE("a layer is not read again by the same rules") {
  const Scratch folder;
  write_file(folder.path() / "base/etc/motd", "welcome\n");
  write_file(folder.path() / "base/etc/gone", "bye\n");
  write_file(folder.path() / "app/app.conf", "token = " + github_token(9101) + "\n");
  write_file(folder.path() / "more/.wh.app.conf", "");
  const fs::path layout = folder.path() / "shop";
  make_image(layout, "shop", {folder.path() / "base", folder.path() / "app", folder.path() / "more"});
  const Setting own = with_cache_in(folder.path() / "cache");
  const std::string target = layout.string();

  const Scanned first = scan_images({target}, own);
  CHECK(first.summary["layers"] == 3);
  CHECK(first.summary["known_layers"] == 0);
  const Scanned second = scan_images({target}, own);
  CHECK(second.sightings == first.sightings);
  CHECK(second.at(9101, "/app.conf")["image"]["deleted_in"] == 3);  // as the layer that is not read says
  CHECK(second.summary["known_layers"] == 3);
  CHECK(scan_images({target, "--no-cache"}, own).summary["known_layers"] == 0);
  CHECK(scan_images({target, "--confidence", "low"}, own).summary["known_layers"] == 0);
  CHECK(scan_images({target, "--exclude", "*.conf"}, own).summary["known_layers"] == 0);
  for (const auto& file : fs::recursive_directory_iterator(folder.path() / "cache")) {
    if (!file.is_regular_file()) continue;
    CHECK_FALSE(contains(read_text(file.path()), github_token(9101)));
    write_file(file.path(), read_text(file.path()) + "x");  // damaged
  }
  CHECK(scan_images({target}, own).sightings == first.sightings);
}

TEST_CASE("a layer with a document that no reader was there for is read again") {
  const Scratch folder;
  write_file(folder.path() / "files/a.pdf", "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
                                             "trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n");
  make_image(folder.path() / "shop", "shop", {folder.path() / "files"});
  fs::create_directory(folder.path() / "program");
  fs::copy_file(KEYWAKE_BINARY_DIR "/keywake", folder.path() / "program/keywake");
  auto known_layers = [&] {
    const Ran ran = run_command(folder.path(), {"env", "XDG_CACHE_HOME=" + (folder.path() / "cache").string(), "program/keywake", "scan", "--format", "json", "shop"});
    INFO(ran.out << ran.err);
    return nlohmann::json::parse(ran.out)["summary"]["known_layers"].get<int>();
  };
  CHECK(known_layers() == 0);
  CHECK(known_layers() == 0);
  fs::copy_file(KEYWAKE_BINARY_DIR "/keywake-pdf.so", folder.path() / "program/keywake-pdf.so");
  CHECK(known_layers() == 0);
  CHECK(known_layers() == 1);
}

// Three MiB of words, other ones each time, so that a layer of some is long and compresses like text.
std::string filler(unsigned seed) {
  std::mt19937 random(seed);
  std::string out;
  while (out.size() < 3'000'000) {
    for (unsigned letters = 2 + random() % 7; letters > 0; --letters) out += static_cast<char>('a' + random() % 26);
    out += random() % 9 == 0 ? '\n' : ' ';
  }
  return out;
}

// A large layer with findings far apart, of every kind that the parts of a layer must bring back together.
void make_large(const fs::path& layer) {
  write_file(layer / "a/first.conf", "token = " + github_token(9101) + "\n");
  fs::create_hard_link(layer / "a/first.conf", layer / "z-linked.conf");
  write_file(layer / "b/filler", filler(1));
  write_file(layer / "c/second.conf", "token = " + github_token(9102) + "\nDB_PASSWORD=Vq8w2ntz41Lp\n");
  write_file(layer / "d/filler", filler(2));
  write_file(layer / "e/readme.txt", "password: Vq8w2ntz41Lp\n");  // what is uncertain here is certain there
  write_file(layer / "f/filler", filler(3));
  const fs::path app = layer / "g/app";
  write_file(app / "config.py", "token = '" + github_token(9103) + "'\n");
  run_git(app, {"init", "-q", "-b", "main"});
  run_git(app, {"add", "."});
  run_git(app, {"commit", "-q", "-m", "first"});
  write_file(app / "config.py", "token = env\n");
  run_git(app, {"commit", "-q", "-am", "second"});
  write_file(layer / "h/filler", filler(4));
  write_file(layer / "i/last.conf", "token = " + github_token(9104) + "\n");
  write_file(layer / "j/filler", filler(5));
}

fs::path largest_blob(const fs::path& layout) {
  fs::path out;
  for (const auto& file : fs::directory_iterator(layout / "blobs/sha256")) {
    if (out.empty() || file.file_size() > fs::file_size(out)) out = file.path();
  }
  return out;
}

void overwrite(const fs::path& file, std::size_t from, std::size_t size) {
  std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(static_cast<std::streamoff>(from));
  out << std::string(size, '\0');
}

TEST_CASE("what was found in a layer is found again without the rest of it, wherever the image lies") {
  const Scratch folder;
  write_file(folder.path() / "base/etc/motd", "welcome\n");
  make_large(folder.path() / "large");
  const fs::path layout = folder.path() / "shop";
  make_image(layout, "shop", {folder.path() / "base", folder.path() / "large"});
  const fs::path plain = folder.path() / "plain";
  make_image(plain, "shop", {folder.path() / "large"});  // the first layer is not compressed
  const std::string at = folder.path().string();
  run({"skopeo", "--insecure-policy", "copy", "--quiet", "oci:" + layout.string() + ":shop", "docker-archive:" + at + "/docker.tar:acme/shop:1.0"});
  run({"skopeo", "--insecure-policy", "copy", "--quiet", "oci:" + layout.string() + ":shop", "oci-archive:" + at + "/oci.tar:shop"});
  run({"skopeo", "--insecure-policy", "copy", "--quiet", "oci:" + layout.string() + ":shop", "dir:" + at + "/folder"});
  const Registry registry(nullptr);
  registry.push("oci:" + layout.string() + ":shop", "acme/shop:1");

  for (const std::string& target : {layout.string(), "dir:" + at + "/folder", plain.string(), at + "/docker.tar", at + "/oci.tar", "docker://" + registry.host() + "/acme/shop:1"}) {
    INFO(target);
    const Setting own = with_cache_in(folder.path() / "cache" / std::to_string(std::hash<std::string>()(target)));
    const Scanned first = scan_images({target}, own);
    INFO(first.ran.out << first.ran.err);
    CHECK(first.summary["known_layers"] == 0);
    CHECK_NOTHROW(first.at(9101, "/z-linked.conf"));
    CHECK_NOTHROW(first.at(9103, "/g/app/.git!/config.py"));
    const Scanned second = scan_images({target}, own);
    CHECK(second.sightings == first.sightings);
    CHECK(second.ran.status == 1);
    CHECK(second.summary["known_layers"] == first.summary["layers"]);
    CHECK(second.summary["bytes"].get<std::uint64_t>() < 1'000'000);
    for (const auto& file : fs::recursive_directory_iterator(folder.path() / "cache")) {
      if (!file.is_regular_file()) continue;
      const std::string kept = read_text(file.path());
      for (const unsigned token : {9101U, 9102U, 9103U, 9104U}) CHECK_FALSE(contains(kept, github_token(token)));
    }
  }
}

TEST_CASE("the rest of a layer that is known is not even looked at; parts that are not what they were are not believed") {
  const Scratch folder;
  make_large(folder.path() / "large");
  write_file(folder.path() / "base/etc/motd", "welcome\n");
  const fs::path layout = folder.path() / "shop";
  make_image(layout, "shop", {folder.path() / "base", folder.path() / "large"});
  const Setting own = with_cache_in(folder.path() / "cache");
  const Scanned first = scan_images({layout.string()}, own);
  CHECK(first.ran.status == 1);

  const fs::path blob = largest_blob(layout);
  const std::size_t size = fs::file_size(blob);
  overwrite(blob, size - 400'000, 1000);  // within j/filler, behind all that was found
  CHECK(scan_images({layout.string()}, own).sightings == first.sightings);
  const Scanned whole = scan_images({layout.string(), "--no-cache"}, own);
  CHECK(whole.ran.status == 2);
  CHECK_THAT(whole.ran.err, Catch::Contains("damaged"));

  overwrite(blob, size / 2, size / 4);
  const Scanned again = scan_images({layout.string()}, own);
  CHECK(again.ran.status == 2);
  CHECK(again.summary["known_layers"] == 1);
  CHECK_NOTHROW(again.at(9101, "/a/first.conf"));
}

}  // namespace
}  // namespace keywake::testing
