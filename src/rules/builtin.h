// The built-in rules, generated at build time from patterns/ and validators/ by the program keywake-embed: constant
// tables, the compiled tier-one databases for several CPU levels, and the text of the validator files. Thread safety: immutable.
#pragma once

#include <span>
#include <string_view>

#include "model/pattern.h"

namespace keywake::rules {

struct BuiltinDatabase {
  std::string_view cpu;    // "avx512", "avx2", "base": in this order, best first
  std::string_view bytes;  // serialized; matching/ loads the first that fits the machine
};

/// A file of validators/ as it stands: read only when somebody is asked, so there is nothing to gain from tables.
struct BuiltinFile {
  std::string_view name;  // "validators/github.toml"
  std::string_view text;
};
std::span<const BuiltinFile> builtin_validators();

struct Builtin {
  std::span<const model::Pattern> patterns;
  std::span<const BuiltinDatabase> databases;
};

const Builtin& builtin();

}  // namespace keywake::rules
