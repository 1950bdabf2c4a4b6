#include "matching/regex.h"

#include <re2/re2.h>

#include <algorithm>

namespace keywake::matching {
namespace {

// Beyond so many steps RE2 is asked: it takes about as long to compile the usual expression.
constexpr std::uint32_t kSteps = 4096;
constexpr std::size_t kStepsAByte = 8;

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Regex::Regex(std::string_view canonical) : expression_(canonical) {
  if (const auto tree = parse_regex(canonical, &names_)) backtracker_ = Backtracker::compile(*tree);
  if (names_.size() >= kMaxGroups) names_.resize(kMaxGroups - 1);
}
Regex::~Regex() = default;

const re2::RE2& Regex::re2() const {
  std::call_once(once_, [&] {
    RE2::Options options(RE2::Latin1);
    options.set_log_errors(false);
    re2_ = std::make_unique<RE2>(piece(expression_), options);
  });
  return *re2_;
}

Result<void> Regex::check() const {
  if (re2().ok()) return {};
  return fail(re2().error());
}

bool Regex::find(std::string_view text, std::size_t from, std::size_t last, std::size_t limit, Groups& groups) const {
  return search(text, from, last, limit, false, groups);
}

bool Regex::matches(std::string_view text, std::size_t begin, std::size_t end, Groups& groups) const {
  return search(text, begin, begin, end, true, groups);
}

bool Regex::search(std::string_view text, std::size_t from, std::size_t last, std::size_t limit, bool whole, Groups& groups) const {
  if (backtracker_) {
    auto steps = static_cast<std::uint32_t>(kSteps + kStepsAByte * (limit - std::min(from, limit)));
    const Backtracker::Answer answer = backtracker_->search(text, from, last, limit, whole, groups, steps);
    if (answer != Backtracker::Answer::kGaveUp) return answer == Backtracker::Answer::kMatch;
  }
  return ask_re2(text, from, last, limit, whole, groups);
}

bool Regex::ask_re2(std::string_view text, std::size_t from, std::size_t last, std::size_t limit, bool whole, Groups& groups) const {
  if (!re2().ok()) return false;
  std::array<re2::StringPiece, kMaxGroups> pieces;
  const int count = std::min<int>(re2().NumberOfCapturingGroups() + 1, kMaxGroups);
  const RE2::Anchor anchor = whole ? RE2::ANCHOR_BOTH : from == last ? RE2::ANCHOR_START : RE2::UNANCHORED;
  if (from > limit || !re2().Match(piece(text), from, limit, anchor, pieces.data(), count)) return false;
  for (std::size_t i = 0; i < kMaxGroups; ++i) groups[i] = {pieces[i].data(), pieces[i].size()};
  return static_cast<std::size_t>(groups[0].data() - text.data()) <= last;
}

}  // namespace keywake::matching
