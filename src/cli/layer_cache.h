// Whether and where `keywake scan` remembers layers of images (scan/layer_cache.h). Thread safety: pure but for the environment and files.
#pragma once

#include "cli/arguments.h"
#include "scan/pipeline.h"

namespace keywake::cli {

/// Fills in folder and key, unless the arguments or the environment want no cache, or the rules cannot be read.
void use_layer_cache(const Arguments& arguments, scan::ImageOptions& images);

}  // namespace keywake::cli
