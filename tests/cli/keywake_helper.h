// Runs the built program as a user would: with arguments, a working directory, an environment, on
// pipes or on a terminal.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "git/run_git_helper.h"

namespace keywake::testing {

using git::test::Arguments;
using git::test::run_command;
using git::test::run_git;
using git::test::TemporaryFolder;
using git::test::write_file;
using Ran = git::test::CommandOutput;

struct Setting {
  std::filesystem::path folder = ".";  // to run in
  std::string input;                   // on standard input
  Arguments environment;               // "NAME=value"
};

/// The built keywake with these arguments. Its cache goes to a folder of the test run, unless the
/// setting says otherwise.
Ran run_keywake(Arguments arguments, Setting setting = {});

/// The same on a terminal of 80 columns. What the terminal shows is in `out`. `input` is typed,
/// then the end-of-file character: as soon as `awaited` is shown (within a minute), or, if that is
/// empty, after `seconds`.
Ran run_keywake_on_terminal(Arguments arguments, Setting setting = {},
                            std::string_view awaited = {}, double seconds = 0);

std::string read_text(const std::filesystem::path& path);

/// A well-formed GitHub token that was never issued to anybody; another for each number.
std::string github_token(unsigned number);

bool contains(std::string_view text, std::string_view part);
std::size_t count_of(std::string_view text, std::string_view part);

}  // namespace keywake::testing
