// Scans container images: the files of every layer, those too that a later layer deletes or overwrites, the configuration, the history and the
// annotations. Layers are read as streams, in parallel, each once however many images share it; nothing is unpacked to disk.
// Thread safety: one call at a time; works in parallel inside.
#pragma once

#include <string>

#include "base/result.h"
#include "images/reference.h"
#include "scan/context.h"

namespace keywake::scan {

/// `target`: as the user named it. What cannot be read of an image is reported, and the rest scanned.
Result<void> scan_images(const Context& context, const images::Reference& reference, const std::string& target);

}  // namespace keywake::scan
