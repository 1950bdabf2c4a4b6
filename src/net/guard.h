// Guard: which addresses a connection may be made to, for whoever makes one: the client, a stream, or a library that connects by itself. An
// address is judged after its name was resolved, so a name that changes its address in between (DNS rebinding) gains nothing.
// Thread safety: immutable once made.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <expected>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/client.h"

namespace keywake::net {

class Guard {
 public:
  /// Fails for a `connect_to` or a `ca_file` that is none.
  static Result<Guard> make(ClientOptions options);

  [[nodiscard]] const ClientOptions& options() const { return options_; }
  [[nodiscard]] bool permits(const sockaddr& address) const;

  /// Where a connection to a host is to go, by name and as `connect_to` leads it: addresses as text, "192.0.2.1", in the resolver's order
  /// and none of them refused. For libraries that take an address beside the name; they know no proxy, so with one set it fails.
  struct Route {
    std::vector<std::string> addresses;
    std::uint16_t port = 0;
  };
  [[nodiscard]] std::expected<Route, Answer> route(const HostPort& to) const;

 private:
  ClientOptions options_;
  struct Lead {
    HostPort from;
    HostPort to;
  };
  std::vector<Lead> leads_;  // of connect_to
};

}  // namespace keywake::net
