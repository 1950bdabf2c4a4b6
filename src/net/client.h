// Client: HTTPS requests, many at once, on one thread and one pool of connections (libcurl's multi interface, HTTP/2 where the server has
// it). It is made for talking to hosts that may be hostile:
//   - certificates always verified, no redirect followed, no cookies, no .netrc;
//   - the address that a connection is really made to is held against net/address.h, after the name was resolved, so a name that
//     changes its address in between (DNS rebinding) gains nothing;
//   - a body is taken up to max_body bytes after decompression, and an answer must be there within `timeout`.
// Errors: never thrown; an Answer says what failed. It never holds anything of the request. Ownership: copies what it is given.
// Thread safety: none, one thread at a time; several Clients are independent.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace keywake::net {

struct Request {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // sent if there is one, or the method is POST or PUT
  /// AWS Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html): "aws:amz:REGION:SERVICE", the access
  /// key id and its secret. Headers must not hold an Authorization then.
  std::string sigv4;
  std::string user;  // with `sigv4` and of logins
  std::string password;
  /// PEM: the one authority to trust instead of the system's, and the client's certificate with its key. Empty: none.
  std::string ca;
  std::string certificate;
  std::string private_key;
};

enum class Failure : std::uint8_t {
  kNone,
  kRefused,   // by keywake itself: an address or a URL it may not go to
  kResolve,   // the name has no address
  kConnect,
  kTls,       // no trust in the certificate, or no TLS
  kTimeout,
  kTooLarge,  // the body
  kBroken,    // cut off, or no HTTP
};

struct Answer {
  Failure failure = Failure::kNone;
  std::string problem;  // for people, one clause, when it failed
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in small letters
  std::string body;
  [[nodiscard]] std::string_view header(std::string_view name) const;  // of the first so named; empty: none
};

struct ClientOptions {
  std::chrono::milliseconds timeout{10'000};
  std::size_t max_body = 1024 * 1024;
  std::uint32_t connections_per_host = 64;  // of HTTP/1.1; with HTTP/2 one serves many
  std::string ca_file;  // trusted beside the system's authorities: PEM
  std::string proxy;    // empty: none, whatever the environment says
  /// "host:port:address:port", as curl's option of that name has it: the user's own word about where a host is, so not held against
  /// net/address.h.
  std::vector<std::string> connect_to;
  bool allow_private = false;
  bool allow_plaintext = false;  // logins where the server offers no TLS
};

class Client {
 public:
  static Result<std::unique_ptr<Client>> make(ClientOptions options);
  ~Client();

  /// `done` is called from step(), once, and may send again.
  void send(Request request, std::function<void(Answer)> done);
  /// Does what can be done now, and waits up to `longest` for more if nothing came of it.
  void step(std::chrono::milliseconds longest);
  /// Ends a wait of step(); from any thread.
  void wake();
  [[nodiscard]] std::size_t in_flight() const;

 private:
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Where a URL leads, as libcurl's own parser has it, the host in small letters and without the brackets of an IPv6 address; fails for one whose scheme is not of kUrlSchemes
/// (base/url_scheme.h), or that holds a user.
struct HostPort {
  std::string host;
  std::uint16_t port = 443;
};
Result<HostPort> host_of(const std::string& url);

/// What an answer's Retry-After asks for (RFC 9110, 10.2.3: seconds, or a date); 0 without one.
std::chrono::seconds retry_after(const Answer& answer);

/// Percent-encoded but for letters, digits and - . _ ~ (RFC 3986).
std::string percent_encoded(std::string_view text);
/// Back; a % that begins no two hexadecimal digits stands for itself.
std::string percent_decoded(std::string_view text);

}  // namespace keywake::net
