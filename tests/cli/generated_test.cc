// Help, the manual page and completions, made from the records.
#include <regex>

#include "catch.h"
#include "cli/completions.h"
#include "cli/flags.h"
#include "cli/help.h"
#include "cli/keywake_helper.h"
#include "cli/version.h"

using namespace keywake;
using namespace keywake::cli;
using namespace keywake::testing;

namespace {

std::string completed(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += " '" + word + "'";
  TemporaryFolder folder;
  write_file(folder.path() / "completions", bash_completions());
  std::string script = "source ./completions; COMP_WORDS=(" + line +
                       "); COMP_CWORD=" + std::to_string(words.size() - 1) +
                       "; _keywake; echo \"${COMPREPLY[*]}\"";
  Ran ran = run_command(folder.path(), {"bash", "-c", script});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  return ran.out;
}

}  // namespace

TEST_CASE("Every flag of every command is in help, manual page and completions") {
  std::string man = man_page();
  std::string bash = bash_completions();
  std::string zsh = zsh_completions();
  std::string fish = fish_completions();
  for (const Command& command : commands()) {
    if (command.hidden) continue;
    std::string help = help_text(command, false, 100);
    std::string at_length = help_text(command, true, 100);
    for (const Flag* flag : command.flags()) {
      std::string name(flag->name);
      INFO(command.name << " --" << name);
      CHECK(contains(help, "--" + name));
      CHECK(contains(at_length, "--" + name));
      CHECK(contains(man, "\\-\\-" + std::regex_replace(name, std::regex("-"), "\\-")));
      CHECK(contains(bash, "--" + name));
      CHECK(contains(zsh, "--" + name));
      CHECK(contains(fish, "-l " + name));
    }
  }
}

TEST_CASE("Help fits the terminal") {
  for (unsigned width : {60U, 80U, 100U, 300U}) {
    for (const Command& command : commands()) {
      std::string help = help_text(command, true, width) + help_text(command, false, width);
      std::size_t start = 0;
      for (std::size_t end; (end = help.find('\n', start)) != std::string::npos; start = end + 1) {
        INFO(help.substr(start, end - start));
        CHECK(end - start <= std::min(width, 100U));
      }
    }
  }
}

TEST_CASE("bash completes commands, flags, choices and pattern ids") {
  CHECK(completed({"keywake", "sc"}) == "scan\n");
  CHECK(completed({"keywake", "rules", "l"}) == "list\n");
  CHECK(completed({"keywake", "scan", "--no-"}) == "--no-history --no-cache --no-archives --no-suppress\n");
  CHECK(completed({"keywake", "scan", "--format", "s"}) == "sarif\n");
  CHECK(completed({"keywake", "scan", "-f", "git"}) == "gitlab github\n");
  CHECK(completed({"keywake", "scan", "--threads", ""}) == "\n");
  CHECK(completed({"keywake", "scan", "comp"}) == "completions\n");
}

TEST_CASE("The manual page has the sections that man(1) readers look for") {
  std::string man = man_page();
  for (const char* section :
       {"NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES"}) {
    CHECK(contains(man, std::string(".SH ") + section + "\n"));
  }
  // A line that begins with a dot or a quote is a request to roff; ours are all known ones.
  std::regex request("^[.'](TH|SH|SS|TP|B)( .*)?$");
  std::size_t start = 0;
  for (std::size_t end; (end = man.find('\n', start)) != std::string::npos; start = end + 1) {
    std::string line = man.substr(start, end - start);
    if (!line.empty() && (line[0] == '.' || line[0] == '\'')) {
      INFO(line);
      CHECK(std::regex_match(line, request));
    }
  }
}

TEST_CASE("The version is the build's") {
  std::string cmake = read_text(std::string(KEYWAKE_SOURCE_DIR) + "/CMakeLists.txt");
  CHECK(contains(cmake, "project(keywake VERSION " + std::string(kVersion) + " "));
}
