// Downloads from a real HTTPS server on loopback (tests/validation/provider.py): memory, slow readers, cuts, stalls, who may be reached.
#include "net/download.h"

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "catch.h"
#include "provider_helper.h"

namespace keywake::net {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

std::size_t resident_kib(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::stoul(line.substr(line.find(':') + 1));
  }
  return 0;
}

struct Setting {
  testing::Provider provider{{"files.acme.test"}};
  ClientOptions options = provider.options();

  std::expected<Download, Answer> open(Downloader& downloader, const std::string& path = "/") { return downloader.open({.url = "https://files.acme.test" + path}); }
};

std::unique_ptr<Downloader> made(const ClientOptions& options) {
  auto out = Downloader::make(options);
  REQUIRE(out);
  return *std::move(out);
}

TEST_CASE("downloads: a body larger than memory may be, read by a slow consumer") {
  Setting setting;
  constexpr std::size_t kSize = 64 << 20;
  setting.provider.answers({{{"status", 200}, {"headers", {{"X-Name", "acme"}}}, {"bytes", kSize}}});
  const auto downloader = made(setting.options);
  auto download = setting.open(*downloader);
  REQUIRE(download);
  CHECK(download->head().status == 200);
  CHECK(download->head().header("x-name") == "acme");
  const std::size_t before = resident_kib("VmRSS");
  std::size_t read = 0;
  std::size_t most = 0;
  std::size_t largest = 0;
  std::size_t others = 0;
  for (int i = 0;; ++i) {
    const auto bytes = download->read();
    REQUIRE(bytes);
    if (bytes->empty()) break;
    others += bytes->find_first_not_of('x') != std::string_view::npos ? 1 : 0;
    read += bytes->size();
    largest = std::max(largest, bytes->size());
    if (i == 3) std::this_thread::sleep_for(milliseconds(300));  // the server goes on meanwhile, as far as TCP lets it
    if (i % 16 == 0) most = std::max(most, resident_kib("VmRSS"));
  }
  CHECK(read == kSize);
  CHECK(others == 0);
  CHECK(largest <= kBuffered);
  CHECK(most < before + 8 * 1024);
  REQUIRE(download->read());
  CHECK(download->read()->empty());
}

TEST_CASE("downloads: one connection serves the next; what is left unread is cut off") {
  Setting setting;
  const auto downloader = made(setting.options);
  setting.provider.answers({{{"body", "first"}}, {{"bytes", 8 << 20}}, {{"body", "third"}}});
  for (const char* expected : {"first", "", "third"}) {
    auto download = setting.open(*downloader);
    REQUIRE(download);
    if (*expected != '\0') CHECK(download->read_all(100).value() == expected);
  }
  setting.provider.answers({{{"bytes", 200}}});
  auto download = setting.open(*downloader);
  REQUIRE(download);
  const auto all = download->read_all(100);
  REQUIRE_FALSE(all);
  CHECK(all.error().failure == Failure::kTooLarge);
}

TEST_CASE("downloads: cuts, silence and drips are failures, and a slow start is none") {
  Setting setting;
  setting.options.timeout = milliseconds(400);
  const auto downloader = made(setting.options);

  setting.provider.answers({{{"bytes", 1 << 20}, {"cut", true}}});
  auto cut = setting.open(*downloader);
  REQUIRE(cut);
  const auto half = cut->read_all(2 << 20);
  REQUIRE_FALSE(half);
  CHECK(half.error().failure == Failure::kBroken);
  CHECK_FALSE(cut->read());

  setting.provider.answers({{{"stall", 5}, {"body", "late"}}});
  const auto stalled = setting.open(*downloader);
  REQUIRE_FALSE(stalled);
  CHECK(stalled.error().failure == Failure::kTimeout);

  setting.provider.answers({{{"bytes", 1000}, {"drip", 0.05}}});
  auto drip = setting.open(*downloader);
  REQUIRE(drip);
  const auto slow = drip->read_all(2000);
  REQUIRE_FALSE(slow);
  CHECK(slow.error().failure == Failure::kTimeout);

  setting.provider.answers({{{"stall", 0.2}, {"body", "in time"}}});
  auto good = setting.open(*downloader);
  REQUIRE(good);
  CHECK(good->read_all(100).value() == "in time");

  setting.provider.answers({{{"garbage", true}}});
  CHECK_FALSE(setting.open(*downloader));
}

TEST_CASE("downloads: nobody is reached who may not be") {
  Setting setting;
  const auto refused = [&](const ClientOptions& options, const std::string& url) {
    const auto answer = made(options)->open({.url = url});
    REQUIRE_FALSE(answer);
    return answer.error();
  };
  const std::string port = std::to_string(setting.provider.port());
  ClientOptions plain;
  CHECK(refused(plain, "https://127.0.0.1:" + port).failure == Failure::kRefused);
  CHECK(refused(plain, "http://files.acme.test").problem == "the connection is not encrypted; --allow-plaintext permits that");
  CHECK(refused(plain, "http://127.evil.test").failure == Failure::kRefused);
  CHECK(refused(plain, "ftp://files.acme.test").problem == "it is no https:// address");
  CHECK(refused(plain, "https://user:word@files.acme.test").problem == "its address holds a user or a password");
  ClientOptions untrusted = setting.options;
  untrusted.ca_file.clear();
  CHECK(refused(untrusted, "https://files.acme.test").failure == Failure::kTls);
  CHECK(refused(setting.options, "https://other.acme.test").failure == Failure::kTls);
  plain.allow_private = true;
  CHECK(refused(plain, "https://169.254.169.254/").failure == Failure::kRefused);
}

TEST_CASE("downloads: whom a URL leads to") {
  CHECK(origin_of("https://Files.acme.test/a?b") == Origin{"https", "files.acme.test", 443});
  CHECK(origin_of("http://[::1]:5000/") == Origin{"http", "[::1]", 5000});
  CHECK_FALSE(origin_of("file:///etc/passwd"));
  CHECK(resolved("https://a.test/v2/x/tags/list", "/v2/x/tags/list?last=b") == "https://a.test/v2/x/tags/list?last=b");
  CHECK(resolved("https://a.test/v2/x", "https://b.test/y") == "https://b.test/y");
  CHECK(resolved("https://a.test/v2/x", "//b.test/y") == "https://b.test/y");
  ClientOptions options;
  for (const char* url : {"https://a.test", "http://localhost:5000", "http://127.0.0.1", "http://127.9.9.9:5000", "http://[::1]:5000"}) {
    INFO(url);
    CHECK(plaintext_permitted(*origin_of(url), options));
  }
  for (const char* url : {"http://a.test", "http://127.evil.test", "http://localhost.evil.test", "http://10.0.0.1"}) {
    INFO(url);
    CHECK_FALSE(plaintext_permitted(*origin_of(url), options));
    ClientOptions allowed;
    allowed.allow_plaintext = true;
    CHECK(plaintext_permitted(*origin_of(url), allowed));
  }
}

}  // namespace
}  // namespace keywake::net
