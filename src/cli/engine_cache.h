// Compiled rules on disk, so that a user's own rules cost their compilation once. An entry is a
// file named by the SHA-256 of all that it depends on (keywake's version, the CPU level, every
// pattern); Hyperscan's own version is in the serialized database, which the engine refuses when it
// does not fit. A missing, foreign or damaged entry is made anew, and a cache that cannot be
// written is done without: neither is an error. Entries are written whole or not at all (a
// temporary file, then rename), for the owner only; the oldest go when there are more than
// kMaxEntries. Thread safety: several processes may use one folder at once.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "matching/engine.h"
#include "rules/rule_set.h"

namespace keywake::cli {

inline constexpr std::size_t kMaxEntries = 16;

/// $XDG_CACHE_HOME/keywake, else ~/.cache/keywake; empty (no cache) without a home.
std::filesystem::path default_cache_folder();

/// From the cache, or compiled and put there. Errors are those of the compilation.
Result<std::unique_ptr<matching::Engine>> cached_engine(const rules::RuleSet& rules,
                                                        const std::filesystem::path& folder);

/// The name of a rule set's entry, for this machine.
std::string cache_key(const rules::RuleSet& rules);

}  // namespace keywake::cli
