#include "matching/named.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/ascii.h"

namespace keywake::matching {
namespace {

constexpr std::size_t kFront = 3;
constexpr std::size_t kLeastTelling = 24;  // shorter values have no shape that tells

// Of the three bytes that a name begins with, five bits each, so that letters of both cases are alike. From the slot of those one byte
// behind, so that each byte is read once.
std::size_t slot_before(std::size_t behind, char first) {
  return (static_cast<std::size_t>(static_cast<unsigned char>(first)) & 31) << 10 | behind >> 5;
}

std::size_t slot_of(std::string_view front) { return slot_before(slot_before(slot_before(0, front[2]), front[1]), front[0]); }

bool stands_at(std::string_view text, std::size_t at, std::string_view name) {
  if (text.size() - at < name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (to_lower(text[at + i]) != name[i]) return false;
  }
  return true;
}

bool has_any_case(std::string_view text, std::string_view word) {
  return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return to_lower(a) == b; }) != text.end();
}

}  // namespace

void NamedIndex::build() const {
  for (std::uint32_t i = static_cast<std::uint32_t>(patterns_.size()); i-- > 0;) {
    if (!is_named(patterns_[i])) continue;
    for (std::string_view name : patterns_[i].names) {
      if (name == "*") {
        anywhere_.push_back(i);
      } else {
        names_.push_back({name, i});
      }
    }
  }
  auto order = [](const Name& name) { return std::tuple(slot_of(name.text), name.text, name.pattern); };
  std::sort(names_.begin(), names_.end(), [&](const Name& a, const Name& b) { return order(a) < order(b); });
  begins_.resize(fronts_.size() + 1);
  for (const Name& name : names_) {
    fronts_.set(slot_of(name.text));
    ++begins_[slot_of(name.text) + 1];
  }
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
}

void NamedIndex::candidates(std::string_view text, const Assignment& assignment, std::vector<std::uint32_t>& out) const {
  std::call_once(built_, [this] { build(); });
  auto says = [](std::string_view place, const model::Pattern& pattern) {
    return pattern.words.empty() ||
           std::any_of(pattern.words.begin(), pattern.words.end(), [&](std::string_view word) { return has_any_case(place, word); });
  };
  if (assignment.value.size() >= kLeastTelling) {
    for (std::uint32_t pattern : anywhere_) {
      if (says(assignment.name, patterns_[pattern])) out.push_back(pattern);
    }
  }
  const auto name_at = static_cast<std::size_t>(assignment.name.data() - text.data());
  const auto value_at = static_cast<std::size_t>(assignment.value.data() - text.data());
  const std::size_t begin = name_at > kNamedReach ? name_at - kNamedReach : 0;
  // From the value backwards, so that the nearest provider comes first.
  std::size_t slot = 0;
  for (std::size_t at = value_at; at-- > begin;) {
    slot = slot_before(slot, text[at]);
    if (!fronts_[slot] || value_at - at < kFront) continue;
    // Names begin words, or parts of them: MY_ACME_KEY, myAcmeKey, but not GRACMEKEY.
    if (at > 0 && is_letter(text[at - 1]) && !(is_lower(text[at - 1]) && is_upper(text[at]))) continue;
    for (std::uint32_t i = begins_[slot]; i < begins_[slot + 1]; ++i) {
      const Name& name = names_[i];
      if (at + name.text.size() > value_at || !stands_at(text, at, name.text)) continue;
      const model::Pattern& pattern = patterns_[name.pattern];
      std::string_view behind = text.substr(at, value_at - at);
      if (says(behind, pattern) && std::find(out.begin(), out.end(), name.pattern) == out.end()) out.push_back(name.pattern);
    }
  }
}

}  // namespace keywake::matching
