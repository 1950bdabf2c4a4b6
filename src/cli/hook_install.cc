// keywake hook install|uninstall|status: puts our script into the folder that git takes hooks from, before what is there, and takes it out
// again. Nothing is ever overwritten.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/git_command.h"
#include "cli/hook_managers.h"
#include "cli/hook_script.h"

namespace keywake::cli {
namespace fs = std::filesystem;
namespace {

/// The repository here, as git sees it.
struct Place {
  fs::path work_tree;  // empty: bare
  fs::path folder;     // that git takes hooks from
  std::string shared;  // "global": core.hooksPath is set for more than this repository; empty: it is not
};

Result<Place> find_place() {
  auto bare = ask_git(".", {"rev-parse", "--is-bare-repository"});
  if (!bare) return std::unexpected(bare.error());
  Place place;
  std::string top = ".";
  if (*bare == "true") {
    auto folder = ask_git(".", {"rev-parse", "--absolute-git-dir"});
    if (!folder) return std::unexpected(folder.error());
    top = *folder;
  } else {
    auto folder = ask_git(".", {"rev-parse", "--show-toplevel"});
    if (!folder) return std::unexpected(folder.error());
    top = *folder;
    place.work_tree = top;
  }
  // A relative core.hooksPath counts from the folder that hooks run in: the top of the work tree, or the bare repository (git-config(1)).
  auto hooks = ask_git(top, {"rev-parse", "--git-path", "hooks"});
  if (!hooks) return std::unexpected(hooks.error());
  place.folder = (fs::path(top) / *hooks).lexically_normal();
  if (auto scope = ask_git(top, {"config", "--show-scope", "--get", "core.hooksPath"}); scope && !scope->starts_with("local") && !scope->starts_with("worktree")) {
    place.shared = scope->substr(0, scope->find_first_of(" \t"));
  }
  return place;
}

/// The hooks that a command is about: those named, or those that fit the repository.
Result<std::vector<const Hook*>> chosen(const Arguments& arguments, const Place& place, bool all) {
  std::vector<const Hook*> out;
  for (const std::string& name : arguments.operands) {
    const Hook* hook = find_hook(name);
    if (hook == nullptr) return fail(fmt::format("there is no hook '{}'; there are pre-commit, commit-msg, pre-push, and on a server pre-receive and update", printable(name)));
    if (!hook->server && place.work_tree.empty() && !all) {
      return fail(fmt::format("{} is a hook of repositories that one works in, and this one is bare; on a server it is pre-receive or update", name));
    }
    out.push_back(hook);
  }
  if (!out.empty()) return out;
  for (const Hook& hook : hooks()) {
    // update would only say again, ref by ref, what pre-receive said.
    if (all || (place.work_tree.empty() ? hook.name == "pre-receive" : !hook.server)) out.push_back(&hook);
  }
  return out;
}

enum class Standing : unsigned char { kNothing, kOurs, kOther };

Standing standing(const fs::path& path) {
  std::error_code ec;
  if (!fs::exists(fs::symlink_status(path, ec))) return Standing::kNothing;
  const auto text = read_file(path, limits::kMiB);
  return text && is_hook_script(*text) ? Standing::kOurs : Standing::kOther;
}

bool is_there(const fs::path& path) {
  std::error_code ec;
  return fs::exists(fs::symlink_status(path, ec));
}

fs::path before(const fs::path& path) { return path.native() + std::string(kBefore); }

std::string shown(const fs::path& path) { return printable(path.native()); }

// Whole or not at all, and never over something: the file must not be there.
Result<void> write_new(const fs::path& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0777);
  if (descriptor < 0) return fail(fmt::format("cannot write {}: {}", shown(path), std::strerror(errno)));
  const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  if (::close(descriptor) == 0 && written) return {};
  ::unlink(path.c_str());
  return fail(fmt::format("cannot write {}: {}", shown(path), std::strerror(error)));
}

Result<void> move(const fs::path& from, const fs::path& to) {
  // link and unlink would not do for symbolic links on all file systems; the name was looked at just before.
  if (is_there(to)) return fail(fmt::format("{} is in the way; move it elsewhere, or take it into {}", shown(to), shown(from)));
  if (::rename(from.c_str(), to.c_str()) != 0) return fail(fmt::format("cannot rename {}: {}", shown(from), std::strerror(errno)));
  return {};
}

Result<std::string> install_one(const Place& place, const Hook& hook) {
  const fs::path path = place.folder / hook.name;
  std::error_code ec;
  const std::string script = hook_script(hook, fs::read_symlink("/proc/self/exe", ec).native());
  if (standing(path) == Standing::kOurs) {
    if (read_file(path, limits::kMiB).value_or("") == script) return fmt::format("{} is installed already in {}\n", hook.name, shown(place.folder));
    return fmt::format("{} is installed already in {}, in another version; 'keywake hook uninstall {}' first to renew it\n", hook.name, shown(place.folder), hook.name);
  }
  const bool moved = standing(path) == Standing::kOther;
  if (moved) {
    if (auto done = move(path, before(path)); !done) return std::unexpected(done.error());
  }
  if (auto written = write_new(path, script); !written) {
    if (moved) (void)move(before(path), path);
    return std::unexpected(written.error());
  }
  std::string text = fmt::format("installed {} in {}\n", hook.name, shown(place.folder));
  if (moved) text += fmt::format("  the hook that was there runs first; it is {}{} now\n", hook.name, kBefore);
  return text;
}

Result<std::string> uninstall_one(const Place& place, const Hook& hook, bool named) {
  const fs::path path = place.folder / hook.name;
  switch (standing(path)) {
    case Standing::kNothing:
      return named ? fmt::format("{} is not installed\n", hook.name) : "";
    case Standing::kOther:
      return named ? fmt::format("{} is not keywake's, and left as it is\n", shown(path)) : "";
    case Standing::kOurs:
      break;
  }
  if (::unlink(path.c_str()) != 0) return fail(fmt::format("cannot remove {}: {}", shown(path), std::strerror(errno)));
  std::string text = fmt::format("took {} out of {}\n", hook.name, shown(place.folder));
  if (!is_there(before(path))) return text;
  if (auto done = move(before(path), path); !done) return std::unexpected(done.error());
  return text + "  the hook that was there before is in its place again\n";
}

std::string status_of(const Place& place, const Hook& hook) {
  const fs::path path = place.folder / hook.name;
  const bool runs = ::access(path.c_str(), X_OK) == 0;
  switch (standing(path)) {
    case Standing::kNothing:
      return "none";
    case Standing::kOther:
      return "another hook, without keywake";
    case Standing::kOurs:
      break;
  }
  std::string text = "keywake";
  if (is_there(before(path))) text += fmt::format(", after {}{}", hook.name, kBefore);
  return runs ? text : text + ", but not executable: git passes it over";
}

}  // namespace

