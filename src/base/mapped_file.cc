#include "base/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace keywake {
namespace {

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

std::unexpected<Error> system_error(const std::filesystem::path& path, const char* doing) {
  return fail(fmt::format("{}: cannot {}: {}", printable(path.native()), doing, std::strerror(errno)));
}

// Opens a regular file only: O_NONBLOCK keeps a FIFO in its place from blocking the scan.
Result<std::pair<int, std::size_t>> open_regular(const std::filesystem::path& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return system_error(path, "open");
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return fail(fmt::format("{}: not a regular file", printable(path.native())));
  }
  return std::pair{fd, static_cast<std::size_t>(info.st_size)};
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  auto opened = open_regular(path);
  if (!opened) return std::unexpected(opened.error());
  Descriptor descriptor{opened->first};
  MappedFile file;
  if (opened->second == 0) return file;
  void* data = ::mmap(nullptr, opened->second, PROT_READ, MAP_PRIVATE, descriptor.fd, 0);
  if (data == MAP_FAILED) return system_error(path, "map");
  file.data_ = static_cast<const char*>(data);
  file.size_ = opened->second;
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void MappedFile::release_pages() const {
  if (data_ != nullptr) ::madvise(const_cast<char*>(data_), size_, MADV_DONTNEED);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
  auto opened = open_regular(path);
  if (!opened) return std::unexpected(opened.error());
  Descriptor descriptor{opened->first};
  std::string text;
  char buffer[16384];
  for (;;) {
    ssize_t got = ::read(descriptor.fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path, "read");
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > limit) {
      return fail(fmt::format("{}: larger than the {} allowed for such a file",
                              printable(path.native()), human_bytes(limit)));
    }
  }
}

}  // namespace keywake
