// From notes to a blob's findings. See settle() in matching/engine.h.
#include <algorithm>
#include <array>
#include <map>

#include "matching/engine.h"

namespace keywake::matching {
namespace {

// Extents, added in ascending order of begin, and the question whether one of them overlaps another
// extent.
class Claims {
 public:
  void add(const Settled& item) {
    begins_.push_back(item.begin);
    ends_.push_back(ends_.empty() ? item.end : std::max(ends_.back(), item.end));
  }
  bool overlaps(const Settled& item) const {
    auto after = std::lower_bound(begins_.begin(), begins_.end(), item.end);
    return after != begins_.begin() &&
           ends_[static_cast<std::size_t>(after - begins_.begin()) - 1] > item.begin;
  }

 private:
  std::vector<std::uint32_t> begins_;
  std::vector<std::uint32_t> ends_;  // the greatest so far
};

// Who yields to whom on the same bytes: the patterns of patterns/generic.toml to all others,
// generic ones of a provider to specific ones.
constexpr std::size_t kRanks = 3;
std::size_t rank(const model::Pattern& pattern) {
  return !pattern.generic ? 2 : pattern.provider != "generic" ? 1 : 0;
}

// Drops what stands inside a longer finding of the same provider, both as they stand: a key's bare base64 inside its armour. `items` are
// sorted.
void drop_parts(const ValueTable& values, std::vector<Settled>& items) {
  std::map<std::string_view, Settled> farthest;  // by provider: the finding so far that ends last
  std::vector<bool> inside(items.size());
  for (std::size_t first = 0, last = 0; first < items.size(); first = last) {
    while (last < items.size() && items[last].begin == items[first].begin) ++last;
    for (std::size_t i = last; i-- > first;) {  // the longest first
      const Settled& item = items[i];
      const Value& value = values[item.value];
      if (!value.decoded.empty() || value.pattern->provider == "generic") continue;
      auto [known, added] = farthest.try_emplace(value.pattern->provider);
      Settled& whole = known->second;
      inside[i] = !added && whole.end >= item.end && whole.end - whole.begin > item.end - item.begin;
      if (value.rejected.empty() && !inside[i] && (added || item.end > whole.end)) whole = item;
    }
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!inside[i]) items[kept++] = items[i];
  }
  items.resize(kept);
}

}  // namespace

void settle(const Notes& notes, const ValueTable& values, std::vector<Settled>& out) {
  out.clear();
  for (const Note& note : notes) {
    if (note.value != Note::kNoValue) out.push_back({note.value, note.begin, note.end});
  }
  if (out.empty()) return;
  // The numbers of values depend on which thread was first, so ties are ordered by what the values
  // say.
  std::sort(out.begin(), out.end(), [&](const Settled& a, const Settled& b) {
    if (a.begin != b.begin) return a.begin < b.begin;
    if (a.end != b.end) return a.end < b.end;
    if (a.value == b.value) return false;
    const Value& x = values[a.value];
    const Value& y = values[b.value];
    if (x.pattern->id != y.pattern->id) return x.pattern->id < y.pattern->id;
    if (x.confidence != y.confidence) return x.confidence > y.confidence;
    return x < y;
  });
  // One finding of a pattern for the same bytes: `PASSWORD = getenv("DB_PASSWORD", "…")` is read from either name. The surer one stays.
  auto repeats = [&](const Settled& a, const Settled& b) {
    if (a.begin != b.begin || a.end != b.end) return false;
    const Value& x = values[a.value];
    const Value& y = values[b.value];
    return a.value == b.value || (x.pattern == y.pattern && x.pattern->assigned != model::Assigned::kNo && x.rejected.empty() && y.rejected.empty());
  };
  out.erase(std::unique(out.begin(), out.end(), repeats), out.end());
  drop_parts(values, out);

  std::array<Claims, kRanks> of_rank;  // findings of patterns of this rank and above
  std::map<const model::Pattern*, Claims> of_pattern;  // findings
  for (const Settled& item : out) {
    const Value& value = values[item.value];
    if (!value.rejected.empty()) continue;
    for (std::size_t i = 0; i <= rank(*value.pattern); ++i) of_rank[i].add(item);
    of_pattern[value.pattern].add(item);
  }
  std::erase_if(out, [&](const Settled& item) {
    const Value& value = values[item.value];
    std::size_t above = rank(*value.pattern) + 1;
    if (above < kRanks && of_rank[above].overlaps(item)) return true;
    if (value.rejected.empty()) return false;
    // A candidate that one anchor's window turned down and another's confirmed is no rejection.
    auto found = of_pattern.find(value.pattern);
    return found != of_pattern.end() && found->second.overlaps(item);
  });
}

}  // namespace keywake::matching
