#include "cli/app.h"

#include <fmt/format.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "cli/terminal.h"
#include "cli/version.h"

namespace keywake::cli {
namespace {

ExitStatus dispatch(const std::vector<std::string>& words) {
  auto parsed = parse(words);
  if (!parsed) {
    complain(parsed.error().message);
    return ExitStatus::kFailed;
  }
  const Command& command = *parsed->command;
  if (parsed->arguments.help) {
    return print(help_text(command, false, terminal_width(STDOUT_FILENO).value_or(100)));
  }
  if (parsed->arguments.version) return print(fmt::format("keywake {}\n", kVersion));
  if (command.run == nullptr)
    return failed(
        "a command is missing; 'keywake scan' looks for credentials here, 'keywake --help' lists "
        "the others");
  return command.run(parsed->arguments);
}

}  // namespace

int run(int argc, const char* const* argv) {
  ExitStatus status = ExitStatus::kFailed;
  try {
    status = dispatch(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  } catch (const std::bad_alloc&) {
    complain("out of memory; try a smaller --memory or --max-file-size, or fewer --threads");
  } catch (const std::exception& error) {
    complain(fmt::format("internal error: {}; please report it", error.what()));
  }
  return static_cast<int>(status);
}

}  // namespace keywake::cli
