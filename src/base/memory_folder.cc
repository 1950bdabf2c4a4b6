#include "base/memory_folder.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <cstdlib>
#include <string>
#include <utility>

namespace keywake {
namespace fs = std::filesystem;

Result<MemoryFolder> MemoryFolder::make() {
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  for (const char* place : {"/dev/shm", runtime == nullptr || *runtime != '/' ? "/tmp" : runtime, "/tmp"}) {
    struct statfs info{};
    if (::statfs(place, &info) != 0 || info.f_type != TMPFS_MAGIC) continue;
    std::string name = std::string(place) + "/keywake-XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) return MemoryFolder(fs::path(name));
  }
  return fail("no file system in memory (/dev/shm, $XDG_RUNTIME_DIR, /tmp)");
}

MemoryFolder::MemoryFolder(MemoryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

MemoryFolder& MemoryFolder::operator=(MemoryFolder&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

MemoryFolder::~MemoryFolder() {
  std::error_code ec;
  if (!path_.empty()) fs::remove_all(path_, ec);
}

}  // namespace keywake
