// The registry client against Debian's docker-registry: open, with basic authentication, and with a token server whose tokens it verifies
// (token_server.py). Images are a layout of image_layout.py pushed by skopeo. What that registry does not do wrong (cuts, 429, redirects to
// others, pages), provider.py does.
#include "images/registry.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/base64.h"
#include "base/hash.h"
#include "catch.h"
#include "images/registry_auth.h"
#include "provider_helper.h"
#include "registry_helper.h"

namespace keywake::images {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::Authority;
using testing::Provider;
using testing::Registry;
using testing::Scratch;

const Authority& authority() {
  static const Authority out({"localhost,IP:127.0.0.1"});
  return out;
}

// The layout that all of it is pushed from, with the digest of its index.
struct Layout {
  Scratch folder;
  std::string from;
  std::string digest;
  Layout() {
    testing::run({KEYWAKE_SOURCE_DIR "/tests/images/image_layout.py", (folder.path() / "layout").string()});
    from = "oci:" + (folder.path() / "layout").string() + ":multi";
    digest = json::parse(testing::text_of(folder.path() / "layout/index.json"))["manifests"][0]["digest"];
  }
};
const Layout& layout() {
  static const Layout out;
  return out;
}

net::ClientOptions trusting() {
  net::ClientOptions out;
  out.ca_file = authority().ca();
  return out;
}

Reference reference(const std::string& host, const std::string& repository, const std::string& tag, const std::string& digest = "") {
  return {Reference::Transport::kRegistry, host, repository, tag, digest, ""};
}

Credentials logged_in(const std::string& user, const std::string& password) {
  return [=]() -> Result<std::optional<Credential>> { return Credential{user, Secret(password), Secret()}; };
}

std::unique_ptr<ImageStore> opened(const Reference& at, const net::ClientOptions& options, Credentials credentials = {}) {
  auto out = open_registry(at, options, std::move(credentials));
  if (!out) FAIL(out.error().message);
  return *std::move(out);
}

Result<std::string> all_of(Result<archive::Stream> stream) {
  if (!stream) return std::unexpected(stream.error());
  std::string out;
  while (true) {
    const auto part = stream->read();
    if (!part) return std::unexpected(part.error());
    if (part->empty()) return out;
    out += *part;
  }
}

Descriptor described(const json& entry) { return {entry["mediaType"], entry["digest"], entry["size"], "", {}}; }

std::string error_of(const auto& result) {
  REQUIRE_FALSE(result);
  return result.error().message;
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

std::size_t resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  }
  return 0;
}

// Reads index, manifests, configs and layers; returns how many layers there are.
std::size_t pull_all(ImageStore& store) {
  const auto roots = store.roots();
  if (!roots) FAIL(roots.error().message);
  REQUIRE(roots->size() == 1);
  CHECK(roots->front().media_type == "application/vnd.oci.image.index.v1+json");
  CHECK(roots->front().digest == layout().digest);
  const auto index = store.read(roots->front());
  REQUIRE(index);
  std::size_t layers = 0;
  const json platforms = json::parse(*index);
  for (const json& entry : platforms["manifests"]) {
    const auto manifest = store.read(described(entry));
    if (!manifest) FAIL(manifest.error().message);
    const json parsed = json::parse(*manifest);
    const auto config = store.read(described(parsed["config"]));
    REQUIRE(config);
    CHECK(json::parse(*config)["architecture"] == entry["platform"]["architecture"]);
    for (const json& layer : parsed["layers"]) {
      const auto bytes = all_of(store.open(described(layer)));
      REQUIRE(bytes);
      CHECK("sha256:" + to_hex(sha256(*bytes)) == layer["digest"]);
      ++layers;
    }
  }
  return layers;
}

