#include "cli/completions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/flags.h"

namespace keywake::cli {
namespace {

// The visible commands at one level: first words (with "rules" once), or the second words after
// such a group.
std::vector<std::string_view> first_words() {
  std::vector<std::string_view> words;
  for (const Command& command : commands()) {
    std::string_view word = command.name.substr(0, command.name.find(' '));
    if (!word.empty() && !command.hidden &&
        std::find(words.begin(), words.end(), word) == words.end()) {
      words.push_back(word);
    }
  }
  return words;
}

std::vector<std::string_view> second_words(std::string_view group) {
  std::vector<std::string_view> words;
  for (const Command& command : commands()) {
    if (command.name.starts_with(group) && command.name.substr(group.size()).starts_with(' ')) words.push_back(command.name.substr(group.size() + 1));
  }
  return words;
}

std::vector<const Command*> visible_commands() {
  std::vector<const Command*> all;
  for (const Command& command : commands()) {
    if (!command.hidden && !command.name.empty()) all.push_back(&command);
  }
  return all;
}

std::string flag_words(const Command& command) {
  std::string words;
  for (const Flag* flag : command.flags()) {
    if (flag->short_name != '\0') words += fmt::format("-{} ", flag->short_name);
    words += fmt::format("--{} ", flag->name);
  }
  if (!words.empty()) words.pop_back();
  return words;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with(from)) {
      out += to;
      text.remove_prefix(from.size());
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

// Inside single quotes of a POSIX-like shell.
std::string in_quotes(std::string_view text) {
  return replaced(text, "'", "'\\''");
}

constexpr std::string_view kPatternIds = "keywake rules list 2>/dev/null | cut -d ' ' -f 1";

std::string bash_words(const Flag& flag) {
  if (!flag.choices.empty())
    return fmt::format("compgen -W '{}' -- \"$word\"", fmt::join(flag.choices, " "));
  switch (flag.complete) {
    case Complete::kFile:
      return "compgen -f -- \"$word\"";
    case Complete::kDirectory:
      return "compgen -d -- \"$word\"";
    case Complete::kPatternId:
      return fmt::format("compgen -W \"$({})\" -- \"$word\"", kPatternIds);
    case Complete::kNothing:
      return "true";
  }
  return "true";
}

std::string bash_command(const Command& command) {
  std::string out = fmt::format("    '{}')\n      flags='{}'\n      case $before in\n",
                                command.name, flag_words(command));
  for (const Flag* flag : command.flags()) {
    if (flag->argument.empty()) continue;
    std::string names = fmt::format("--{}", flag->name);
    if (flag->short_name != '\0') names += fmt::format("|-{}", flag->short_name);
    out += fmt::format("        {}) mapfile -t COMPREPLY < <({}); return ;;\n", names,
                       bash_words(*flag));
  }
  out += "      esac\n";
  if (command.complete == Complete::kPatternId)
    out += fmt::format("      operands=$({})\n", kPatternIds);
  if (command.name == "help")
    out += fmt::format("      operands='{}'\n", fmt::join(first_words(), " "));
  return out + "      ;;\n";
}

std::string zsh_action(Complete complete, std::span<const std::string_view> choices) {
  if (!choices.empty()) return fmt::format("({})", fmt::join(choices, " "));
  switch (complete) {
    case Complete::kFile:
      return "_files";
    case Complete::kDirectory:
      return "_files -/";
    case Complete::kPatternId:
      return "_keywake_pattern_ids";
    case Complete::kNothing:
      return "";
  }
  return "";
}

// One specification of zsh's _arguments: brackets and colons of the texts are escaped.
std::string zsh_flag(const Flag& flag) {
  auto escaped = [](std::string_view text) {
    return in_quotes(replaced(replaced(replaced(text, "[", "\\["), "]", "\\]"), ":", "\\:"));
  };
  std::string value;
  if (!flag.argument.empty()) {
    value = fmt::format(":{}:{}", escaped(flag.argument), zsh_action(flag.complete, flag.choices));
  }
  std::string tail = fmt::format("[{}]{}", escaped(flag.help), value);
  std::string out;
  auto add = [&](const std::string& name) {
    out += fmt::format("      '{}{}{}' \\\n", flag.repeatable ? "*" : "", name, tail);
  };
  add(fmt::format("--{}", flag.name));
  if (flag.short_name != '\0') add(fmt::format("-{}", flag.short_name));
  return out;
}

std::string fish_condition(const Command& command) {
  std::string_view name = command.name;
  const std::size_t space = name.find(' ');
  if (space == std::string_view::npos) return fmt::format("__fish_seen_subcommand_from {}", name);
  return fmt::format("__fish_seen_subcommand_from {}; and __fish_seen_subcommand_from {}", name.substr(0, space), name.substr(space + 1));
}

std::string fish_flag(const Command& command, const Flag& flag) {
  std::string out =
      fmt::format("complete -c keywake -n '{}' -l {}", fish_condition(command), flag.name);
  if (flag.short_name != '\0') out += fmt::format(" -s {}", flag.short_name);
  if (!flag.argument.empty()) {
    bool file = flag.choices.empty() &&
                (flag.complete == Complete::kFile || flag.complete == Complete::kDirectory);
    out += file ? " -r -F" : " -x";
    if (!flag.choices.empty()) out += fmt::format(" -a '{}'", fmt::join(flag.choices, " "));
    if (flag.complete == Complete::kPatternId)
      out += fmt::format(" -a '({})'", replaced(kPatternIds, "'", "\\'"));
  }
  return out + fmt::format(" -d '{}'\n", replaced(flag.help, "'", "\\'"));
}

}  // namespace

std::string bash_completions() {
  std::string out =
      "# bash completions of keywake; made by 'keywake completions bash'\n_keywake() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local command=${COMP_WORDS[1]} flags='' operands=''\n  COMPREPLY=()\n  if ((COMP_CWORD == "
      "1)); then\n";
  out += fmt::format(
      "    mapfile -t COMPREPLY < <(compgen -W '{} {}' -- \"$word\")\n    return\n  fi\n",
      fmt::join(first_words(), " "), flag_words(commands().front()));
  for (const CommandGroup& group : kCommandGroups) {
    out += fmt::format(
        "  if [[ $command == {} ]]; then\n    if ((COMP_CWORD == 2)); then\n"
        "      mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\")\n      return\n    fi\n"
        "    command=\"{} ${{COMP_WORDS[2]}}\"\n  fi\n",
        group.name, fmt::join(second_words(group.name), " "), group.name);
  }
  out += "  case $command in\n";
  for (const Command* command : visible_commands()) out += bash_command(*command);
  out +=
      "  esac\n  if [[ $word == -* ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$word\")\n  elif [[ $operands ]]; "
      "then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$operands\" -- \"$word\")\n  else\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n  fi\n}\ncomplete -o filenames -F "
      "_keywake keywake\n";
  return out;
}

std::string zsh_completions() {
  std::string out =
      "#compdef keywake\n# zsh completions of keywake; made by 'keywake completions zsh'\n";
  out += fmt::format(
      "_keywake_pattern_ids() {{\n  local -a ids\n  ids=(${{(f)\"$({})\"}})\n  compadd -a "
      "ids\n}}\n",
      kPatternIds);
  out += fmt::format(
      "_keywake() {{\n  local name=$words[2]\n  if ((CURRENT == 2)); then\n    compadd -- {} "
      "--help --version\n    return\n  fi\n",
      fmt::join(first_words(), " "));
  for (const CommandGroup& group : kCommandGroups) {
    out += fmt::format(
        "  if [[ $name == {} ]]; then\n    if ((CURRENT == 3)); then\n      compadd {}\n      "
        "return\n    fi\n"
        "    name=\"{} $words[3]\"\n    shift words; ((CURRENT--))\n  fi\n",
        group.name, fmt::join(second_words(group.name), " "), group.name);
  }
  out += "  shift words; ((CURRENT--))\n  case $name in\n";
  for (const Command* command : visible_commands()) {
    out += fmt::format("    '{}')\n      _arguments \\\n", command->name);
    for (const Flag* flag : command->flags()) out += zsh_flag(*flag);
    if (command->max_operands > 0) {
      out += fmt::format("      '*:{}:{}' \\\n", in_quotes(replaced(command->operands, ":", "\\:")),
                         zsh_action(command->complete, command->choices));
    }
    out += "      && return 0\n      ;;\n";
  }
  return out + "  esac\n}\n_keywake \"$@\"\n";
}

std::string fish_completions() {
  std::string out = "# fish completions of keywake; made by 'keywake completions fish'\n";
  for (const Command* command : visible_commands()) {
    std::string_view name = command->name;
    if (const std::size_t space = name.find(' '); space != std::string_view::npos) {
      const std::string_view group = name.substr(0, space);
      out += fmt::format(
          "complete -c keywake -f -n '__fish_seen_subcommand_from {}; and not "
          "__fish_seen_subcommand_from {}' -a {} -d '{}'\n",
          group, fmt::join(second_words(group), " "), name.substr(space + 1), replaced(command->help, "'", "\\'"));
    } else {
      out += fmt::format("complete -c keywake -f -n __fish_use_subcommand -a {} -d '{}'\n", name,
                         replaced(command->help, "'", "\\'"));
    }
  }
  for (const CommandGroup& group : kCommandGroups) {
    out += fmt::format("complete -c keywake -f -n __fish_use_subcommand -a {} -d '{}'\n", group.name, group.help);
  }
  out += "complete -c keywake -n __fish_use_subcommand -l version -s V -d 'Print the version'\n";
  out += "complete -c keywake -n __fish_use_subcommand -l help -s h -d 'Print this help'\n";
  for (const Command* command : visible_commands()) {
    for (const Flag* flag : command->flags()) out += fish_flag(*command, *flag);
  }
  out += fmt::format(
      "complete -c keywake -f -n '__fish_seen_subcommand_from rules; and "
      "__fish_seen_subcommand_from show' -a '({})'\n",
      replaced(kPatternIds, "'", "\\'"));
  return out;
}

}  // namespace keywake::cli
