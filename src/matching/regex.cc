#include "matching/regex.h"

#include <re2/re2.h>

#include <algorithm>

#include "matching/uncounted.h"

namespace keywake::matching {
namespace {

// Beyond so many steps RE2 is asked; and where searches were long a few times, at once: its automaton takes a nanosecond a byte whatever the text.
constexpr std::uint32_t kSteps = 1024;
constexpr std::size_t kBytesAStep = 2;
constexpr std::uint32_t kLong = 512;  // steps
constexpr unsigned kMostLong = 32;

std::unique_ptr<RE2> compile(re2::StringPiece expression, bool captures) {
  RE2::Options options(RE2::Latin1);
  options.set_log_errors(false);
  options.set_never_capture(!captures);
  return std::make_unique<RE2>(expression, options);
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Regex::Regex(std::string_view canonical) : expression_(canonical) {
  if (const auto tree = parse_regex(canonical, &names_)) backtracker_ = Backtracker::compile(*tree);
  if (names_.size() >= kMaxGroups) names_.resize(kMaxGroups - 1);
}
Regex::~Regex() = default;

const re2::RE2& Regex::re2() const {
  std::call_once(re2_once_, [&] { re2_ = compile(piece(expression_), true); });
  return *re2_;
}

// Counts such as {20,600} are as many copies to RE2, and more states than it keeps; without them it soon says where there is no match.
const re2::RE2* Regex::sketch() const {
  std::call_once(sketch_once_, [&] {
    const std::string uncounted = without_counts(expression_);
    if (uncounted == expression_) return;
    sketch_ = compile(uncounted, false);
    if (!sketch_->ok()) sketch_.reset();
  });
  return sketch_.get();
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
  if (backtracker_ && long_.load(std::memory_order_relaxed) < kMostLong) {
    const auto most = static_cast<std::uint32_t>(kSteps + (limit - std::min(from, limit)) / kBytesAStep);
    std::uint32_t steps = most;
    const Backtracker::Answer answer = backtracker_->search(text, from, last, limit, whole, groups, steps);
    if (most - steps > kLong) long_.fetch_add(1, std::memory_order_relaxed);
    if (answer != Backtracker::Answer::kGaveUp) return answer == Backtracker::Answer::kMatch;
  }
  return ask_re2(text, from, last, limit, whole, groups);
}

bool Regex::ask_re2(std::string_view text, std::size_t from, std::size_t last, std::size_t limit, bool whole, Groups& groups) const {
  const RE2::Anchor anchor = whole ? RE2::ANCHOR_BOTH : from == last ? RE2::ANCHOR_START : RE2::UNANCHORED;
  if (from > limit || (sketch() != nullptr && !sketch()->Match(piece(text), from, limit, anchor, nullptr, 0)) || !re2().ok()) return false;
  std::array<re2::StringPiece, kMaxGroups> pieces;
  const int count = std::min<int>(re2().NumberOfCapturingGroups() + 1, kMaxGroups);
  if (!re2().Match(piece(text), from, limit, anchor, pieces.data(), count)) return false;
  for (std::size_t i = 0; i < kMaxGroups; ++i) groups[i] = {pieces[i].data(), pieces[i].size()};
  return static_cast<std::size_t>(groups[0].data() - text.data()) <= last;
}

}  // namespace keywake::matching
