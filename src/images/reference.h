// Image references as the containers world writes them (containers-transports(5),
// https://github.com/containers/image/blob/main/docs/containers-transports.5.md; names and tags: OCI distribution specification, "Pulling
// manifests"; Docker's short names: "nginx" is docker.io/library/nginx). Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace keywake::images {

struct Reference {
  enum class Transport : std::uint8_t {
    kRegistry,       // docker://registry/name:tag, docker://registry/name@sha256:…
    kDockerDaemon,   // docker-daemon:name:tag, by the daemon's Unix socket
    kDockerArchive,  // docker-archive:x.tar[:name:tag]
    kOciArchive,     // oci-archive:x.tar[:tag]
    kOciLayout,      // oci:folder[:tag]
    kFolder,         // dir:folder, as skopeo writes it
  };
  Transport transport = Transport::kRegistry;
  std::string registry;    // "registry-1.docker.io", "ghcr.io", "localhost:5000"
  std::string repository;  // "library/nginx"
  std::string tag;         // of a registry, "latest" if neither tag nor digest is given; elsewhere empty means all that is there
  std::string digest;      // "sha256:…"; empty: none
  std::string path;        // of archives and layouts
};

/// Absent for a target that is no image reference; an error for one that is a wrong one, which says how it is written.
Result<std::optional<Reference>> parse_reference(const std::string& target);

/// "sha256:" or "sha512:" and as many small hexadecimal digits as that has: what can be checked, and is safe as a part of a path.
bool is_digest(std::string_view text);

/// As people read it: without the transport, "docker.io/library/nginx:1.27".
std::string name_of(const Reference& reference);

}  // namespace keywake::images
