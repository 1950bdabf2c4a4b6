// Small files (nearly all) take four system calls: open, read, read of the end, close; what kind of
// file it is the folder's listing has said. A file that fills the whole buffer is large: only then
// is its size asked for.
//
// An archive's own bytes are scanned beside its members only where they may hold more than the
// members do, which archive::expand() answers. So a secret in a plain tar is found once, in the
// member, and one in a zip's comment is found too.
#include "sources/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "base/utf16.h"

namespace keywake::sources {
namespace {

constexpr std::size_t kPartBytes = 256 * limits::kKiB;
constexpr std::uint64_t kProgressFiles = 64;
constexpr std::uint64_t kProgressBytes = 4 * limits::kMiB;
constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};
/// Of a stream, this much is held to expand an archive from memory, which reads its directory at
/// the end.
constexpr std::size_t kHeldStream = 64 * limits::kMiB;

std::string too_large(std::uint64_t) {
  return "larger than --max-file-size";
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

long read_some(int fd, char* to, std::size_t size) {
  for (;;) {
    ssize_t got = ::read(fd, to, size);
    if (got >= 0 || errno != EINTR) return got;
  }
}

}  // namespace

// Members of one archive, on their way to the sink.
class FileScanner::Members : public archive::Visitor {
 public:
  Members(FileScanner& scanner, std::string_view archive) : scanner_(scanner), path_(archive), archive_size_(archive.size()) {}

  void member(const std::string& path, std::string_view bytes) override {
    if (!select(path)) return;
    scanner_.count(path.empty() ? 0 : 1, bytes.size());
    scanner_.scan_text(path_, bytes);
  }

  void large_member(const std::string& path, const archive::ReadMore& read) override {
    if (!select(path)) return;
    scanner_.count(path.empty() ? 0 : 1, 0);
    scanner_.writer_.start(path_);
    for (;;) {
      auto part = read();
      if (!part || part->empty()) break;
      scanner_.count(0, part->size());
      scanner_.writer_.append(*part);
    }
    scanner_.writer_.finish();
  }

  void left_out(const std::string& path, const std::string& reason, bool failed) override {
    set_path(path);
    scanner_.skip(path_, reason, failed);
  }

 private:
  // An empty path is the archive's own.
  void set_path(const std::string& path) {
    path_.resize(archive_size_);
    if (!path.empty()) path_.append("!/").append(path);
  }

  // Makes path_ the member's, unless it is excluded.
  bool select(const std::string& path) {
    set_path(path);
    return std::none_of(scanner_.options_.exclude.begin(), scanner_.options_.exclude.end(),
                        [&](const std::string& glob) { return glob_match(glob, path_); });
  }

  FileScanner& scanner_;
  std::string path_;
  std::size_t archive_size_;
};

FileScanner::FileScanner(const ReadOptions& options, Sink& sink)
    : options_(options), sink_(sink), writer_(sink) {}

FileScanner::~FileScanner() {
  flush_progress();
}

void FileScanner::scan_at(int directory, const char* name, std::string_view path) {
  // O_NONBLOCK: should a FIFO have taken the file's place, opening it must not wait for a writer.
  Descriptor file(
      ::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) {
    skip_errno(path, "opened", errno);
    return;
  }
  scan_regular(file.get(), path);
}

void FileScanner::scan_regular(int fd, std::string_view path) {
  std::size_t size = 0;
  if (!read_up_to(fd, path, kWholeBytes, size) && size == 0) return;
  if (size > options_.max_file_size) {
    skip(path, too_large(size), false);
    return;
  }
  count(1, 0);
  std::string_view bytes(whole_.get(), size);
  if (size < kWholeBytes) {
    scan_whole(path, bytes);
  } else {
    scan_large(fd, path, bytes);
  }
}

bool FileScanner::read_up_to(int fd, std::string_view path, std::size_t wanted, std::size_t& got) {
  if (!whole_) whole_ = std::make_unique_for_overwrite<char[]>(kWholeBytes);
  got = 0;
  while (got < wanted) {
    long more = read_some(fd, whole_.get() + got, wanted - got);
    if (more < 0) {
      skip_errno(path, "read", errno);
      return false;
    }
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  return true;
}

void FileScanner::scan_whole(std::string_view path, std::string_view bytes) {
  if (options_.expand_archives && archive::is_archive_whole(bytes)) {
    Members members(*this, path);
    if (archive::expand(path, bytes, archive_limits(), members)) return;
  }
  count(0, bytes.size());
  scan_text(path, bytes);
}

void FileScanner::scan_text(std::string_view path, std::string_view bytes) {
  if (auto text = utf16_to_utf8(bytes)) {
    emit_pieces(path, *text, sink_);
  } else {
    emit_pieces(path, bytes, sink_);
  }
}

void FileScanner::scan_large(int fd, std::string_view path, std::string_view head) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) {
    skip_errno(path, "read", errno);
    return;
  }
  auto size = static_cast<std::uint64_t>(std::max<off_t>(info.st_size, 0));
  if (size > options_.max_file_size) {
    skip(path, too_large(size), false);
    return;
  }
  if (options_.expand_archives && archive::is_archive(head) && expand_large(fd, size, path)) return;
  write_rest(fd, path, head, options_.max_file_size);
}

