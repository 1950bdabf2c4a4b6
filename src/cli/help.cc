#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/version.h"

namespace keywake::cli {
namespace {

constexpr std::size_t kIndent = 2;

// Appends `text` wrapped at `width`, its lines indented by `indent`; the first starts where `out`
// stands.
void wrap(std::string& out, std::string_view text, std::size_t indent, std::size_t width) {
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    std::size_t space = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (!first && column + 1 + word.size() > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
      first = true;
    }
    if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    first = false;
  }
  out += '\n';
}

void append_entry(std::string& out, std::string_view heading, std::string_view text,
                  std::size_t column, unsigned width) {
  out.append(kIndent, ' ');
  out += heading;
  if (kIndent + heading.size() + 2 > column) {
    out += '\n';
    out.append(column, ' ');
  } else {
    out.append(column - kIndent - heading.size(), ' ');
  }
  wrap(out, text, column, width);
}

std::string with_default(const Flag& flag) {
  if (flag.fallback.empty()) return std::string(flag.help);
  return fmt::format("{} [default: {}]", flag.help, flag.fallback);
}

void append_flags(std::string& out, const Command& command, bool at_length, unsigned width) {
  for (Group group : kGroups) {
    bool any = false;
    for (const Flag* flag : command.flags()) {
      if (flag->group != group) continue;
      if (!any) out += fmt::format("\n{}:\n", title(group));
      any = true;
      if (at_length) {
        std::string heading = flag_heading(*flag);
        out += fmt::format("  {}\n      ", heading.substr(heading.find_first_not_of(' ')));
        wrap(out, with_default(*flag) + ".", 6, width);
        if (flag->long_help.empty()) continue;
        out += "      ";
        wrap(out, flag->long_help, 6, width);
      } else {
        append_entry(out, flag_heading(*flag), with_default(*flag), 30, width);
      }
    }
  }
}

void append_commands(std::string& out, unsigned width) {
  out += "\nCommands:\n";
  for (const Command& command : commands()) {
    if (command.hidden || command.name.empty()) continue;
    std::string heading(command.name);
    if (!command.operands.empty()) heading += fmt::format(" {}", command.operands);
    append_entry(out, heading, command.help, 24, width);
  }
}

}  // namespace

std::string flag_heading(const Flag& flag) {
  std::string heading = flag.short_name != '\0' ? fmt::format("-{}, ", flag.short_name) : "    ";
  heading += fmt::format("--{}", flag.name);
  if (!flag.argument.empty()) heading += fmt::format(" {}", flag.argument);
  return heading;
}

std::string help_text(const Command& command, bool at_length, unsigned width) {
  width = std::clamp(width, 60U, 100U);
  std::string out;
  wrap(out, fmt::format("{}.", command.help), 0, width);
  out += fmt::format("\nUsage: keywake{}{}{}{}\n", command.name.empty() ? "" : " ", command.name,
                     command.name.empty() ? "" : " [FLAG...]",
                     command.operands.empty() ? "" : fmt::format(" {}", command.operands));
  if (!command.long_help.empty()) {
    out += '\n';
    wrap(out, command.long_help, 0, width);
  }
  if (command.name.empty()) append_commands(out, width);
  append_flags(out, command, at_length, width);
  if (command.name.empty()) {
    out += '\n';
    wrap(out,
         "'keywake COMMAND --help' lists a command's flags, 'keywake help COMMAND' explains them.",
         0, width);
  }
  if (command.name == "scan" || command.name.empty()) {
    out += '\n';
    wrap(out,
         "Exit status: 0 clean, 1 credentials found, 2 could not do what was asked, or not all of "
         "it.",
         0, width);
  }
  return out;
}

}  // namespace keywake::cli
