#include "matching/assignment_patterns.h"

#include <algorithm>

#include "base/ascii.h"
#include "matching/assigned_value.h"
#include "matching/placeholders.h"
#include "matching/published.h"
#include "matching/rarity.h"
#include "matching/secret_name.h"

namespace keywake::matching {
namespace {

// Words and identifiers, which most values are, are told apart before any provider's name is looked up.
bool may_be_a_credential(std::string_view value) {
  constexpr std::size_t kLeast = 8;
  constexpr double kRareBits = 4;
  if (value.size() < kLeast) return false;
  auto telling = [](char c) { return !is_letter(c) && std::string_view("_.-()[]:/ ").find(c) == std::string_view::npos; };
  return std::any_of(value.begin(), value.end(), telling) || surprise(value) > kRareBits;
}

// As many characters, letters and digits as a key has: what is in the way is their order alone.
bool is_shaped_like_a_key(std::string_view value) {
  constexpr std::size_t kLeast = 20;
  constexpr std::ptrdiff_t kLeastOfEach = 4;
  auto plain = [](char c) { return is_alnum(c) || std::string_view("_-.+/=").find(c) != std::string_view::npos; };
  return value.size() >= kLeast && std::all_of(value.begin(), value.end(), plain) && std::count_if(value.begin(), value.end(), is_digit) >= kLeastOfEach &&
         std::count_if(value.begin(), value.end(), is_letter) >= kLeastOfEach;
}

constexpr std::string_view kStandIn = "a stand-in, it seems: its characters are in order";

model::Assigned meaning_of(std::string_view name) {
  switch (read_name(name).kind) {
    case NameKind::kPassword: return model::Assigned::kPassword;
    case NameKind::kKey: return model::Assigned::kKey;
    case NameKind::kToken:
    case NameKind::kNone: break;
  }
  return model::Assigned::kToken;
}

}  // namespace

AssignmentPatterns::AssignmentPatterns(std::span<const model::Pattern> patterns, const std::deque<PatternCode>& codes)
    : codes_(codes), named_(patterns) {
  for (const model::Pattern& pattern : patterns) {
    if (pattern.assigned != model::Assigned::kNo) assigned_[static_cast<std::size_t>(pattern.assigned)].push_back(&pattern);
    if (!is_named(pattern)) continue;
    for (const model::Companion& companion : pattern.companions) companions_ = std::max(companions_, companion.within);
  }
}

void AssignmentPatterns::find(const Text& text, bool explain, std::vector<Found>& out) const {
  if (const auto assignment = read_assignment(text.bytes, text.hit_begin, text.hit_end, text.at_end)) {
    find_named(text, *assignment, explain, out);
    find_assigned(text, *assignment, explain, out);
    return;
  }
  const auto mention = read_mention(text.bytes, text.hit_begin, text.hit_end, text.at_end);
  if (!mention) return;
  const std::size_t known = out.size();
  find_named(text, *mention, explain, out);
  find_assigned(text, *mention, explain, out);
  for (std::size_t i = known; i < out.size(); ++i) out[i].value.confidence = std::min(out[i].value.confidence, model::Confidence::kMedium);
}

// Whose the value is by the names beside it: it may be claimed by several patterns of a provider.
void AssignmentPatterns::find_named(const Text& text, const Assignment& assignment, bool explain, std::vector<Found>& out) const {
  if (assignment.piece || !may_be_a_credential(assignment.value)) return;
  thread_local std::vector<std::uint32_t> patterns;
  patterns.clear();
  named_.candidates(text.bytes, assignment, patterns);
  for (std::uint32_t pattern : patterns) codes_[pattern].find_value(text, assignment.value, explain, out);
}

void AssignmentPatterns::find_assigned(const Text& text, const Assignment& assignment, bool explain, std::vector<Found>& out) const {
  Judgement judgement = judge_assignment(assignment);
  auto whose = published(assignment.value);
  if (whose && (judgement.level || read_name(assignment.name).kind != NameKind::kNone)) judgement.level = model::Confidence::kLow;
  if (!judgement.level && is_ordered(judgement.reason) && is_shaped_like_a_key(assignment.value)) {
    judgement.level = model::Confidence::kLow;
    whose = kStandIn;
  }
  if (!judgement.level && !explain) return;
  const auto begin = static_cast<std::size_t>(assignment.value.data() - text.bytes.data());
  for (const model::Pattern* pattern : assigned_[static_cast<std::size_t>(meaning_of(assignment.name))]) {
    Value value{.pattern = pattern, .confidence = judgement.level.value_or(pattern->confidence)};
    if (judgement.level) {
      value.secret = Secret(assignment.value);
      value.parts.push_back({"name", std::string(assignment.name)});
      if (whose) value.parts.push_back({std::string(kExamplePart), std::string(*whose)});
    } else {
      value.rejected = judgement.reason;
    }
    out.push_back({begin, begin + assignment.value.size(), std::move(value)});
  }
}

}  // namespace keywake::matching
