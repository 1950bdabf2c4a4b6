// Images in OCI layouts: a folder, or a tar of one (OCI image specification, image-layout.md). Blobs lie in blobs/<algorithm>/<digest>, and
// index.json names the manifests.
// In a folder a link is followed only if it stays in the folder. Errors: name the layout. Thread safety: as ImageStore.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "images/store.h"
#include "images/tar_file.h"

namespace keywake::images {

/// `tag`: as in "oci:folder:tag", the annotation org.opencontainers.image.ref.name or a digest; empty: all images of the layout.
Result<std::unique_ptr<ImageStore>> open_layout(const std::filesystem::path& folder, const std::string& tag);
Result<std::unique_ptr<ImageStore>> open_layout_archive(TarFile file, const std::string& path, const std::string& tag);

/// By what it holds: "oci-layout" and "index.json".
bool is_layout(const std::filesystem::path& folder);
bool is_layout(const TarFile& file);

}  // namespace keywake::images
