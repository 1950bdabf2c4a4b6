// Images in a registry, "docker://ghcr.io/acme/shop:1.2". OCI distribution specification 1.1
// (https://github.com/opencontainers/distribution-spec/blob/main/spec.md): manifests and indexes (OCI's and Docker's schema 2), blobs, tags with
// their pages, referrers with the fallback tag. Who is reached, and who sees credentials: images/registry_session.h.
// Blobs are streamed: memory is bounded (net/download.h), size and digest are checked, and a stream that is cut off goes on with a Range
// request where it was; a server without ranges is read again from the start, and what is known already passed over.
// Errors: name registry, repository and digest or tag. Thread safety: as ImageStore.
#pragma once

#include <memory>

#include "base/result.h"
#include "images/reference.h"
#include "images/registry_auth.h"
#include "images/store.h"
#include "net/client.h"

namespace keywake::images {

/// Asks the registry whether it is one. `options`: timeout is how long it may be silent; max_body is not used.
Result<std::unique_ptr<ImageStore>> open_registry(const Reference& reference, const net::ClientOptions& options, Credentials credentials = {});

}  // namespace keywake::images
