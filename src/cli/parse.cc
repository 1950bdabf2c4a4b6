#include "cli/parse.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "base/text.h"

namespace keywake::cli {
namespace {

using Words = std::vector<std::string>;

std::string spelled(const Flag& flag) {
  return fmt::format("--{}", flag.name);
}

std::string spelled_with_value(const Flag& flag) {
  return flag.argument.empty() ? spelled(flag) : fmt::format("--{} {}", flag.name, flag.argument);
}

std::string hint(std::string_view near) {
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

std::unexpected<Error> usage(const Command& command, std::string_view message) {
  std::string program = command.name.empty() ? "keywake" : fmt::format("keywake {}", command.name);
  return fail(fmt::format("{}{}\nRun '{} --help' for what there is.",
                          command.name.empty() ? "" : fmt::format("{}: ", command.name), message,
                          program));
}

std::unexpected<Error> unknown_flag(const Command& command, std::string_view word) {
  std::string_view bare = word.substr(0, word.find('='));
  if (bare == "-") bare = word;
  std::vector<std::string> names;
  for (const Flag* flag : command.flags()) names.push_back(spelled(*flag));
  std::string_view near = bare.starts_with("--") ? nearest(bare, names) : std::string_view();
  if (near.empty() && find_command("scan") != &command) {
    for (const Flag* flag : find_command("scan")->flags()) {
      if (bare != spelled(*flag)) continue;
      return usage(command, fmt::format("{} is a flag of 'keywake scan'", bare));
    }
  }
  return usage(command, fmt::format("there is no flag {}{}", printable(bare), hint(near)));
}

std::unexpected<Error> unknown_command(const Words& words) {
  const Command& top = commands().front();
  std::vector<std::string_view> names;
  if (is_command_group(words[0])) {
    const std::string prefix = words[0] + " ";
    for (const Command& command : commands()) {
      if (command.name.starts_with(prefix)) names.push_back(command.name.substr(prefix.size()));
    }
    if (words.size() < 2 || words[1].starts_with('-')) {
      return usage(top, fmt::format("{} needs a command: one of {}", words[0], fmt::join(names, ", ")));
    }
    std::string near(nearest(words[1], names));
    if (!near.empty()) near = prefix + near;
    return usage(top, fmt::format("there is no command '{}{}'{}", prefix, printable(words[1]), hint(near)));
  }
  for (const Command& command : commands()) {
    if (!command.hidden && !command.name.empty()) names.push_back(command.name);
  }
  std::error_code ignored;
  std::string near(nearest(words[0], names));
  if (near.empty() && std::filesystem::exists(words[0], ignored))
    near = "keywake scan " + printable(words[0]);
  return usage(top, fmt::format("there is no command '{}'{}", printable(words[0]), hint(near)));
}

// The command that the first words name, and how many words that took.
std::pair<const Command*, std::size_t> choose_command(const Words& words) {
  if (words.empty() || words[0].starts_with('-')) return {&commands().front(), 0};
  if (words.size() > 1) {
    if (const Command* command = find_command(words[0] + " " + words[1])) return {command, 2};
  }
  return {words[0].empty() ? nullptr : find_command(words[0]), 1};
}

// Tells CLI11 of a flag. The first value that does not fit is remembered in `problem`; CLI11's own
// messages name neither the remedy nor the choices.
void declare(const Flag& flag, CLI::App& app, Arguments& arguments, std::string& problem) {
  std::string names = flag.short_name != '\0' ? fmt::format("-{},--{}", flag.short_name, flag.name)
                                              : fmt::format("--{}", flag.name);
  auto apply = [&flag, &arguments, &problem](std::string_view value) {
    auto done = flag.apply(value, arguments);
    if (!done && problem.empty())
      problem = fmt::format("--{}: {}", flag.name, done.error().message);
  };
  if (flag.argument.empty()) {
    app.add_flag_callback(names, [apply] { apply(""); })->disable_flag_override();
    return;
  }
  auto values = [apply, &flag, &problem](const CLI::results_t& results) {
    if (!flag.repeatable && results.size() > 1 && problem.empty()) {
      problem = fmt::format("--{} can be given only once", flag.name);
    }
    for (const std::string& value : results) apply(value);
    return true;
  };
  app.add_option(names, CLI::callback_t(values))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

// CLI11's messages begin with the option's name: "--range: 1 required", "quiet was given …".
std::string describe(const CLI::ParseError& error, const Command& command) {
  std::string_view what = error.what();
  while (what.starts_with('-')) what.remove_prefix(1);
  std::string_view first = what.substr(0, what.find_first_of(": "));
  for (const Flag* flag : command.flags()) {
    if (first != flag->name && first != std::string_view(&flag->short_name, 1)) continue;
    if (flag->argument.empty()) return fmt::format("{} takes no value", spelled(*flag));
    return fmt::format("{} needs a value: {}", spelled(*flag), spelled_with_value(*flag));
  }
  return printable(error.what());
}

Result<Parsed> parse_words(const Command& command, Words words) {
  Parsed parsed{.command = &command};
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::string problem;
  for (const Flag* flag : command.flags()) declare(*flag, app, parsed.arguments, problem);
  app.add_option("operands", parsed.arguments.operands);

  std::reverse(words.begin(), words.end());  // the order in which CLI11 takes a vector
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return usage(command, describe(error, command));
  }
  for (const std::string& word : app.remaining()) {
    if (word != "--") return unknown_flag(command, word);
  }
  if (parsed.arguments.help) return parsed;
  if (!problem.empty()) return usage(command, problem);
  const auto& operands = parsed.arguments.operands;
  if (operands.size() > command.max_operands) {
    std::string_view extra = operands[command.max_operands];
    if (command.name.empty())
      return usage(command, fmt::format("flags come after the command, as in 'keywake {} …'",
                                        printable(extra)));
    return usage(command, fmt::format("'{}' is one argument too many", printable(extra)));
  }
  if (operands.size() < command.min_operands) {
    return usage(command, fmt::format("an argument is missing: keywake {} {}", command.name,
                                      command.operands));
  }
  return parsed;
}

// Flags that ask for contradictory things.
std::string contradiction(const Arguments& arguments) {
  const scan::Request& request = arguments.request;
  const char* ranged = !request.range.empty()      ? "--range"
                       : !request.since.empty()    ? "--since"
                       : !request.branches.empty() ? "--branch"
                                                   : nullptr;
  if (ranged != nullptr && request.staged) {
    return fmt::format(
        "{} and --staged contradict each other: one is history, the other what is not committed "
        "yet; leave one out",
        ranged);
  }
  if (ranged != nullptr && !request.history) {
    return fmt::format("{} and --no-history contradict each other; leave one out", ranged);
  }
  return "";
}

}  // namespace

Result<Parsed> parse(const Words& words) {
  if (words.size() == 2 && is_command_group(words[0]) && (words[1] == "-h" || words[1] == "--help")) {
    return parse({"help", words[0]});  // no command by itself
  }
  auto [command, used] = choose_command(words);
  if (command == nullptr) return unknown_command(words);
  auto parsed =
      parse_words(*command, Words(words.begin() + static_cast<std::ptrdiff_t>(used), words.end()));
  if (!parsed) return parsed;
  std::string problem = contradiction(parsed->arguments);
  if (!problem.empty() && !parsed->arguments.help) return usage(*command, problem);
  return parsed;
}

}  // namespace keywake::cli
