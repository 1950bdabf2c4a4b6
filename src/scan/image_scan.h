// Scans container images: the files of every layer, those too that a later layer deletes or overwrites, the configuration, the history and the
// annotations. Layers are read as streams, in parallel, each once however many images share it; nothing is unpacked to disk.
// Thread safety: one call at a time; works in parallel inside.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "images/reference.h"
#include "images/store.h"
#include "scan/context.h"

namespace keywake::scan {

/// The image reference that a target is: written as one, or a path to a layout or an archive, known by what it holds.
Result<std::optional<images::Reference>> find_image(const std::string& target);

Result<std::unique_ptr<images::ImageStore>> open_images(const images::Reference& reference);

/// `target`: as the user named it. What cannot be read of an image is reported, and the rest scanned.
Result<void> scan_images(const Context& context, const images::Reference& reference, const std::string& target);

}  // namespace keywake::scan
