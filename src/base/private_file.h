// Files that are the user's own business: caches. Written whole or not at all, readable by the owner alone.
// Thread safety: several processes may write the same file; the last holds.
#pragma once

#include <filesystem>
#include <string_view>

namespace keywake {

/// Makes the folder (mode 0700) if it is not there. False if it could not be written.
bool write_private_file(const std::filesystem::path& path, std::string_view bytes);

/// A regular file of this user, and no link.
bool is_own_file(const std::filesystem::path& path);

}  // namespace keywake
