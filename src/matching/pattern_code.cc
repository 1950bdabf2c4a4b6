// A match belongs to the hit if it contains the anchor
// (or, with `within`, lies near it), is no longer than the pattern allows and does not touch an
// edge where the text was cut. Texts hold at least one byte more than the longest match on either
// side, so such a match stands clear of the edges and \b sees its true neighbours.
#include "matching/pattern_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "matching/canary.h"
#include "matching/checks.h"
#include "matching/placeholders.h"
#include "matching/published.h"
#include "matching/regex.h"

namespace keywake::matching {
namespace {

constexpr std::uint32_t kMaxMatchesPerHit = 64;

struct PartGroup {
  std::size_t group;
  std::string name;
};

struct CompiledCheck {
  CheckFunction function = nullptr;  // or:
  std::unique_ptr<Regex> unwanted;   // the expression of `not`
  std::string_view argument;
};

struct CompiledCompanion {
  explicit CompiledCompanion(const model::Companion& companion) : expression(companion.regex) {
    const auto& names = expression.names();
    const auto named = std::find(names.begin(), names.end(), companion.name);
    if (named != names.end()) group = static_cast<std::size_t>(named - names.begin()) + 1;
  }
  Regex expression;
  std::size_t group = 0;
};

// A token of a provider's own prefix, or under its name, and of its alphabet and length, that was made up for show or happens to look so:
// reported, at level low.
bool is_well_formed_stand_in(const model::Pattern& pattern, std::string_view secret, std::string_view reason) {
  if (pattern.generic || !may_be_issued(reason)) return false;
  const bool told_by_its_prefix = pattern.confidence == model::Confidence::kHigh && body_of(pattern, secret).size() < secret.size();
  return told_by_its_prefix || !pattern.names.empty();
}

// What the value and its parts tell besides: whose published example they are, whose trap.
void mark_example_and_canary(std::optional<std::string_view> whose, Value& value) {
  std::optional<std::string_view> trap = canary_host(value.secret.reveal());
  for (const model::Part& part : value.parts) {
    if (!whose && part.secret) whose = published(part.value);
    if (!trap) trap = canary_host(part.value);
  }
  if (whose) {
    value.parts.push_back({std::string(kExamplePart), std::string(*whose)});
    value.confidence = model::Confidence::kLow;
  }
  if (trap) value.parts.push_back({std::string(kCanaryPart), std::string(*trap)});
}

}  // namespace

// All that is compiled for a pattern when a hit first gets past its plan.
struct PatternCode::Program {
  Regex expression;
  std::size_t secret = 0;
  std::vector<PartGroup> parts;
  std::vector<CompiledCheck> checks;
  std::deque<CompiledCompanion> companions;
  bool placeholder_ok = false;
  bool takes_weak = false;  // a check says that a weak password will do

