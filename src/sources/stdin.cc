#include "sources/stdin.h"

#include "sources/file.h"

namespace keywake::sources {

void scan_stdin(std::string_view path, const ReadOptions& options, Sink& sink, int fd) {
  FileScanner(options, sink).scan_stream(fd, path);
}

}  // namespace keywake::sources
