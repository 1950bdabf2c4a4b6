#include "cli/hook_script.h"

#include <fmt/format.h>

namespace keywake::cli {
namespace {

constexpr Hook kHooks[]{{"pre-commit"}, {"commit-msg"}, {"pre-push", false, true}, {"pre-receive", true, true}, {"update", true}};
constexpr std::string_view kMark = "# keywake hook: written by 'keywake hook install'";

std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::span<const Hook> hooks() { return kHooks; }

const Hook* find_hook(std::string_view name) {
  for (const Hook& hook : kHooks) {
    if (hook.name == name) return &hook;
  }
  return nullptr;
}

bool is_hook_script(std::string_view text) { return text.substr(0, 512).find(kMark) != std::string_view::npos; }

std::string hook_script(const Hook& hook, std::string_view program) {
  // Both need all of standard input; a command that reads none of it must not end the other side of the pipe with a complaint.
  const std::string_view input = hook.reads_input ? "input=$(cat)\nfeed() { [ -z \"$input\" ] || printf '%s\\n' \"$input\" 2>/dev/null; }\n" : "";
  const std::string_view pipe = hook.reads_input ? "feed | " : "";
  return fmt::format(
      "#!/bin/sh\n"
      "{}, taken out by 'keywake hook uninstall'.\n"
      "# What stood here before is in {}{} and runs first.\n"
      "keywake={}\n"
      "[ -x \"$keywake\" ] || keywake=keywake\n"
      "{}"
      "if [ -x \"$0{}\" ]; then\n"
      "  {}\"$0{}\" \"$@\" || exit\n"
      "fi\n"
      "if ! command -v \"$keywake\" >/dev/null; then\n"
      "  echo \"{}: keywake is not on the PATH; install it{}\" >&2\n"
      "  exit 1\n"
      "fi\n"
      "{}\"$keywake\" hook run {} -- \"$@\"\n",
      kMark, hook.name, kBefore, shell_quoted(program), input, kBefore, pipe, kBefore, hook.name,
      hook.server ? "" : hook.name == "pre-push" ? ", or push with --no-verify" : ", or commit with --no-verify", pipe, hook.name);
}

}  // namespace keywake::cli
