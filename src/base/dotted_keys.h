// A guard for whoever hands hostile TOML to toml++. Thread safety: a pure function.
#pragma once

#include <string_view>

namespace keywake {

/// Whether a dotted key, a.b.c and so on, has more parts than any file needs; toml++ takes a level of the stack for each.
bool has_endless_key(std::string_view text);

}  // namespace keywake
