// keywake help, and the hidden generators of completions and the manual page
#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/completions.h"
#include "cli/console.h"
#include "cli/flags.h"
#include "cli/help.h"
#include "cli/terminal.h"
#include "cli/values.h"

namespace keywake::cli {

ExitStatus help_command(const Arguments& arguments) {
  std::string name;
  for (const std::string& word : arguments.operands) name += (name.empty() ? "" : " ") + word;
  unsigned width = terminal_width(STDOUT_FILENO).value_or(100);
  if (const Command* command = find_command(name))
    return print(help_text(*command, !name.empty(), width));

  std::string several;  // "rules": all commands that begin so
  for (const Command& command : commands()) {
    if (command.name.starts_with(name + " ")) several += help_text(command, true, width) + "\n";
  }
  if (!several.empty()) return print(several);
  return failed(
      fmt::format("help: there is no command '{}'; 'keywake help' lists them", printable(name)));
}

ExitStatus completions_command(const Arguments& arguments) {
  auto shell = parse_choice(arguments.operands[0], kShells);
  if (!shell) return failed("completions: " + shell.error().message);
  return print(*shell == 0   ? bash_completions()
               : *shell == 1 ? zsh_completions()
                             : fish_completions());
}

ExitStatus man_command(const Arguments&) {
  return print(man_page());
}

}  // namespace keywake::cli
