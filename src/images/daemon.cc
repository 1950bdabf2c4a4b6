#include "images/daemon.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/text.h"
#include "net/download.h"

namespace keywake::images {
namespace {

constexpr std::string_view kScheme = "unix://";
constexpr const char* kSocket = "/var/run/docker.sock";
constexpr std::size_t kMaxErrorAnswer = 64 * 1024;
constexpr std::size_t kLongestQuote = 200;
constexpr int kOk = 200;
constexpr int kNotFound = 404;

Result<std::string> socket_of_environment() {
  const char* const host = std::getenv("DOCKER_HOST");
  const std::string_view value = host == nullptr ? "" : host;
  std::string path = value.empty() ? kSocket : std::string(value.substr(value.starts_with(kScheme) ? kScheme.size() : 0));
  if (!value.empty() && !value.starts_with(kScheme)) {
    return fail(fmt::format("DOCKER_HOST is '{}': only a daemon at a Unix socket is asked (unix:///run/docker.sock); of any other, save the image "
                            "('docker save -o x.tar NAME') and scan docker-archive:x.tar",
                            printable(value)));
  }
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) return fail(fmt::format("DOCKER_HOST is '{}': its socket has no path that can be one", printable(value)));
  return path;
}

// The Engine API says {"message": "…"}.
std::string said_by(net::Download& download) {
  const auto body = download.read_all(kMaxErrorAnswer);
  const auto all = nlohmann::json::parse(body ? *body : "", nullptr, false);
  if (!all.is_object() || !all.contains("message") || !all["message"].is_string()) return "";
  return printable(all["message"].get<std::string>().substr(0, kLongestQuote));
}

// In a path of its API the slashes of a name stand as they are.
std::string api_path(const Reference& reference) {
  std::string name = reference.repository;
  if (!reference.digest.empty()) {
    name += "@" + reference.digest;
  } else if (!reference.tag.empty()) {
    name += ":" + reference.tag;
  } else {
    name += ":latest";  // without one the daemon would send every tag of the repository
  }
  return "/images/" + name + "/get";
}

struct Open {
  std::shared_ptr<net::Downloader> downloader;  // outlives the download
  net::Download download;
  std::string name;
};

}  // namespace

Result<OpenArchive> daemon_archive(const Reference& reference, std::chrono::milliseconds patience) {
  auto socket = socket_of_environment();
  if (!socket) return std::unexpected(socket.error());
  net::ClientOptions options;
  options.timeout = patience;
  auto made = net::Downloader::make(options, *socket);
  if (!made) return std::unexpected(made.error());
  std::shared_ptr<net::Downloader> downloader = *std::move(made);
  const std::string name = printable(name_of(reference));
  return [downloader, socket = *socket, name, url = "http://docker" + api_path(reference)]() -> Result<archive::Stream> {
    auto download = downloader->open({.url = url});
    if (!download) {
      const bool unreachable = download.error().failure == net::Failure::kConnect;
      return fail(fmt::format("{}: no Docker daemon answers at {}: {}{}", name, printable(socket), download.error().problem,
                              unreachable ? "; is it running, and may you use its socket? DOCKER_HOST names another" : ""));
    }
    if (const int status = download->head().status; status != kOk) {
      const std::string said = said_by(*download);
      return fail(fmt::format("{}: the Docker daemon answers {}{}{}{}", name, status, said.empty() ? "" : ", ", said,
                              status == kNotFound ? "; 'docker image ls' lists what it has" : ""));
    }
    auto open = std::make_shared<Open>(Open{downloader, *std::move(download), name});
    return archive::Stream{.read = [open]() -> Result<std::string_view> {
      auto bytes = open->download.read();
      if (!bytes) return fail(fmt::format("{}: the Docker daemon: {}", open->name, bytes.error().problem));
      return *bytes;
    }};
  };
}

}  // namespace keywake::images
