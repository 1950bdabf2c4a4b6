// Standard input, or any other pipe: read once, to its end, of any size.
// Thread safety: one thread reads a descriptor at a time.
#pragma once

#include <string_view>

#include "sources/options.h"
#include "sources/sink.h"

namespace keywake::sources {

/// `path` is what its pieces are called ("-"). max_file_size applies to members of archives only.
/// Does not close `fd`.
void scan_stdin(std::string_view path, const ReadOptions& options, Sink& sink, int fd = 0);

}  // namespace keywake::sources
