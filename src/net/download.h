// Downloads: bodies of any length, read bit by bit by whoever wants them. A Download is pulled: it reads from the network only inside open()
// and read(), on the caller's thread, and keeps at most kBuffered bytes of what it was sent, so a consumer may be as slow as it likes (TCP
// holds the server back) and memory stays bounded. HTTP/1.1 on purpose: with HTTP/2 libcurl would buffer a whole stream window, 32 MiB, of a
// transfer that is not read.
// It is protected as net/client.h's transfers are: certificates verified, no redirect followed, every address held against the guard. Plain
// http:// only where plaintext_permitted() says so. A body comes as it was sent, with no Content-Encoding undone.
// Time: nothing at all for `timeout` of waiting, or under kSlowest bytes a second over three times that, is a timeout; the consumer's own time
// does not count. Errors: an Answer with failure and problem. Ownership: a Download must not outlive its Downloader. Connections are kept for
// the next. Thread safety: a Downloader may be used by several threads at once, a Download by one at a time.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "net/client.h"

namespace keywake::net {

inline constexpr std::size_t kBuffered = 256 * 1024;
inline constexpr std::size_t kSlowest = 1024;

class Download {
 public:
  Download(Download&&) noexcept;
  Download& operator=(Download&&) noexcept;
  /// What was not read to its end is cut off.
  ~Download();

  /// Status and headers; the body is read.
  [[nodiscard]] const Answer& head() const;
  /// The next bytes, valid until the next call; empty at the end. After a failure it fails again.
  std::expected<std::string_view, Answer> read();
  /// All of it; kTooLarge if it is more than `longest`.
  std::expected<std::string, Answer> read_all(std::size_t longest);

 private:
  friend class Downloader;
  struct Channel;
  class Pool;
  Download(Pool* pool, std::unique_ptr<Channel> channel);
  Pool* pool_;
  std::unique_ptr<Channel> channel_;
};

class Downloader {
 public:
  /// `unix_socket`: the path of a socket to which all requests go instead of their URL's host; then http:// is permitted.
  static Result<std::unique_ptr<Downloader>> make(ClientOptions options, std::string unix_socket = "");
  ~Downloader();

  /// Returns when status and headers are there, whatever the status.
  std::expected<Download, Answer> open(Request request);

 private:
  explicit Downloader(std::unique_ptr<Download::Pool> pool);
  std::unique_ptr<Download::Pool> pool_;
};

/// Who a URL leads to: of https:// and http:// only, no user in it. Two URLs with the same are one party.
struct Origin {
  std::string scheme;
  std::string host;  // in small letters, IPv6 in brackets
  std::uint16_t port = 0;
  bool operator==(const Origin&) const = default;
};
Result<Origin> origin_of(const std::string& url);

/// A reference (a Location, a Link; RFC 3986, 5.2) seen from the URL that it was sent by.
Result<std::string> resolved(const std::string& base, const std::string& reference);

/// https:// always; http:// to this machine ("localhost", 127.0.0.0/8, [::1]), or if the user allows plain text.
bool plaintext_permitted(const Origin& to, const ClientOptions& options);

}  // namespace keywake::net