TEST_CASE("registry: an image of two platforms, over TLS, by tag and by digest") {
  const Registry registry(&authority());
  registry.push(layout().from, "acme/shop:1.0");
  registry.push(layout().from, "acme/shop:docker", {"--format=v2s2"});
  std::string fallback = layout().digest;
  fallback[6] = '-';
  registry.push(layout().from, "acme/shop:" + fallback);

  const auto store = opened(reference(registry.host(), "acme/shop", "1.0"), trusting());
  CHECK(pull_all(*store) == 4);
  CHECK(pull_all(*opened(reference(registry.host(), "acme/shop", "", layout().digest), trusting())) == 4);
  const auto docker = opened(reference(registry.host(), "acme/shop", "docker"), trusting())->roots();
  REQUIRE(docker);
  CHECK(docker->front().media_type == "application/vnd.docker.distribution.manifest.list.v2+json");

  auto tags = store->tags();
  REQUIRE(tags);
  std::ranges::sort(*tags);
  CHECK(*tags == std::vector<std::string>{"1.0", "docker", fallback});

  // This version of docker-registry has no referrers API, so the tag counts.
  const auto referrers = store->referrers({"", layout().digest, 0, "", {}});
  REQUIRE(referrers);
  REQUIRE(referrers->size() == 2);
  CHECK(referrers->front().platform == "linux/amd64");
  CHECK(store->referrers({"", referrers->front().digest, 0, "", {}})->empty());

  contains(error_of(opened(reference(registry.host(), "acme/shop", "2.0"), trusting())->roots()), "MANIFEST_UNKNOWN");
  contains(error_of(opened(reference(registry.host(), "acme/none", "1"), trusting())->tags()), "NAME_UNKNOWN");
  // Its authority is not the system's.
  contains(error_of(open_registry(reference(registry.host(), "acme/shop", "1.0"), {})), "--ca-file");
  contains(error_of(open_registry(reference("127.0.0.1:" + std::to_string(testing::free_port()), "acme/shop", "1.0"), {})), "127.0.0.1:");
}

