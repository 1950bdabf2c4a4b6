// Whether and where `keywake scan` remembers layers of images (scan/layer_cache.h). Thread safety: pure but for the environment and files.
#pragma once

#include "cli/arguments.h"
#include "scan/pipeline.h"

namespace keywake::cli {

/// None if the arguments or the environment want none, or the rules cannot be read.
scan::LayerCacheOptions layer_cache_options(const Arguments& arguments);

}  // namespace keywake::cli
