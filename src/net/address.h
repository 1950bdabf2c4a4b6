// Which addresses keywake may be led to by a name. What a scanned text says must not steer a request into the user's own network, so
// all that IANA's special-purpose registries do not call globally reachable is refused unless the user allows it:
// https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/socket.h>

namespace keywake::net {

enum class Reach : std::uint8_t {
  kPublic,
  kPrivate,   // loopback, the user's own networks, carrier-grade NAT
  kNever,     // link-local (where clouds keep their metadata), multicast, reserved: not even when private addresses are allowed
};

/// Of an IPv4 or IPv6 address; of any other family, kNever. IPv4 addresses inside IPv6 ones (mapped, NAT64, 6to4) count as themselves.
Reach reach_of(const sockaddr& address);

/// "192.0.2.1:443", "[2001:db8::1]:443".
std::string text_of(const sockaddr& address);

/// Of an address as text, "10.0.0.1" or "::1"; absent if it is none.
std::optional<Reach> reach_of(std::string_view address);

}  // namespace keywake::net
