#include "matching/rarity.h"

#include <algorithm>

namespace keywake::matching {

double surprise(std::string_view text) {
  double transitions = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    auto kind = [](char c) { return c >= '0' && c <= '9' ? 1 : c >= 'A' && c <= 'Z' ? 2 : c >= 'a' && c <= 'z' ? 3 : 0; };
    transitions += kind(text[i]) != kind(text[i - 1]);
  }
  return text.empty() ? -1 : transitions / static_cast<double>(text.size()) - 0.3;
}

bool is_rare(std::string_view text) { return surprise(text) > 0; }

}  // namespace keywake::matching
