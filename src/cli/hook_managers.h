// Programs that manage a repository's hooks themselves. Where one does, a hook of ours would be lost with its next run, or stop it from
// working; keywake is added to what it runs instead. Thread safety: reads files only.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "cli/hook_script.h"

namespace keywake::cli {

enum class Manager : unsigned char { kNone, kHusky, kLefthook, kPreCommit, kOvercommit };
std::string_view name(Manager manager);

/// By the folder that git takes hooks from (husky), its configuration at the top of the work tree, or what it has written as this hook.
Manager manager_of(const std::filesystem::path& work_tree, const std::filesystem::path& hooks_folder, const Hook& hook);

/// How keywake is added there as this hook: what to write into which file.
std::string how_to_add(Manager manager, const Hook& hook);

}  // namespace keywake::cli
