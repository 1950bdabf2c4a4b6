// Images in archives of `docker save` ("docker-archive:" of containers-transports(5)): a tar with manifest.json, which names configs and layers
// by their paths in the tar (Docker image specification 1.2, "Combined Image JSON + Filesystem Changeset Format",
// https://github.com/moby/docker-image-spec).
// Such an archive has no manifests of the registry's kind. The store makes one for each image, and names it by the image's id, the digest of its
// config, since that is what `docker images` shows; each layer is checked against its diff id in the config, or against the digest in its path.
// Thread safety: as ImageStore.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "images/store.h"
#include "images/tar_file.h"

namespace keywake::images {

/// `name`: "acme/shop:1.2", one of the image's; empty: all images.
Result<std::unique_ptr<ImageStore>> open_docker_archive(TarFile file, const std::string& path, const std::string& name);

/// By what it holds: "manifest.json".
bool is_docker_archive(const TarFile& file);

}  // namespace keywake::images
