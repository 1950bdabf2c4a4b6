// The built-in rules, generated at build time from patterns/ by the program keywake-embed: constant tables, and the compiled
// tier-one databases for several CPU levels. Thread safety: immutable.
#pragma once

#include <span>
#include <string_view>

#include "model/pattern.h"

namespace keywake::rules {

struct BuiltinDatabase {
  std::string_view cpu;    // "avx512", "avx2", "base": in this order, best first
  std::string_view bytes;  // serialized; matching/ loads the first that fits the machine
};

struct Builtin {
  std::span<const model::Pattern> patterns;
  std::span<const BuiltinDatabase> databases;
};

const Builtin& builtin();

}  // namespace keywake::rules
