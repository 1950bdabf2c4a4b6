// One record per flag and per command. The parser, --help, the man page and the completions are all
// made from these records (ripgrep's idea), so none of them can lack a flag or describe another
// default than the one that holds. Ownership: constant tables. Thread safety: immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/arguments.h"
#include "cli/exit_status.h"

namespace keywake::cli {

enum class Group : std::uint8_t { kWhat, kHow, kRules, kValidation, kReport, kOther };
std::string_view title(Group group);
inline constexpr Group kGroups[]{Group::kWhat, Group::kHow, Group::kRules, Group::kValidation, Group::kReport, Group::kOther};

/// What a shell should offer for a value or an operand.
enum class Complete : std::uint8_t { kNothing, kFile, kDirectory, kPatternId };

struct Flag {
  std::string_view name;  // long, without its dashes
  char short_name = '\0';
  std::string_view argument;   // how help names the value; empty: a switch
  std::string_view help;       // one line, no full stop
  std::string_view long_help;  // more, for the man page and `keywake help`; sentences
  std::string_view fallback;   // the default, as one would write it; empty: none to speak of
  Group group = Group::kOther;
  bool repeatable = false;
  std::span<const std::string_view> choices;  // the values there are, if they are few
  Complete complete = Complete::kNothing;
  /// Takes the value (empty for a switch) over into the arguments. The error is one clause, without
  /// the flag's name.
  Result<void> (*apply)(std::string_view value, Arguments& arguments) = nullptr;
};

struct Command {
  std::string_view name;      // "scan", "rules list"
  std::string_view operands;  // how help writes them: "[TARGET…]"
  std::size_t max_operands = 0;
  std::size_t min_operands = 0;
  std::string_view help;
  std::string_view long_help;
  std::vector<std::span<const Flag>> flag_tables;
  Complete complete = Complete::kNothing;
  std::span<const std::string_view> choices;  // of the operand
  bool hidden = false;
  ExitStatus (*run)(const Arguments& arguments) = nullptr;

  [[nodiscard]] std::vector<const Flag*> flags() const;
};

/// The first word of commands of two words.
struct CommandGroup {
  std::string_view name;
  std::string_view help;
};
inline constexpr CommandGroup kCommandGroups[]{{"baseline", "Keep a list of known credentials, which scans leave out"}, {"hook", "Put keywake into git hooks, take it out, and run it as one"}, {"rules", "List, show, explain, check and measure patterns"}};
bool is_command_group(std::string_view word);

/// All commands, in the order in which help shows them.
const std::vector<Command>& commands();
const Command* find_command(std::string_view name);

/// The flags of scan alone (scan_flags.cc), and of whatever asks providers (validation_flags.cc); flags.cc has the rest.
std::span<const Flag> scan_flags();
/// Those of scan_flags() that say what is reported, and how.
std::span<const Flag> report_flags();
/// --no-suppress, of what scans of its own accord.
std::span<const Flag> suppress_flags();
/// Where a baseline and its key are; --policy-from; of `keywake baseline` alone; --no-key (baseline_flags.cc).
std::span<const Flag> policy_flags();
std::span<const Flag> trust_flags();
std::span<const Flag> baseline_flags();
std::span<const Flag> baseline_create_flags();
/// Of `keywake hook run` alone (hook_flags.cc).
std::span<const Flag> hook_flags();
/// The one flag of that name, as a table.
std::span<const Flag> only(std::span<const Flag> flags, std::string_view name);
std::span<const Flag> validation_flags();
std::span<const Flag> ci_flags();
/// Of scan and ci: for which credentials they fail.
std::span<const Flag> gate_flags();

}  // namespace keywake::cli
