// Where "mongodb+srv://HOST" leads: the hosts that DNS names for it, and options of the connection
// (https://github.com/mongodb/specifications/blob/master/source/initial-dns-seedlist-discovery/initial-dns-seedlist-discovery.md).
// Whoever answers for HOST can name only hosts below its own domain. Errors: a failed Answer. Thread safety: pure but for the network; blocks
// until the deadline at most.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "net/stream.h"

namespace keywake::login {

struct MongodbSeed {
  net::HostPort host;   // the first that is named
  std::string options;  // "authSource=admin&replicaSet=rs0"; empty: none
};

/// `nameserver`: an IPv4 address and a port to ask instead of the system's.
std::expected<MongodbSeed, net::Answer> mongodb_seed(const std::string& host, net::Deadline deadline, const std::optional<net::HostPort>& nameserver = std::nullopt);

}  // namespace keywake::login