  explicit Program(const model::Pattern& pattern);
};

PatternCode::Program::Program(const model::Pattern& pattern) : expression(pattern.regex) {
  for (std::size_t i = 0; i < expression.names().size(); ++i) {
    const std::string_view name = expression.names()[i];
    if (name == "secret") {
      secret = i + 1;
    } else if (!name.empty()) {
      parts.push_back({i + 1, std::string(name)});
    }
  }
  for (const model::Check& check : pattern.checks) {
    if (check.name == "placeholder-ok") {
      placeholder_ok = true;
      continue;
    }
    CompiledCheck& added = checks.emplace_back();
    added.argument = check.argument;
    added.function = find_check(check.name);
    takes_weak |= check.argument == "weak" && !added.unwanted;
    if (check.name == "not") added.unwanted = std::make_unique<Regex>(check.argument);
  }
  for (const model::Companion& companion : pattern.companions) companions.emplace_back(companion);
}

PatternCode::PatternCode(const model::Pattern& pattern) : pattern_(&pattern) {}
PatternCode::~PatternCode() = default;

const MatchPlan& PatternCode::plan() const {
  std::call_once(plan_once_, [&] { plan_ = std::make_unique<MatchPlan>(plan_matches(*pattern_)); });
  return *plan_;
}

const PatternCode::Program& PatternCode::program() const {
  std::call_once(program_once_, [&] { program_ = std::make_unique<Program>(*pattern_); });
  return *program_;
}

Result<void> PatternCode::compile() const {
  auto state = [&](const Regex& expression, std::string_view what) -> Result<void> {
    if (Result<void> good = expression.check(); !good) return fail(fmt::format("{}: RE2 cannot compile its {}: {}", pattern_->id, what, good.error().message));
    return {};
  };
  if (pattern_->assigned != model::Assigned::kNo) return {};
  const Program& compiled = program();
  if (Result<void> good = state(compiled.expression, "regex"); !good) return good;
  for (const CompiledCompanion& companion : compiled.companions) {
    if (Result<void> good = state(companion.expression, "companion"); !good) return good;
  }
  for (const CompiledCheck& check : compiled.checks) {
    if (!check.unwanted) continue;
    if (Result<void> good = state(*check.unwanted, "check `not`"); !good) return good;
  }
  return {};
}

// The nearest match of each companion becomes a part. A reason, if a required one is missing; `lone`, if the other half of the
// credential is.
std::optional<std::string> PatternCode::add_companions(const Text& text, std::size_t begin,
                                                       std::size_t end,
                                                       std::vector<model::Part>& parts,
                                                       bool& lone) const {
  for (std::size_t i = 0; i < pattern_->companions.size(); ++i) {
    const model::Companion& companion = pattern_->companions[i];
    const CompiledCompanion& code = program_->companions[i];
    std::size_t from = begin > companion.within ? begin - companion.within : 0;
    std::size_t to = std::min(text.bytes.size(), end + companion.within);
    Groups groups;
    std::string_view best;
    std::size_t best_distance = SIZE_MAX;
    while (from < to && code.expression.find(text.bytes, from, to, to, groups)) {
      auto b = static_cast<std::size_t>(groups[0].data() - text.bytes.data());
      std::size_t e = b + groups[0].size();
      bool cut = (b == 0 && !text.at_begin) || (e == text.bytes.size() && !text.at_end);
      std::size_t distance = e <= begin ? begin - e : b >= end ? b - end : 0;
      std::string_view part = groups[code.group];
      if (!cut && !part.empty() && distance < best_distance) best = part, best_distance = distance;
      if (b >= end) break;  // later ones are farther off
      from = std::max(e, b + 1);
    }
    if (best_distance != SIZE_MAX) {
      parts.push_back({std::string(companion.name), std::string(best), companion.secret});
    } else if (!companion.required) {
      lone |= companion.other_half;
    } else {
      return fmt::format("companion: no {} within {} bytes", companion.name, companion.within);
    }
  }
  return std::nullopt;
}

// A reason, if the secret fails the placeholder lists or one of the pattern's checks.
std::optional<std::string> PatternCode::check(std::string_view secret, std::vector<model::Part>& parts, Leniency leniency) const {
  std::string_view body = body_of(*pattern_, secret);
  if (!program_->placeholder_ok && leniency != Leniency::kStandIns) {
    const auto reason = placeholder_reason(body);
    if (reason && !(leniency == Leniency::kWeakPasswords && is_ordered(*reason))) return std::string(*reason);
  }
  for (const CompiledCheck& check : program_->checks) {
    if (check.unwanted) {
      Groups groups;
      if (check.unwanted->find(secret, 0, secret.size(), secret.size(), groups)) {
        return "not: it is of the kind that the pattern excludes";
      }
    } else if (check.function != nullptr) {
      if (auto reason = check.function({secret, body, check.argument, &parts, leniency == Leniency::kWeakPasswords})) return reason;
    }
  }
  return std::nullopt;
}

// Runs checks and companions over one match of the expression. True if it stands.
bool PatternCode::judge(const Text& text, const Groups& groups, bool explain,
                        std::vector<Found>& out) const {
  const Program& code = *program_;
  if (code.secret == 0 || groups[code.secret].empty()) return false;
  std::string_view secret = groups[code.secret];
  auto offset = [&](std::string_view bytes) {
    return static_cast<std::size_t>(bytes.data() - text.bytes.data());
  };
  Value value{.pattern = pattern_, .confidence = pattern_->confidence};
  for (const PartGroup& part : code.parts) {
    if (!groups[part.group].empty())
      value.parts.push_back({part.name, std::string(groups[part.group])});
  }
  std::optional<std::string> reason = check(secret, value.parts);
  // What somebody published as an example is that, whatever the checks say of it.
  const std::optional<std::string_view> whose = published(secret);
  if (whose) reason.reset();
  std::string stand_in;
  if (reason && is_well_formed_stand_in(*pattern_, secret, *reason)) {
    if (!check(secret, value.parts, Leniency::kStandIns)) {
      stand_in = "a stand-in, it seems" + reason->substr(reason->find(':'));
      reason.reset();
    }
  }
  if (reason && code.takes_weak && !check(secret, value.parts, Leniency::kWeakPasswords)) {
    value.confidence = model::Confidence::kLow;
    reason.reset();
  }
  if (!reason) {
    value.secret = Secret(secret);
    std::size_t begin = offset(groups[0]);
    bool lone = false;
    reason = add_companions(text, begin, begin + groups[0].size(), value.parts, lone);
    if (lone) value.confidence = std::min(value.confidence, model::Confidence::kMedium);  // half a credential opens nothing by itself
    mark_example_and_canary(whose || stand_in.empty() ? whose : std::optional<std::string_view>(stand_in), value);
  }
  if (reason && !explain) return false;
  bool stands = !reason;
  if (reason) {
    value.parts.clear();
    value.secret = Secret();
    value.rejected = std::move(*reason);
  }
  out.push_back({offset(secret), offset(secret) + secret.size(), std::move(value)});
  return stands;
}

// Whether the bytes at text[at] can begin a match.
bool PatternCode::may_begin(const Text& text, std::size_t at) const {
  if (plan_->boundary_first && at > 0 && is_word(static_cast<unsigned char>(text.bytes[at - 1])))
    return false;
  if (at + plan_->lead.size() > text.bytes.size()) return false;
  for (std::size_t i = 0; i < plan_->lead.size(); ++i) {
    if (!plan_->lead[i].test(static_cast<unsigned char>(text.bytes[at + i]))) return false;
  }
  return true;
}

void PatternCode::find_value(const Text& text, std::string_view value, bool explain, std::vector<Found>& out) const {
  const MatchPlan& known = plan();
  auto begin = static_cast<std::size_t>(value.data() - text.bytes.data());
  if (value.size() > pattern_->max_length || value.size() < known.lead.size() || !may_begin(text, begin)) return;
  if (known.run.length > 0 && !has_run(value, known.run)) return;
  Groups groups;
  if (program().expression.matches(text.bytes, begin, begin + value.size(), groups)) judge(text, groups, explain, out);
}

// All matches in the text that belong to the hit. True if one stood.
bool PatternCode::find(const Text& text, AnchorPlace place, bool explain,
                       std::vector<Found>& out) const {
  const MatchPlan& known = plan();
  if (known.run.length > 0 && !has_run(text.bytes, known.run)) return false;
  bool near = pattern_->within > 0;
  if (!near && text.hit_begin < place.earliest) return false;
  std::size_t from = near || text.hit_begin <= place.latest ? 0 : text.hit_begin - place.latest;
  std::size_t last = near ? text.hit_end + pattern_->within : text.hit_begin - place.earliest;
  last = std::min(last, text.bytes.size());
  const Regex& expression = program().expression;
  Groups groups;
  bool stood = false;
  for (std::uint32_t n = 0; n < kMaxMatchesPerHit && from <= last; ++n) {
    if (!expression.find(text.bytes, from, last, text.bytes.size(), groups)) break;
    auto begin = static_cast<std::size_t>(groups[0].data() - text.bytes.data());
    std::size_t end = begin + groups[0].size();
    bool cut = (begin == 0 && !text.at_begin) || (end == text.bytes.size() && !text.at_end);
    bool belongs = near ? end + pattern_->within >= text.hit_begin : end >= text.hit_end;
    if (belongs && !cut && end - begin <= pattern_->max_length) {
      stood |= judge(text, groups, explain, out);
      if (!near) break;
      from = std::max(end, begin + 1);
    } else {
      from = near ? std::max(end, begin + 1) : begin + 1;
    }
  }
  return stood;
}

}  // namespace keywake::matching
