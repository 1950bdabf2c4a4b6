#include "base/private_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/whole_file.h"

namespace keywake {
bool write_private_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code error;
  const std::filesystem::path folder = path.parent_path();
  std::filesystem::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return false;
  return write_whole_file(path, bytes, 0600).has_value();
}

bool is_own_file(const std::filesystem::path& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid();
}

}  // namespace keywake
