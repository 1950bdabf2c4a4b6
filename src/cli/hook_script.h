// The hooks that keywake can be installed as, and the script that stands in a hooks folder for it. Thread safety: pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace keywake::cli {

/// A hook of git (githooks(5)).
struct Hook {
  std::string_view name;
  bool server = false;
  bool reads_input = false;  // git writes to its standard input
};

std::span<const Hook> hooks();
/// Null if keywake does not know it.
const Hook* find_hook(std::string_view name);

/// A POSIX shell script. First it runs what stood there before, under `<name>.before-keywake`, and ends as that does if it fails; then
/// `keywake hook run <name>`. `program`: absolute path of keywake, for servers and editors whose PATH is short; the PATH is the second try.
std::string hook_script(const Hook& hook, std::string_view program);

/// Whether a script was written by hook_script(), of any version.
bool is_hook_script(std::string_view text);

inline constexpr std::string_view kBefore = ".before-keywake";

}  // namespace keywake::cli
