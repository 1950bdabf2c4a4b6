#include "cli/hook_managers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "base/mapped_file.h"

namespace keywake::cli {
namespace fs = std::filesystem;
namespace {

bool has_one(const fs::path& folder, std::initializer_list<const char*> names) {
  std::error_code ec;
  return std::any_of(names.begin(), names.end(), [&](const char* name) { return fs::is_regular_file(folder / name, ec); });
}

}  // namespace

std::string_view name(Manager manager) {
  switch (manager) {
    case Manager::kNone:
      break;
    case Manager::kHusky:
      return "husky";
    case Manager::kLefthook:
      return "lefthook";
    case Manager::kPreCommit:
      return "the pre-commit framework";
    case Manager::kOvercommit:
      return "overcommit";
  }
  return "";
}

Manager manager_of(const fs::path& work_tree, const fs::path& hooks_folder, const Hook& hook) {
  if (std::find(hooks_folder.begin(), hooks_folder.end(), ".husky") != hooks_folder.end()) return Manager::kHusky;
  const std::string script = read_file(hooks_folder / hook.name, limits::kMiB).value_or("");
  if (is_hook_script(script)) return Manager::kNone;
  if (script.find("pre-commit.com") != std::string::npos) return Manager::kPreCommit;
  if (script.find("lefthook") != std::string::npos) return Manager::kLefthook;
  if (script.find("overcommit") != std::string::npos) return Manager::kOvercommit;
  if (work_tree.empty()) return Manager::kNone;
  if (has_one(work_tree, {"lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", "lefthook.toml", ".lefthook.toml", "lefthook.json", ".lefthook.json"})) {
    return Manager::kLefthook;
  }
  if (has_one(work_tree, {".pre-commit-config.yaml"})) return Manager::kPreCommit;
  return Manager::kNone;
}

std::string how_to_add(Manager manager, const Hook& hook) {
  const std::string_view arguments = hook.name == "pre-commit" ? "" : hook.name == "commit-msg" ? " \"$1\"" : " \"$@\"";
  switch (manager) {
    case Manager::kNone:
      break;
    case Manager::kHusky:
      return fmt::format("  echo 'keywake hook run {}{}' >> .husky/{}\n", hook.name, arguments, hook.name);
    case Manager::kLefthook:
      return fmt::format("  in lefthook.yml:\n    {}:\n      commands:\n        keywake:\n          run: keywake hook run {}{}\n{}", hook.name, hook.name,
                         hook.name == "pre-commit" ? "" : hook.name == "commit-msg" ? " {1}" : " {1} {2}", hook.reads_input ? "          use_stdin: true\n" : "");
    case Manager::kPreCommit:
      return fmt::format(
          "  in .pre-commit-config.yaml, under repos:\n    - repo: local\n      hooks:\n        - id: keywake-{}\n          name: keywake\n          entry: keywake hook run {}\n"
          "          language: system\n          stages: [{}]\n          always_run: true\n{}  then: pre-commit install --hook-type {}\n",
          hook.name, hook.name, hook.name, hook.name == "commit-msg" ? "" : "          pass_filenames: false\n", hook.name);
    case Manager::kOvercommit:
      return fmt::format("  in .overcommit.yml:\n    {}:\n      Keywake:\n        enabled: true\n        command: ['keywake', 'hook', 'run', '{}']\n",
                         hook.name == "pre-commit" ? "PreCommit" : hook.name == "commit-msg" ? "CommitMsg" : "PrePush", hook.name);
  }
  return {};
}

}  // namespace keywake::cli