bool FileScanner::expand_large(int fd, std::uint64_t size, std::string_view path) {
  off_t at = 0;
  archive::Stream stream;
  stream.read = [&] {
    return read_part([&](char* to, std::size_t room) {
      ssize_t got = ::pread(fd, to, room, at);
      at += std::max<ssize_t>(got, 0);
      return static_cast<long>(got);
    });
  };
  stream.seek = [&](std::uint64_t offset) {
    at = static_cast<off_t>(offset);
    return true;
  };
  stream.size = size;
  Members members(*this, path);
  return archive::expand(path, stream, archive_limits(), members);
}

// Writes `head` and all that follows it in the file.
void FileScanner::write_rest(int fd, std::string_view path, std::string_view head,
                             std::uint64_t limit) {
  std::uint64_t written = head.size();
  count(0, written);
  writer_.start(path);
  writer_.append(head);
  for (;;) {
    auto part = read_part([&](char* to, std::size_t room) { return read_some(fd, to, room); });
    if (!part) {
      skip(path, part.error().message, true);
      break;
    }
    if (part->empty()) break;
    written += part->size();
    if (written > limit) {  // a file without a true size, or one that grows
      skip(path, too_large(written), false);
      break;
    }
    count(0, part->size());
    writer_.append(*part);
  }
  writer_.finish();
}

void FileScanner::scan_stream(int fd, std::string_view path) {
  std::size_t size = 0;
  if (!read_up_to(fd, path, kWholeBytes, size) && size == 0) return;
  count(1, 0);
  std::string_view head(whole_.get(), size);
  if (size < kWholeBytes) {
    scan_whole(path, head);
  } else if (options_.expand_archives && archive::is_archive(head)) {
    expand_stream(fd, path, head);
  } else {
    write_rest(fd, path, head, kNoLimit);
  }
}

// An archive on a pipe: from memory if it fits, else as it comes. Then its own bytes are not kept,
// so of an archive that breaks only what follows the break is scanned as it stands.
void FileScanner::expand_stream(int fd, std::string_view path, std::string_view head) {
  std::string held(head);
  auto next = [&] {
    return read_part([&](char* to, std::size_t room) { return read_some(fd, to, room); });
  };
  bool ended = false;
  while (!ended && held.size() < kHeldStream) {
    auto part = next();
    if (!part) skip(path, part.error().message, true);
    ended = !part || part->empty();
    if (!ended) held += *part;
  }
  if (ended) {
    scan_whole(path, held);
    return;
  }
  archive::Stream stream;
  stream.read = [&, first = true]() mutable -> Result<std::string_view> {
    if (std::exchange(first, false)) return std::string_view(held);
    return next();
  };
  Members members(*this, path);
  if (!archive::expand(path, stream, archive_limits(), members)) write_rest(fd, path, {}, kNoLimit);
}

Result<std::string_view> FileScanner::read_part(
    const std::function<long(char*, std::size_t)>& read) {
  if (!part_) part_ = std::make_unique_for_overwrite<char[]>(kPartBytes);
  for (;;) {
    long got = read(part_.get(), kPartBytes);
    if (got >= 0) return std::string_view(part_.get(), static_cast<std::size_t>(got));
    if (errno != EINTR) return fail(fmt::format("cannot be read: {}", std::strerror(errno)));
  }
}

void FileScanner::skip(std::string_view path, std::string reason, bool failed) {
  sink_.skip({.what = std::string(path), .reason = std::move(reason), .failed = failed});
}

void FileScanner::skip_errno(std::string_view path, const char* doing, int error) {
  bool vanished =
      error == ENOENT || error == ENOTDIR || error == ELOOP || error == EISDIR || error == ENXIO;
  if (vanished) {
    skip(path, "vanished while scanning", false);
  } else {
    skip(path, fmt::format("cannot be {}: {}", doing, std::strerror(error)), true);
  }
}

void FileScanner::count(std::uint64_t files, std::uint64_t bytes) {
  files_ += files;
  bytes_ += bytes;
  if (files_ >= kProgressFiles || bytes_ >= kProgressBytes) flush_progress();
}

void FileScanner::flush_progress() {
  if (files_ + bytes_ > 0) sink_.progress(std::exchange(files_, 0), std::exchange(bytes_, 0));
}

archive::Limits FileScanner::archive_limits() const {
  archive::Limits limits = options_.archive_limits;
  limits.member_bytes = std::min(limits.member_bytes, options_.max_file_size);
  return limits;
}

Result<void> scan_file(const std::filesystem::path& file, std::string_view path,
                       const ReadOptions& options, Sink& sink) {
  Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  struct stat info{};
  if (opened.get() < 0 || ::fstat(opened.get(), &info) != 0) {
    return fail(
        fmt::format("{}: cannot be opened: {}", printable(file.native()), std::strerror(errno)));
  }
  if (S_ISDIR(info.st_mode)) return fail(fmt::format("{}: is a folder", printable(file.native())));
  FileScanner scanner(options, sink);
  if (S_ISREG(info.st_mode)) {
    scanner.scan_regular(opened.get(), path);
  } else {
    scanner.scan_stream(opened.get(), path);
  }
  return {};
}

}  // namespace keywake::sources
