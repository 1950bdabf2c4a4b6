#include "images/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "images/checked_stream.h"

namespace keywake::images {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kBuffer = 256 << 10;

class FolderFiles : public Files {
 public:
  explicit FolderFiles(fs::path root) : root_(std::move(root)) {}

  Result<archive::Stream> open(const std::string& name, std::uint64_t offset) override {
    std::error_code ec;
    const fs::path file = fs::canonical(root_ / name, ec);
    if (ec) return fail(fmt::format("{}: {}", name, ec == std::errc::no_such_file_or_directory ? "is not there" : ec.message()));
    if (const fs::path inside = file.lexically_relative(root_); inside.empty() || *inside.begin() == "..") {
      return fail(fmt::format("{}: is a link out of the folder, which is not followed", name));
    }
    auto opened = std::make_shared<Open>();
    opened->fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    struct stat info{};
    if (opened->fd < 0 || ::fstat(opened->fd, &info) != 0) return fail(fmt::format("{}: cannot be opened: {}", name, std::strerror(errno)));
    if (!S_ISREG(info.st_mode)) return fail(fmt::format("{}: is no file", name));
    if (offset > 0 && ::lseek(opened->fd, static_cast<off_t>(offset), SEEK_SET) < 0) return fail(fmt::format("{}: cannot be read from the middle: {}", name, std::strerror(errno)));
    return archive::Stream{.read = [opened, name]() -> Result<std::string_view> {
      for (;;) {
        const ssize_t got = ::read(opened->fd, opened->buffer.get(), kBuffer);
        if (got >= 0) return std::string_view(opened->buffer.get(), static_cast<std::size_t>(got));
        if (errno != EINTR) return fail(fmt::format("{}: cannot be read: {}", name, std::strerror(errno)));
      }
    }};
  }

 private:
  struct Open {
    int fd = -1;
    std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(kBuffer);
    ~Open() {
      if (fd >= 0) ::close(fd);
    }
  };
  fs::path root_;  // canonical
};

}  // namespace

Result<std::unique_ptr<Files>> files_of_folder(const fs::path& folder) {
  std::error_code ec;
  fs::path root = fs::canonical(folder, ec);
  if (ec) return fail(fmt::format("{}: {}", printable(folder.native()), ec.message()));
  if (!fs::is_directory(root, ec)) return fail(fmt::format("{}: is no folder", printable(folder.native())));
  return std::make_unique<FolderFiles>(std::move(root));
}

Result<std::string> read_small(Files& files, const std::string& name) {
  auto file = files.open(name);
  if (!file) return std::unexpected(file.error());
  return read_all(*file, kMaxDocument, name);
}

}  // namespace keywake::images
