// Which targets are images, and where their bytes come from.
// Errors: name the target and the remedy. Thread safety: independent calls.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "images/reference.h"
#include "images/store.h"
#include "scan/pipeline.h"

namespace keywake::scan {

/// The image reference that a target is: written as one, or a path to a layout or an archive, known by what it holds. A path that exists is a
/// path, even if it looks like a reference.
Result<std::optional<images::Reference>> find_image(const std::string& target);

Result<std::unique_ptr<images::ImageStore>> open_images(const images::Reference& reference, const ImageOptions& options);

}  // namespace keywake::scan
