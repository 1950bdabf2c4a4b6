// Reads files and hands them to a sink in pieces: archives expanded, wide text converted. With
// read(), never mmap(): the file may shrink while it is read.
// Ownership: a FileScanner holds read buffers and refers to the options and the sink, which must
// outlive it. Thread safety: one thread at a time; make one per thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sources/options.h"
#include "sources/pieces.h"
#include "sources/sink.h"

namespace keywake::sources {

/// One file that the user named. A symbolic link is followed; a pipe (a FIFO, /dev/fd/3) is read as
/// a stream. Fails when it cannot be opened or is a folder. `path` is what its pieces are called.
/// Include, exclude and skip_file do not apply.
Result<void> scan_file(const std::filesystem::path& file, std::string_view path,
                       const ReadOptions& options, Sink& sink);

class FileScanner {
 public:
  FileScanner(const ReadOptions& options, Sink& sink);
  ~FileScanner();

  /// The file `name` in the folder `directory` (an open descriptor), which is not followed if it is
  /// a link. Whatever goes wrong becomes a Skip.
  void scan_at(int directory, const char* name, std::string_view path);

  /// An open regular file, from its beginning. Does not close it.
  void scan_regular(int fd, std::string_view path);

  /// Bytes that can be read once only (a pipe, standard input), without limit of size.
  void scan_stream(int fd, std::string_view path);

  /// Tells the sink of the files and bytes since the last time; the destructor does too.
  void flush_progress();

 private:
  class Members;

  void scan_whole(std::string_view path, std::string_view bytes);
  void scan_text(std::string_view path, std::string_view bytes);
  void scan_large(int fd, std::string_view path, std::string_view head);
  bool expand_large(int fd, std::uint64_t size, std::string_view path);
  void expand_stream(int fd, std::string_view path, std::string_view head);
  void write_rest(int fd, std::string_view path, std::string_view head, std::uint64_t limit);
  /// Fills `to` as far as the file reaches.
  bool read_up_to(int fd, std::string_view path, std::size_t wanted, std::size_t& got);
  Result<std::string_view> read_part(const std::function<long(char*, std::size_t)>& read);
  void skip(std::string_view path, std::string reason, bool failed);
  void skip_errno(std::string_view path, const char* doing, int error);
  void count(std::uint64_t files, std::uint64_t bytes);
  [[nodiscard]] archive::Limits archive_limits() const;

  const ReadOptions& options_;
  Sink& sink_;
  PieceWriter writer_;
  std::unique_ptr<char[]> whole_;  // kWholeBytes, for files that are read at once
  std::unique_ptr<char[]> part_;   // for those that are not
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace keywake::sources