ExitStatus hook_install(const Arguments& arguments) {
  const auto place = find_place();
  if (!place) return failed(place.error().message);
  const auto wanted = chosen(arguments, *place, false);
  if (!wanted) return failed(wanted.error().message);
  std::string text, advice;
  Manager manager = Manager::kNone;
  std::string problems;
  for (const Hook* hook : *wanted) {
    const Manager found = manager_of(place->work_tree, place->folder, *hook);
    if (found != Manager::kNone) {
      manager = found;
      advice += how_to_add(found, *hook);
      continue;
    }
    std::error_code ec;
    fs::create_directories(place->folder, ec);  // a clone from an empty template has none
    auto done = install_one(*place, *hook);
    if (done) {
      text += *done;
    } else {
      problems += (problems.empty() ? "" : "\n") + done.error().message;
    }
  }
  if (!text.empty() && !place->shared.empty()) {
    text += fmt::format("core.hooksPath is set in git's {} configuration: these hooks run in every repository that goes by it\n", printable(place->shared));
  }
  if (print(text) != ExitStatus::kClean) return ExitStatus::kFailed;
  if (!problems.empty()) complain(problems);
  if (manager != Manager::kNone) complain(fmt::format("{} manages hooks here, so nothing was written over them; add keywake to it:\n{}", name(manager), advice));
  return manager != Manager::kNone || !problems.empty() ? ExitStatus::kFailed : ExitStatus::kClean;
}

ExitStatus hook_uninstall(const Arguments& arguments) {
  const auto place = find_place();
  if (!place) return failed(place.error().message);
  const auto wanted = chosen(arguments, *place, true);
  if (!wanted) return failed(wanted.error().message);
  std::string text, problems;
  for (const Hook* hook : *wanted) {
    auto done = uninstall_one(*place, *hook, !arguments.operands.empty());
    if (done) {
      text += *done;
    } else {
      problems += (problems.empty() ? "" : "\n") + done.error().message;
    }
  }
  if (text.empty() && problems.empty()) text = fmt::format("no hook of keywake's is in {}\n", shown(place->folder));
  const ExitStatus printed = print(text);
  return problems.empty() ? printed : failed(problems);
}

ExitStatus hook_status(const Arguments& arguments) {
  const auto place = find_place();
  if (!place) return failed(place.error().message);
  std::string text = fmt::format("{}\n", shown(place->folder));
  if (!place->shared.empty()) text += fmt::format("  (core.hooksPath of git's {} configuration)\n", printable(place->shared));
  (void)arguments;
  for (const Hook& hook : hooks()) {
    const Manager manager = manager_of(place->work_tree, place->folder, hook);
    text += fmt::format("  {:<12} {}{}\n", hook.name, status_of(*place, hook), manager == Manager::kNone || hook.server ? "" : fmt::format(" ({} manages it)", name(manager)));
  }
  return print(text);
}

}  // namespace keywake::cli
