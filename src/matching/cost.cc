#include "matching/cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <tuple>

#include "base/ascii.h"
#include "base/text.h"
#include "matching/assignment_anchors.h"
#include "matching/compiled_engine.h"
#include "matching/incremental.h"

namespace keywake::matching {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

HitRange whole(std::string_view text) {
  return {0, static_cast<std::uint32_t>(text.size())};
}

// `key…`: where one of several bytes may stand.
std::string describe_sequence(const Sequence& sequence) {
  std::string out;
  for (const ByteSet& bytes : sequence) {
    std::size_t last = 0;  // of a letter in any case: the small one
    for (std::size_t c = 0; c < bytes.size(); ++c) {
      if (bytes.test(c)) last = c;
    }
    const bool one = bytes.count() == 1 || (bytes.count() == 2 && is_lower(static_cast<char>(last)));
    out += one ? std::string(1, static_cast<char>(last)) : "…";
  }
  return out;
}

std::string describe_anchor(std::span<const model::Pattern> patterns, const Use& use) {
  if (use.assignments()) return describe_sequence(assignment_anchors()[use.anchor]);
  const model::Pattern& pattern = patterns[use.pattern];
  std::size_t anchors = pattern.anchors.size();
  std::string text = use.anchor < anchors ? printable(pattern.anchors[use.anchor])
                     : use.anchor < anchors + pattern.keywords.size()
                         ? printable(pattern.keywords[use.anchor - anchors])
                         : "shape";
  std::string encoded = describe(use.layers);
  return encoded.empty() ? text : fmt::format("{} ({})", text, encoded);
}

}  // namespace

struct CostMeter::State {
  const CompiledEngine& engine;
  HitFinder finder;
  std::vector<std::uint64_t> hits;  // by use, as the following
  std::vector<std::uint64_t> tried;
  std::vector<std::uint64_t> findings;
  std::vector<double> seconds;
  std::vector<Match> matches;
  std::uint64_t bytes = 0;
  double tier_one_seconds = 0;

  explicit State(const CompiledEngine& compiled)
      : engine(compiled),
        finder(compiled.tier_one),
        hits(compiled.expressions.uses.size()),
        tried(hits.size()),
        findings(hits.size()),
        seconds(hits.size()) {}

  void confirm(std::string_view text, std::uint32_t use, std::uint32_t hit_end) {
    ++hits[use];
    Clock::time_point start = Clock::now();
    if (engine.confirmer.possible(use, text, hit_end)) {
      ++tried[use];
      TextWindow window =
          window_at(hit_end, engine.confirmer.reach(use), static_cast<std::uint32_t>(text.size()));
      matches.clear();
      engine.confirmer.confirm(use, text.substr(window.begin, window.end - window.begin),
                               hit_end - window.begin, window.at_begin, window.at_end, false,
                               matches);
      findings[use] += matches.size();
    }
    seconds[use] += seconds_since(start);
  }
};

CostMeter::CostMeter(const Engine& engine)
    : state_(std::make_unique<State>(static_cast<const CompiledEngine&>(engine))) {}
CostMeter::~CostMeter() = default;

void CostMeter::scan(std::string_view text) {
  State& state = *state_;
  Clock::time_point start = Clock::now();
  const std::vector<Hit>& hits = state.finder.find(text, whole(text));
  state.tier_one_seconds += seconds_since(start);
  state.bytes += text.size();
  for (const Hit& hit : hits) {
    const Expression& expression = state.engine.expressions.items[hit.expression];
    for (std::uint32_t use = expression.first_use; use < expression.last_use; ++use)
      state.confirm(text, use, hit.end);
  }
}

CostMeter::Report CostMeter::report() const {
  const State& state = *state_;
  Report out{.bytes = state.bytes, .tier_one_seconds = state.tier_one_seconds};
  std::span<const model::Pattern> patterns = state.engine.rules.patterns();
  std::vector<PatternCost> costs(patterns.size() + 1);  // the last: assignments
  for (std::uint32_t use = 0; use < state.hits.size(); ++use) {
    if (state.hits[use] == 0) continue;
    const Use& which = state.engine.expressions.uses[use];
    PatternCost& cost = which.assignments() ? costs.back() : costs[which.pattern];
    cost.pattern = which.assignments() ? kAssignmentPatterns : patterns[which.pattern].id;
    cost.hits += state.hits[use];
    cost.tried += state.tried[use];
    cost.findings += state.findings[use];
    cost.seconds += state.seconds[use];
    std::string text = describe_anchor(patterns, which);
    auto same = std::find_if(cost.anchors.begin(), cost.anchors.end(),
                             [&](const auto& anchor) { return anchor.text == text; });
    if (same == cost.anchors.end()) same = cost.anchors.insert(same, {std::move(text), 0});
    same->hits += state.hits[use];
  }
  for (PatternCost& cost : costs) {
    if (cost.pattern.empty()) continue;
    std::sort(cost.anchors.begin(), cost.anchors.end(), [](const auto& a, const auto& b) {
      return a.hits != b.hits ? a.hits > b.hits : a.text < b.text;
    });
    out.tier_two_seconds += cost.seconds;
    out.patterns.push_back(std::move(cost));
  }
  std::sort(out.patterns.begin(), out.patterns.end(),
            [](const PatternCost& a, const PatternCost& b) {
              return std::tuple(b.seconds, b.hits, a.pattern) <
                     std::tuple(a.seconds, a.hits, b.pattern);
            });
  return out;
}

}  // namespace keywake::matching
