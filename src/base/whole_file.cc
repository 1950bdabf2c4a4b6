#include "base/whole_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/text.h"

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

Result<void> write_whole_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode) {
  auto failed = [&] { return fail(fmt::format("{}: {}", printable(path.native()), std::strerror(errno))); };
  std::string temporary = path.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) return failed();
  const bool written = write_all(descriptor, bytes) && ::fchmod(descriptor, mode) == 0;
  auto result = written ? Result<void>() : failed();
  if (::close(descriptor) != 0 && result) result = failed();
  if (result && ::rename(temporary.c_str(), path.c_str()) != 0) result = failed();
  if (!result) ::unlink(temporary.c_str());
  return result;
}

}  // namespace keywake
