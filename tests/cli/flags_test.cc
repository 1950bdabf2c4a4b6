// The records of cli/flags.h: consistent by themselves, and with the defaults that hold.
#include <set>

#include "catch.h"
#include "cli/flags.h"

using namespace keywake;
using namespace keywake::cli;

TEST_CASE("Flags and commands are described, and in one style") {
  for (const Command& command : commands()) {
    INFO("command " << command.name);
    CHECK_FALSE(command.help.empty());
    CHECK_FALSE(command.help.ends_with('.'));
    CHECK((command.long_help.empty() || command.long_help.ends_with('.')));
    CHECK(command.min_operands <= command.max_operands);
    CHECK((command.name.empty() || command.run != nullptr));
    std::set<std::string_view> names;
    std::set<char> short_names;
    for (const Flag* flag : command.flags()) {
      INFO("flag " << flag->name);
      CHECK(names.insert(flag->name).second);
      CHECK((flag->short_name == '\0' || short_names.insert(flag->short_name).second));
      CHECK(flag->apply != nullptr);
      CHECK_FALSE(flag->help.empty());
      CHECK(flag->help.size() <= 72);
      CHECK_FALSE(flag->help.ends_with('.'));
      CHECK((flag->long_help.empty() || flag->long_help.ends_with('.')));
      CHECK((flag->choices.empty() || !flag->argument.empty()));
      CHECK((!flag->repeatable || !flag->argument.empty()));
    }
  }
}

TEST_CASE("A default that help names is the one that holds: giving it changes nothing") {
  const Arguments untouched;
  int checked = 0;
  for (const Flag* flag : find_command("scan")->flags()) {
    if (flag->fallback.empty()) continue;
    INFO("flag " << flag->name);
    Arguments arguments;
    REQUIRE(flag->apply(flag->fallback, arguments));
    CHECK(arguments.validation.timeout == untouched.validation.timeout);
    CHECK(arguments.validation.deadline == untouched.validation.deadline);
    CHECK(arguments.request.memory == untouched.request.memory);
    CHECK(arguments.request.max_file_size == untouched.request.max_file_size);
    CHECK(arguments.request.threads == untouched.request.threads);
    CHECK((arguments.request.min_confidence == untouched.request.min_confidence));
    CHECK(arguments.format == untouched.format);
    CHECK(arguments.progress == untouched.progress);
    CHECK(arguments.colour == untouched.colour);
    ++checked;
  }
  CHECK(checked >= 9);
}

TEST_CASE("Every choice that help names is taken, and nothing else") {
  for (const Flag& flag : scan_flags()) {
    if (flag.choices.empty()) continue;
    INFO("flag " << flag.name);
    for (std::string_view choice : flag.choices) {
      Arguments arguments;
      CHECK(flag.apply(choice, arguments));
    }
    Arguments arguments;
    CHECK_FALSE(flag.apply("nonsense", arguments));
  }
}
