// Texts to test the matcher on: the real patterns and their examples, put together at random but by
// seed.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/copy_map.h"
#include "matching/engine.h"
#include "rules/loader.h"

namespace keywake::matching::testing {

/// patterns/ of the source tree, loaded once.
const rules::Loaded& real_patterns();
/// An engine for all of them, compiled once.
const Engine& real_engine();

/// A rule set of some of the real patterns. The text of the patterns belongs to real_patterns().
rules::RuleSet some_patterns(std::mt19937_64& random, std::size_t count);

/// The expanded examples, near misses too, of the patterns in `rules`.
std::vector<std::string> examples_of(const rules::RuleSet& rules);

std::uint64_t below(std::mt19937_64& random, std::uint64_t limit);
std::string base64(std::string_view bytes);
std::string hex(std::string_view bytes);
std::string utf16le(std::string_view bytes);

/// About `size` bytes: examples (some cut short, some encoded) amid words, line ends, quotes and
/// random bytes.
std::string random_text(std::mt19937_64& random, const std::vector<std::string>& examples,
                        std::size_t size);

/// A new version of a text: spans of it copied (in order or not, repeated, from either end), with
/// new text between some of them.
struct Edit {
  std::string text;
  CopyMap map;
};
Edit random_edit(std::mt19937_64& random, const std::string& old,
                 const std::vector<std::string>& examples);

/// What a scan of the whole text notes.
Notes scan(Scanner& scanner, std::string_view text);

}  // namespace keywake::matching::testing