TEST_CASE("registry: what was damaged in its storage, or is of another size, is refused") {
  const Registry registry(&authority());
  registry.push(layout().from, "acme/shop:1.0");
  const auto store = opened(reference(registry.host(), "acme/shop", "1.0"), trusting());
  const json index = json::parse(store->read(store->roots()->front()).value());
  const json manifest = json::parse(store->read(described(index["manifests"][0])).value());
  const Descriptor layer = described(manifest["layers"][1]);
  REQUIRE(all_of(store->open(layer)));
  Descriptor lying = layer;
  lying.size = layer.size - 1;
  contains(error_of(all_of(store->open(lying))), "larger than");
  lying.size = layer.size + 1;
  contains(error_of(all_of(store->open(lying))), "416");
  lying = layer;
  lying.digest = "sha256:../../x";
  contains(error_of(store->open(lying)), "cannot be checked");
  std::fstream file(registry.blob(layer.digest), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(30);
  file.put('!');
  file.close();
  contains(error_of(all_of(store->open(layer))), "was damaged or replaced");
}

TEST_CASE("registry: a blob of 300 MiB takes no memory") {
  const Registry registry(&authority());
  registry.push(layout().from, "acme/shop:1.0");
  constexpr std::uint64_t kSize = 300 << 20;
  const std::string digest = "sha256:" + to_hex(sha256(std::string(kSize, '\0')));
  std::filesystem::create_directories(registry.blob(digest).parent_path());
  std::ofstream(registry.blob(digest)).put('\0');
  std::filesystem::resize_file(registry.blob(digest), kSize);
  registry.link("acme/shop", digest);
  const auto store = opened(reference(registry.host(), "acme/shop", "1.0"), trusting());
  const auto stream = store->open({"application/vnd.oci.image.layer.v1.tar", digest, kSize, "", {}});
  REQUIRE(stream);
  const std::size_t before = resident_kib();
  std::size_t most = 0;
  std::uint64_t read = 0;
  for (int i = 0;; ++i) {
    const auto part = stream->read();
    REQUIRE(part);
    if (part->empty()) break;
    read += part->size();
    if (i % 64 == 0) most = std::max(most, resident_kib());
  }
  CHECK(read == kSize);
  CHECK(most < before + 32 * 1024);
}

TEST_CASE("registry: basic authentication") {
  const Scratch folder;
  const std::string passwords = folder.write("htpasswd", testing::run({"htpasswd", "-Bbn", "robin", "a-password"}));
  const Registry registry(&authority(), "auth: {htpasswd: {realm: acme, path: " + passwords + "}}\n");
  registry.push(layout().from, "acme/shop:1.0", {"--dest-creds=robin:a-password"});
  const Reference at = reference(registry.host(), "acme/shop", "1.0");
  CHECK(pull_all(*opened(at, trusting(), logged_in("robin", "a-password"))) == 4);
  const std::string wrong = error_of(opened(at, trusting(), logged_in("robin", "another"))->roots());
  contains(wrong, "refuses the credentials");
  CHECK(wrong.find("another") == std::string::npos);
  contains(error_of(opened(at, trusting())->roots()), "docker login");
}

TEST_CASE("registry: a token server, without credentials, with them, and with an identity token") {
  const Scratch folder;
  const std::string key = folder.path() / "signing.key";
  const std::string certificate = folder.path() / "signing.pem";
  testing::run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=acme tokens"});
  const std::string log = folder.write("log", "");
  const int port = testing::free_port();
  const testing::Beside tokens({KEYWAKE_SOURCE_DIR "/tests/images/token_server.py", std::to_string(port), authority().certificate(), authority().key(),
                                certificate, key, "robin", "a-password", "a-refresh-token", log}, port);
  const Registry registry(&authority(), "auth: {token: {realm: 'https://127.0.0.1:" + std::to_string(port) +
                                            "/token', service: acme registry, issuer: acme tokens, rootcertbundle: " + certificate + "}}\n");
  registry.push(layout().from, "public/shop:1.0", {"--dest-creds=robin:a-password"});
  registry.push(layout().from, "acme/shop:1.0", {"--dest-creds=robin:a-password"});
  net::ClientOptions options = trusting();
  const Reference open = reference(registry.host(), "public/shop", "1.0");
  const Reference closed = reference(registry.host(), "acme/shop", "1.0");

  // The registry is the user's word, the token server is the registry's.
  contains(error_of(opened(open, options)->roots()), "--allow-private");
  options.allow_private = true;

  folder.write("log", "");
  CHECK(pull_all(*opened(open, options, logged_in("robin", "a-password"))) == 4);
  CHECK(testing::text_of(log) == "GET - repository:public/shop:pull\n");  // no credentials where none are needed

  // Several threads at once agree on one token.
  folder.write("log", "");
  const auto store = opened(open, options);
  const Descriptor index{"application/vnd.oci.image.index.v1+json", layout().digest, store->roots()->front().size, "", {}};
  const auto fresh = opened(open, options);
  folder.write("log", "");
  std::vector<std::string> read(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& each : read) threads.emplace_back([&] { each = all_of(fresh->open(index)).value_or(""); });
  }
  for (const std::string& each : read) CHECK("sha256:" + to_hex(sha256(each)) == layout().digest);
  CHECK(testing::text_of(log) == "GET - repository:public/shop:pull\n");

  folder.write("log", "");
  CHECK(pull_all(*opened(closed, options, logged_in("robin", "a-password"))) == 4);
  CHECK(testing::text_of(log) == "GET - repository:acme/shop:pull\nGET robin repository:acme/shop:pull\n");

  folder.write("log", "");
  const Credentials identity = []() -> Result<std::optional<Credential>> { return Credential{"", Secret(), Secret("a-refresh-token")}; };
  CHECK(pull_all(*opened(closed, options, identity)) == 4);
  CHECK(testing::text_of(log) == "GET - repository:acme/shop:pull\nPOST robin repository:acme/shop:pull\n");

  contains(error_of(opened(closed, options, logged_in("robin", "another"))->roots()), "token server refuses");
  contains(error_of(opened(closed, options)->roots()), "docker login");
}

