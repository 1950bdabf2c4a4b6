// An image in a folder of its own, "dir:folder", as skopeo and buildah write it: manifest.json, each blob under the hexadecimal digits of its
// digest, and for an index the manifests of its images as <digits>.manifest.json (containers-transports(5), "dir:";
// https://github.com/containers/image/tree/main/directory).
// Errors: name the folder. Thread safety: as ImageStore.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "images/store.h"

namespace keywake::images {

Result<std::unique_ptr<ImageStore>> open_folder(const std::filesystem::path& folder);

}  // namespace keywake::images
