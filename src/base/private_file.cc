#include "base/private_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

namespace keywake {
namespace {

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

bool write_private_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code error;
  const std::filesystem::path folder = path.parent_path();
  std::filesystem::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return false;
  std::string temporary = path.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());  // mode 0600
  if (descriptor < 0) return false;
  bool whole = write_all(descriptor, bytes);
  whole = ::close(descriptor) == 0 && whole;
  if (whole) std::filesystem::rename(temporary, path, error);
  if (whole && !error) return true;
  std::filesystem::remove(temporary, error);
  return false;
}

bool is_own_file(const std::filesystem::path& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid();
}

}  // namespace keywake
