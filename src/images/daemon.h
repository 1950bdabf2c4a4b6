// Images of the local Docker daemon, "docker-daemon:acme/shop:1.2": by the Engine API (https://docs.docker.com/reference/api/engine/,
// "Export an image", GET /images/{name}/get) over its Unix socket, $DOCKER_HOST or /var/run/docker.sock; Podman's service speaks the same.
// The daemon sends what `docker save` writes. It is a stream and can be had as often as one likes, so whoever wants the manifest, which may
// stand at its end, and then the layers, asks twice, and nothing is stored.
// Errors: name the socket and the image. Ownership: the function keeps what it needs, and so does each stream. Thread safety: the function may
// be called from several threads at once; a stream has one reader.
#pragma once

#include <chrono>
#include <functional>

#include "archive/expand.h"
#include "base/result.h"
#include "images/reference.h"

namespace keywake::images {

/// The archive anew with every call.
using OpenArchive = std::function<Result<archive::Stream>()>;

/// Does not ask the daemon yet. `patience`: how long the daemon may be silent; it needs some time before the first byte of a large image.
Result<OpenArchive> daemon_archive(const Reference& reference, std::chrono::milliseconds patience = std::chrono::minutes(5));

}  // namespace keywake::images
