// Completions for shells, made from the records of cli/flags.h. Thread safety: pure.
#pragma once

#include <string>
#include <string_view>

namespace keywake::cli {

inline constexpr std::string_view kShells[]{"bash", "zsh", "fish"};

std::string bash_completions();
std::string zsh_completions();
std::string fish_completions();

}  // namespace keywake::cli
