// Who keywake is to a registry: what Docker's and containers' auth files say, and what a registry asks for.
//
// Files, the first that knows the registry counts (containers-auth.json(5)): $REGISTRY_AUTH_FILE alone if it is set; else
// $XDG_RUNTIME_DIR/containers/auth.json, ~/.config/containers/auth.json, and $DOCKER_CONFIG/config.json or ~/.docker/config.json.
// In a file the entry of "auths" with the longest path counts: "ghcr.io/acme/shop" before "ghcr.io/acme" before "ghcr.io"; the older forms
// "https://ghcr.io/v1/" mean the host. A helper (credHelpers, credsStore; https://github.com/docker/docker-credential-helpers) is a program
// that a file names, so it is run only if the user named it too: directly, without a shell, with the registry's name on its standard input.
// Errors: name file, helper and remedy, never what is in the file. Thread safety: pure functions; they read the environment and files.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "images/reference.h"

namespace keywake::images {

struct Credential {
  std::string user;
  Secret password;
  Secret identity_token;  // an OAuth2 refresh token; then there is no password
};

/// Looked up when a registry asks for it and not before; empty: there is none, nor anywhere to look.
using Credentials = std::function<Result<std::optional<Credential>>()>;

/// `helpers`: the names ("pass", "ecr-login") that may be run (--credential-helper).
Credentials credentials_for(const Reference& reference, std::vector<std::string> helpers);

/// The files that are looked into, as the environment has them.
std::vector<std::string> auth_files();

/// One file: its entry for the reference's repository; absent without one.
Result<std::optional<Credential>> credential_in(const std::string& file, const Reference& reference, const std::vector<std::string>& helpers);

/// What a WWW-Authenticate asks for (RFC 9110, 11.6.1): its scheme in small letters, and its parameters, their names in small letters.
struct Challenge {
  std::string scheme;
  std::map<std::string, std::string> parameters;
};
/// One header may hold several challenges.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace keywake::images
