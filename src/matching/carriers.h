// Texts as credentials leak in them: a match example of a rule file is put into each, and must still be found (matching/rules_check.h).
// Thread safety: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace keywake::matching {

struct Carrier {
  std::string_view name;
  std::string (*wrap)(std::string_view text) = nullptr;
  /// Set if the text is written another way in it: whether a secret, known by an anchor in it, must be found there all the same.
  bool (*keeps)(std::string_view secret, std::string_view anchor) = nullptr;
};

std::span<const Carrier> carriers();

}  // namespace keywake::matching