TEST_CASE("registry: plain http on this machine, and nowhere else unless the user allows it") {
  const Registry registry(nullptr);
  registry.push(layout().from, "acme/shop:1.0");
  CHECK(pull_all(*opened(reference(registry.host(), "acme/shop", "1.0"), {})) == 4);
  net::ClientOptions options;
  options.connect_to = {"registry.acme.test:80:" + registry.host()};
  options.connect_to.push_back("registry.acme.test:443:" + registry.host());
  const Reference named = reference("registry.acme.test", "acme/shop", "1.0");
  CHECK_FALSE(open_registry(named, options));
  options.allow_plaintext = true;
  CHECK(pull_all(*opened(named, options)) == 4);
}

// A registry that answers as it is told; the first answer is that of /v2/.
struct Told {
  Provider provider{{"registry.acme.test", "storage.acme.test", "tokens.acme.test"}};
  Reference at = reference("registry.acme.test", "acme/shop", "1.0");
  std::string body = std::string(150'000, 'a') + std::string(150'000, 'b');
  Descriptor blob{"application/vnd.oci.image.layer.v1.tar", "sha256:" + to_hex(sha256(body)), body.size(), "", {}};

  std::unique_ptr<ImageStore> open(json answers, milliseconds timeout = milliseconds(10'000), Credentials credentials = {}) {
    answers.insert(answers.begin(), json::object({{"status", 200}}));
    provider.answers(answers);
    net::ClientOptions options = provider.options();
    options.timeout = timeout;
    return opened(at, options, std::move(credentials));
  }
  // But for /v2/.
  json requests() {
    json out = provider.requests();
    REQUIRE(out.size() > 0);
    CHECK(out[0]["path"] == "/v2/");
    out.erase(0);
    return out;
  }
};

TEST_CASE("registry: a blob that is cut off goes on where it was") {
  Told told;
  const json cut{{"body", told.body}, {"cut", true}};
  SECTION("with ranges") {
    const json rest{{"status", 206}, {"headers", {{"Content-Range", "bytes 150000-299999/300000"}}}, {"body", std::string(150'000, 'b')}};
    const auto store = told.open({cut, rest});
    const auto bytes = all_of(store->open(told.blob));
    if (!bytes) FAIL(bytes.error().message);
    CHECK(*bytes == told.body);
    const json requests = told.requests();
    REQUIRE(requests.size() == 2);
    CHECK_FALSE(requests[0]["headers"].contains("range"));
    CHECK(requests[1]["headers"]["range"] == "bytes=150000-");
  }
  SECTION("without") {
    const auto bytes = all_of(told.open({cut, {{"body", told.body}}})->open(told.blob));
    CHECK(bytes.value_or("") == told.body);
  }
  SECTION("behind its last byte, which is no cut") {
    const std::string half(150'000, 'a');
    const auto store = told.open({cut});
    CHECK(all_of(store->open({told.blob.media_type, "sha256:" + to_hex(sha256(half)), half.size(), "", {}})).value_or("") == half);
    CHECK(told.requests().size() == 1);
  }
  SECTION("another part than was asked for") {
    const json other{{"status", 206}, {"headers", {{"Content-Range", "bytes 0-149999/300000"}}}, {"body", std::string(150'000, 'b')}};
    contains(error_of(all_of(told.open({cut, other})->open(told.blob))), "another part");
  }
  SECTION("silence") {
    const auto bytes = all_of(told.open({{{"stall", 5}, {"body", "late"}}, {{"body", told.body}}}, milliseconds(500))->open(told.blob));
    CHECK(bytes.value_or("") == told.body);
  }
  SECTION("again and again") {
    const auto store = told.open({{{"close", true}}});
    const auto start = std::chrono::steady_clock::now();
    CHECK_FALSE(all_of(store->open(told.blob)));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(15));
  }
}

TEST_CASE("registry: who asks for a pause gets it") {
  Told told;
  const auto store = told.open({{{"status", 429}, {"headers", {{"Retry-After", "1"}}}}, {{"status", 503}}, {{"body", told.body}}});
  const auto start = std::chrono::steady_clock::now();
  const auto bytes = all_of(store->open(told.blob));
  if (!bytes) FAIL(bytes.error().message);
  CHECK(*bytes == told.body);
  CHECK(std::chrono::steady_clock::now() - start >= milliseconds(1500));
}

TEST_CASE("registry: a redirect to another host takes no credentials along") {
  Told told;
  const json wants{{"status", 401}, {"headers", {{"WWW-Authenticate", "Basic realm=\"acme\""}}}};
  const json elsewhere{{"status", 307}, {"headers", {{"Location", "https://storage.acme.test/blob?signature=1"}}}};
  SECTION("it is followed") {
    const auto store = told.open({wants, elsewhere, {{"body", told.body}}}, milliseconds(10'000), logged_in("robin", "a-password"));
    CHECK(all_of(store->open(told.blob)).value_or("") == told.body);
    const json requests = told.requests();
    REQUIRE(requests.size() == 3);
    CHECK_FALSE(requests[0]["headers"].contains("authorization"));
    CHECK(requests[1]["headers"]["authorization"] == "Basic " + base64_encode("robin:a-password"));
    CHECK(requests[2]["headers"]["host"] == "storage.acme.test");
    CHECK_FALSE(requests[2]["headers"].contains("authorization"));
  }
  SECTION("and back, still without") {
    const json back{{"status", 302}, {"headers", {{"Location", "https://registry.acme.test/x"}}}};
    const auto store = told.open({wants, elsewhere, back, {{"body", told.body}}}, milliseconds(10'000), logged_in("robin", "a-password"));
    CHECK(all_of(store->open(told.blob)).value_or("") == told.body);
    CHECK_FALSE(told.requests()[3]["headers"].contains("authorization"));
  }
  SECTION("who was redirected to may not ask for them") {
    const auto store = told.open({elsewhere, wants}, milliseconds(10'000), logged_in("robin", "a-password"));
    contains(error_of(store->open(told.blob)), "401");
    for (const json& request : told.requests()) CHECK_FALSE(request["headers"].contains("authorization"));
  }
  SECTION("not to http, not for ever, not to an address that is not public") {
    for (const auto& [location, says] : {std::pair("http://storage.acme.test/", "not be encrypted"), std::pair("https://registry.acme.test/again", "more than 5 times"),
                                         std::pair("file:///etc/passwd", "no https://"), std::pair("http://127.0.0.1/", "not be encrypted")}) {
      contains(error_of(told.open({{{"status", 302}, {"headers", {{"Location", location}}}}})->open(told.blob)), says);
    }
    told.provider.answers({{{"status", 200}}, {{"status", 302}, {"headers", {{"Location", "https://127.0.0.1:1/"}}}}});
    net::ClientOptions options = told.provider.options();
    options.connect_to = {"registry.acme.test:443:127.0.0.1:" + std::to_string(told.provider.port())};
    contains(error_of(opened(told.at, options)->open(told.blob)), "--allow-private");
  }
}

TEST_CASE("registry: a token server over plain http gets nothing; a token that ran out is renewed") {
  Told told;
  auto bearer = [](const std::string& realm) { return json{{"status", 401}, {"headers", {{"WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"acme\""}}}}; };
  contains(error_of(told.open({bearer("http://tokens.acme.test/")}, milliseconds(10'000), logged_in("robin", "a-password"))->open(told.blob)), "not be encrypted");
  told.requests();
  auto token = [](const char* text) { return json{{"body", json{{"token", text}, {"expires_in", 0}}.dump()}}; };
  const json good{{"body", told.body}};
  const json challenge = bearer("https://tokens.acme.test/t");
  const auto store = told.open({challenge, token("one"), good, challenge, token("two"), good});
  REQUIRE(all_of(store->open(told.blob)));
  REQUIRE(all_of(store->open(told.blob)));
  const json requests = told.requests();
  REQUIRE(requests.size() == 6);
  CHECK(requests[1]["path"] == "/t?scope=repository%3Aacme%2Fshop%3Apull&service=acme");
  CHECK(requests[2]["headers"]["authorization"] == "Bearer one");
  CHECK(requests[5]["headers"]["authorization"] == "Bearer two");
  contains(error_of(told.open({challenge, {{"body", R"({"token": "a\r\nX-Evil: 1"})"}}})->open(told.blob)), "no token");
}

TEST_CASE("registry: pages of tags and of referrers") {
  Told told;
  auto page = [](const json& body, const char* next) {
    json out{{"body", body.dump()}};
    if (next != nullptr) out["headers"] = {{"Link", std::string("<") + next + ">; rel=\"next\""}};
    return out;
  };
  const auto tags = told.open({page({{"tags", {"a", "b"}}}, "/v2/acme/shop/tags/list?n=1000&last=b"), page({{"tags", {"c"}}}, nullptr)})->tags();
  REQUIRE(tags);
  CHECK(*tags == std::vector<std::string>{"a", "b", "c"});
  CHECK(told.requests()[1]["path"] == "/v2/acme/shop/tags/list?n=1000&last=b");
  CHECK(told.open({page({{"tags", nullptr}}, nullptr)})->tags()->empty());
  contains(error_of(told.open({page({{"tags", {"a"}}}, "https://storage.acme.test/more")})->tags()), "another host");
  const json entry{{"mediaType", "application/vnd.oci.image.manifest.v1+json"}, {"digest", told.blob.digest}, {"size", 10}, {"artifactType", "application/x.sbom"}};
  const auto referrers = told.open({page({{"manifests", {entry}}}, "more"), page({{"manifests", {entry, {{"digest", "none"}}}}}, nullptr)})->referrers(told.blob);
  REQUIRE(referrers);
  REQUIRE(referrers->size() == 2);
  CHECK(referrers->front().annotations.at("artifactType") == "application/x.sbom");
}

TEST_CASE("registry: a manifest that is none, or another") {
  Told told;
  auto manifest = [](const std::string& type, const std::string& digest) {
    json out{{"body", "{}"}, {"headers", {{"Content-Type", type}}}};
    if (!digest.empty()) out["headers"]["Docker-Content-Digest"] = digest;
    return out;
  };
  const std::string type = "application/vnd.oci.image.manifest.v1+json";
  const std::string right = "sha256:" + to_hex(sha256("{}"));
  CHECK(told.open({manifest(type + "; charset=utf-8", "")})->roots()->front().digest == right);
  CHECK(told.open({manifest(type, "sha512:" + to_hex(digest("sha512", "{}")))})->roots()->front().digest.starts_with("sha512:"));
  contains(error_of(told.open({manifest(type, "sha256:" + std::string(64, 'a'))})->roots()), "damaged or replaced");
  contains(error_of(told.open({manifest("application/vnd.docker.distribution.manifest.v1+prettyjws", right)})->roots()), "schema 2");
  contains(error_of(told.open({{{"status", 404}, {"body", R"({"errors":[{"code":"NAME_UNKNOWN","message":"\u001b[31mnone"}]})"}}})->roots()), "NAME_UNKNOWN: \\e[31mnone");
  told.provider.answers({{{"status", 404}}});
  contains(error_of(open_registry(told.at, told.provider.options())), "no registry");
}

}  // namespace
}  // namespace keywake::images
