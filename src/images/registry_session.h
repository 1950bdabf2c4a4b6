// RegistrySession: GET requests to one repository of one registry, authenticated, redirected, and asked again where that helps. What it
// means is images/registry.h's affair. OCI distribution specification 1.1 (https://github.com/opencontainers/distribution-spec/blob/main/spec.md);
// tokens: https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/.
//
// Who sees what:
//   - The user named the registry, so its address may be private; any other host (of a redirect, of a token server) is held to the address policy.
//   - Without credentials first, an anonymous token among it; with them only when the registry refuses that.
//   - Credentials go to the registry (Basic) or to the token server that the registry itself names over its own connection: Docker does the
//     same, and a registry that lies about it could have had them with Basic. Never on the word of a host that a redirect led to, and over
//     plain http:// only where net::plaintext_permitted() says so and the registry itself is http://.
//   - Tokens are asked for one thing, pulling from this repository, whatever scope the registry names.
//   - A redirect is followed up to five times; https:// stays https://; to another host, port or scheme goes no Authorization.
// Registries are https://; http:// is tried only where it is permitted and https:// was not spoken.
// Errors: name URL and host, never a credential. Thread safety: get() may be called from several threads at once. The Downloads that it
// returned must not outlive it.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "images/reference.h"
#include "images/registry_auth.h"
#include "net/download.h"

namespace keywake::images {

struct RegistryProblem {
  int status = 0;  // 0: no answer
  std::string message;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class RegistrySession {
 public:
  /// Asks GET /v2/ whether it is a registry.
  static Result<std::unique_ptr<RegistrySession>> open(const Reference& reference, const net::ClientOptions& options, Credentials credentials);
  ~RegistrySession();

  /// Status 200 or 206; any other is a problem. `path`: from the registry's root, or a URL of the registry.
  std::expected<net::Download, RegistryProblem> get(const std::string& path, const Headers& headers);
  /// "https://ghcr.io"
  [[nodiscard]] const std::string& base() const;

 private:
  struct State;
  explicit RegistrySession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Before the `attempt`th further try, from 1: what the server asked for (not above a minute), or twice as long each time.
std::chrono::milliseconds pause_before(int attempt, const net::Answer& answer);
inline constexpr int kRegistryTries = 5;

}  // namespace keywake::images
