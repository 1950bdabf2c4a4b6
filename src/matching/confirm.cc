// What a hit confirms: every match of the expression that contains the anchor (or, with `within`, lies near it), neither longer than the
// pattern allows nor touching an edge of the window that is not an edge of the text. The window always holds one byte more than
// the longest match on either side, so such a match stands clear of the window's edges and \b sees its true neighbours.
//
// Example: "xx ghp_<36 characters> yy", anchor "ghp_": reach before 4 + 0 + 7, after 36 + 1 + slack. RE2 runs anchored at the "g".
#include "matching/confirm.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "matching/anchor_place.h"
#include "matching/checks.h"
#include "matching/decoders.h"
#include "matching/placeholders.h"

namespace keywake::matching {
namespace {

constexpr std::size_t kMaxGroups = 32;
constexpr std::uint32_t kContext = 8;        // \b needs one byte; an escape before a match up to six
constexpr std::uint32_t kEscapeSlack = 32;   // what escapes inside a match may add to its length
constexpr std::uint32_t kMaxMatchesPerHit = 64;

std::unique_ptr<RE2> compile(std::string_view expression) {
  RE2::Options options(RE2::Latin1);
  options.set_log_errors(false);
  options.set_never_capture(false);
  return std::make_unique<RE2>(re2::StringPiece(expression.data(), expression.size()), options);
}

std::string_view view(const re2::StringPiece& piece) { return {piece.data(), piece.size()}; }

struct PartGroup {
  int group;
  std::string name;
};

struct CompiledCheck {
  CheckFunction function = nullptr;  // or:
  std::unique_ptr<RE2> unwanted;     // the expression of `not`
  std::string_view name;
  std::string_view argument;
};

struct CompiledCompanion {
  std::unique_ptr<RE2> expression;
  int group = 0;
};

// All that is compiled for a pattern when a hit first gets past its plan.
struct Program {
  std::unique_ptr<RE2> expression;
  int groups = 0;  // with the whole match
  int secret = -1;
  std::vector<PartGroup> parts;
  std::vector<CompiledCheck> checks;
  std::vector<CompiledCompanion> companions;
  bool placeholder_ok = false;
};

std::unique_ptr<Program> make_program(const model::Pattern& pattern) {
  auto program = std::make_unique<Program>();
  program->expression = compile(pattern.regex);
  program->groups = std::min<int>(program->expression->NumberOfCapturingGroups() + 1, kMaxGroups);
  for (const auto& [group, name] : program->expression->CapturingGroupNames()) {
    if (name == "secret") {
      program->secret = group;
    } else {
      program->parts.push_back({group, name});
    }
  }
  for (const model::Check& check : pattern.checks) {
    if (check.name == "placeholder-ok") {
      program->placeholder_ok = true;
      continue;
    }
    CompiledCheck& added = program->checks.emplace_back();
    added.name = check.name;
    added.argument = check.argument;
    added.function = find_check(check.name);
    if (check.name == "not") added.unwanted = compile(check.argument);
  }
  for (const model::Companion& companion : pattern.companions) {
    CompiledCompanion& added = program->companions.emplace_back();
    added.expression = compile(companion.regex);
    const auto& groups = added.expression->NamedCapturingGroups();
    auto named = groups.find(std::string(companion.name));
    added.group = named == groups.end() ? 0 : named->second;
  }
  return program;
}

// A text to look in: a window as it stands, or what a decoder made of it.
struct Text {
  std::string_view bytes;
  std::size_t hit_begin = 0;
  std::size_t hit_end = 0;
  bool at_begin = false;  // nothing precedes bytes[0]
  bool at_end = false;
};

// A match in a Text, and what became of it.
struct Found {
  std::size_t begin = 0;
  std::size_t end = 0;
  Value value;
};

}  // namespace

struct Confirmer::Code {
  const model::Pattern* pattern = nullptr;
  mutable std::once_flag plan_once;
  mutable std::once_flag program_once;
  mutable MatchPlan plan_;
  mutable std::unique_ptr<Program> program_;

  const MatchPlan& plan() const {
    std::call_once(plan_once, [&] { plan_ = plan_matches(*pattern); });
    return plan_;
  }
  const Program& program() const {
    std::call_once(program_once, [&] { program_ = make_program(*pattern); });
    return *program_;
  }

  std::uint32_t companion_reach() const {
    std::uint32_t reach = 0;
    for (const model::Companion& companion : pattern->companions) reach = std::max(reach, companion.within);
    return reach;
  }

  // The reach in text as it stands, for an anchor of `length` bytes with so many bytes of the match before it.
  Reach plain_reach(std::uint32_t length, AnchorPlace place) const {
    std::uint32_t around = companion_reach() + kContext;
    std::uint32_t longest = pattern->max_length;
    if (pattern->within > 0) {
      std::uint32_t far = pattern->within + longest + kEscapeSlack + around;
      return {length + far, far};
    }
    std::uint32_t rest = longest > place.earliest + length ? longest - place.earliest - length : 0;
    std::uint32_t slack = place.latest > 0 ? kEscapeSlack : 0;
    return {length + place.latest + slack + around, rest + kEscapeSlack + around};
  }

  bool find(const Text& text, AnchorPlace place, bool explain, std::vector<Found>& out) const;
  bool judge(const Text& text, const std::array<re2::StringPiece, kMaxGroups>& groups, bool explain,
             std::vector<Found>& out) const;
  std::optional<std::string> add_companions(const Text& text, std::size_t begin, std::size_t end,
                                            std::vector<model::Part>& parts) const;
};

namespace {

Reach encoded_reach(Reach plain, Encoding encoding) {
  auto stretch = [&](std::uint32_t bytes) -> std::uint32_t {
    switch (encoding) {
      case Encoding::kBase64: return bytes * 7 / 5 + 8;  // 4/3, and line ends
      case Encoding::kHex:
      case Encoding::kUtf16: return bytes * 2 + 2;
      case Encoding::kPlain: break;
    }
    return bytes;
  };
  return {stretch(plain.before), stretch(plain.after)};
}

}  // namespace

Confirmer::Confirmer(const rules::RuleSet& rules, const Expressions& expressions)
    : codes_(std::make_unique<Code[]>(rules.patterns().size())),
      count_(rules.patterns().size()),
      expressions_(expressions) {
  for (std::size_t i = 0; i < count_; ++i) codes_[i].pattern = &rules.patterns()[i];
}
Confirmer::~Confirmer() = default;

namespace {

// Length of the anchor itself in decoded text. A shape counts as its last byte.
std::uint32_t anchor_length(const model::Pattern& pattern, std::uint32_t anchor) {
  if (anchor < pattern.anchors.size()) return static_cast<std::uint32_t>(pattern.anchors[anchor].size());
  anchor -= static_cast<std::uint32_t>(pattern.anchors.size());
  if (anchor < pattern.keywords.size()) return static_cast<std::uint32_t>(pattern.keywords[anchor].size());
  return 1;
}

// A hit itself depends on the bytes of its expression and, for shapes, on one more on either side.
Reach with_hit(Reach reach, const Expression& expression) {
  reach.before = std::max(reach.before, expression.length + 1);
  reach.after = std::max<std::uint32_t>(reach.after, 1);
  return reach;
}

}  // namespace

Reach Confirmer::reach_bound(std::uint32_t index) const {
  const Use& use = expressions_.uses[index];
  const Code& code = codes_[use.pattern];
  AnchorPlace anywhere{0, code.pattern->max_length};
  Reach plain = code.plain_reach(anchor_length(*code.pattern, use.anchor), anywhere);
  return with_hit(encoded_reach(plain, use.encoding), expressions_.items[use.expression]);
}

Reach Confirmer::reach(std::uint32_t index) const {
  const Use& use = expressions_.uses[index];
  const Code& code = codes_[use.pattern];
  Reach plain = code.plain_reach(anchor_length(*code.pattern, use.anchor), code.plan().places[use.anchor]);
  return with_hit(encoded_reach(plain, use.encoding), expressions_.items[use.expression]);
}

bool Confirmer::possible(std::uint32_t index, std::string_view blob, std::uint32_t hit_end) const {
  const Use& use = expressions_.uses[index];
  const Code& code = codes_[use.pattern];
  if (use.encoding != Encoding::kPlain || code.pattern->within > 0) return true;
  const MatchPlan& plan = code.plan();
  AnchorPlace place = plan.places[use.anchor];
  std::uint32_t length = anchor_length(*code.pattern, use.anchor);
  if (place.earliest != place.latest || length + place.latest > hit_end) return true;
  std::size_t begin = hit_end - length - place.latest;
  if (plan.boundary_first && begin > 0 && is_word(static_cast<unsigned char>(blob[begin - 1])) &&
      !escape_ends_at(blob, begin)) {
    return false;
  }
  for (std::size_t i = 0; i < plan.lead.size(); ++i) {
    if (begin + i >= blob.size()) return false;
    auto byte = static_cast<unsigned char>(blob[begin + i]);
    if (!plan.lead[i].test(byte)) return byte == '\\' || byte == '%';
  }
  return true;
}

// The nearest match of each companion becomes a part. A reason, if a required one is missing.
std::optional<std::string> Confirmer::Code::add_companions(const Text& text, std::size_t begin, std::size_t end,
                                                           std::vector<model::Part>& parts) const {
  for (std::size_t i = 0; i < pattern->companions.size(); ++i) {
    const model::Companion& companion = pattern->companions[i];
    const CompiledCompanion& code = program_->companions[i];
    std::size_t from = begin > companion.within ? begin - companion.within : 0;
    std::size_t to = std::min(text.bytes.size(), end + companion.within);
    std::array<re2::StringPiece, kMaxGroups> groups;
    int count = std::min<int>(code.expression->NumberOfCapturingGroups() + 1, kMaxGroups);
    std::string_view best;
    std::size_t best_distance = SIZE_MAX;
    re2::StringPiece all(text.bytes.data(), text.bytes.size());
    while (from < to && code.expression->Match(all, from, to, RE2::UNANCHORED, groups.data(), count)) {
      auto b = static_cast<std::size_t>(groups[0].data() - text.bytes.data());
      std::size_t e = b + groups[0].size();
      bool cut = (b == 0 && !text.at_begin) || (e == text.bytes.size() && !text.at_end);
      std::size_t distance = e <= begin ? begin - e : b >= end ? b - end : 0;
      std::string_view part = view(groups[static_cast<std::size_t>(code.group)]);
      if (!cut && !part.empty() && distance < best_distance) best = part, best_distance = distance;
      if (b >= end) break;  // later ones are farther off
      from = std::max(e, b + 1);
    }
    if (best_distance != SIZE_MAX) {
      parts.push_back({std::string(companion.name), std::string(best)});
    } else if (companion.required) {
      return fmt::format("companion: no {} within {} bytes", companion.name, companion.within);
    }
  }
  return std::nullopt;
}

// Runs companions and checks over one match of the expression. True if it stands.
bool Confirmer::Code::judge(const Text& text, const std::array<re2::StringPiece, kMaxGroups>& groups, bool explain,
                            std::vector<Found>& out) const {
  const Program& code = *program_;
  if (code.secret < 0 || code.secret >= code.groups) return false;
  std::string_view secret = view(groups[static_cast<std::size_t>(code.secret)]);
  if (secret.empty()) return false;
  auto offset = [&](std::string_view bytes) { return static_cast<std::size_t>(bytes.data() - text.bytes.data()); };
  Value value{.pattern = pattern};
  for (const PartGroup& part : code.parts) {
    if (part.group >= code.groups) continue;
    std::string_view bytes = view(groups[static_cast<std::size_t>(part.group)]);
    if (!bytes.empty()) value.parts.push_back({part.name, std::string(bytes)});
  }
  std::string_view whole = view(groups[0]);
  std::string_view body = body_of(*pattern, secret);
  std::optional<std::string> reason;
  if (!code.placeholder_ok) reason = placeholder_reason(body);
  for (const CompiledCheck& check : code.checks) {
    if (reason) break;
    if (check.unwanted) {
      if (RE2::PartialMatch(re2::StringPiece(secret.data(), secret.size()), *check.unwanted)) {
        reason = "not: it is of the kind that the pattern excludes";
      }
    } else if (check.function != nullptr) {
      reason = check.function({secret, body, check.argument, &value.parts});
    }
  }
  if (!reason) reason = add_companions(text, offset(whole), offset(whole) + whole.size(), value.parts);
  if (reason && !explain) return false;
  bool stands = !reason;
  if (reason) {
    value.parts.clear();
    value.rejected = std::move(*reason);
  } else {
    value.secret = Secret(secret);
  }
  out.push_back({offset(secret), offset(secret) + secret.size(), std::move(value)});
  return stands;
}

// All matches in the text that belong to the hit. True if one stood.
bool Confirmer::Code::find(const Text& text, AnchorPlace place, bool explain, std::vector<Found>& out) const {
  if (plan().run.length > 0 && !has_run(text.bytes, plan().run)) return false;
  const Program& code = program();
  if (!code.expression->ok()) return false;
  bool near = pattern->within > 0;
  bool fixed = !near && place.earliest == place.latest;
  std::size_t first = text.hit_begin > place.latest ? text.hit_begin - place.latest : 0;
  std::size_t last = text.hit_begin >= place.earliest ? text.hit_begin - place.earliest : 0;
  if (!near && text.hit_begin < place.earliest) return false;
  if (fixed && text.hit_begin < place.latest) return false;
  if (near) first = 0, last = text.hit_end + pattern->within;
  std::array<re2::StringPiece, kMaxGroups> groups;
  re2::StringPiece all(text.bytes.data(), text.bytes.size());
  bool stood = false;
  std::size_t from = first;
  for (std::uint32_t n = 0; n < kMaxMatchesPerHit && from <= text.bytes.size(); ++n) {
    if (!code.expression->Match(all, from, text.bytes.size(), fixed ? RE2::ANCHOR_START : RE2::UNANCHORED,
                                groups.data(), code.groups)) {
      break;
    }
    auto begin = static_cast<std::size_t>(groups[0].data() - text.bytes.data());
    std::size_t end = begin + groups[0].size();
    if (begin > last) break;
    bool cut = (begin == 0 && !text.at_begin) || (end == text.bytes.size() && !text.at_end);
    bool belongs = near ? end + pattern->within >= text.hit_begin : end >= text.hit_end;
    if (belongs && !cut && end - begin <= pattern->max_length) {
      stood |= judge(text, groups, explain, out);
      if (!near) break;
      from = std::max(end, begin + 1);
    } else {
      from = near ? std::max(end, begin + 1) : begin + 1;
    }
    if (fixed) break;
  }
  return stood;
}

namespace {

struct Scratch {
  Decoded decoded;
  std::vector<Found> found;
};

Scratch& scratch() {
  thread_local Scratch instance;
  return instance;
}

// Candidates found in decoded text, moved to where they stand in its source.
void map_back(const Decoded& decoded, std::string_view chain, bool only_if_escaped, std::vector<Found>& found,
              std::size_t first, std::vector<Match>& out) {
  for (std::size_t i = first; i < found.size(); ++i) {
    Found& candidate = found[i];
    if (candidate.begin >= candidate.end) continue;
    std::uint32_t begin = decoded.begins[candidate.begin];
    std::uint32_t end = decoded.ends[candidate.end - 1];
    bool as_it_stands = only_if_escaped && end - begin == candidate.end - candidate.begin;
    if (!as_it_stands) candidate.value.decoded = chain;
    out.push_back({begin, end, std::move(candidate.value)});
  }
}

}  // namespace

void Confirmer::confirm(std::uint32_t index, std::string_view window, std::uint32_t hit_end, bool at_begin,
                        bool at_end, bool explain, std::vector<Match>& out) const {
  const Use& use = expressions_.uses[index];
  const Code& code = codes_[use.pattern];
  const model::Pattern& pattern = *code.pattern;
  AnchorPlace place = code.plan().places[use.anchor];
  std::uint32_t length = anchor_length(pattern, use.anchor);
  std::vector<Found>& found = scratch().found;
  Decoded& decoded = scratch().decoded;
  found.clear();
  if (use.encoding == Encoding::kPlain) {
    bool stood = code.find({window, hit_end - length, hit_end, at_begin, at_end}, place, explain, found);
    for (Found& candidate : found) {
      out.push_back({static_cast<std::uint32_t>(candidate.begin), static_cast<std::uint32_t>(candidate.end),
                     std::move(candidate.value)});
    }
    if (stood || pattern.generic) return;
    for (Escapes escapes : {Escapes::kPercent, Escapes::kBackslash}) {
      found.clear();
      if (!unescape(window, hit_end - length, escapes, decoded)) continue;
      Text text{decoded.text, decoded.hit, decoded.hit + length, at_begin, at_end};
      bool stands = code.find(text, place, false, found);
      map_back(decoded, escapes == Escapes::kPercent ? "percent" : "escape", true, found, 0, out);
      if (stands) return;
    }
    return;
  }

  std::string_view anchor = pattern.anchors[use.anchor];
  std::uint32_t literal = expressions_.items[use.expression].length;
  auto look = [&](std::string_view chain) {
    if (!std::string_view(decoded.text).substr(std::min(decoded.hit, decoded.text.size())).starts_with(anchor)) {
      return false;
    }
    Text text{decoded.text, decoded.hit, decoded.hit + length, at_begin || !decoded.cut_begin,
              at_end || !decoded.cut_end};
    found.clear();
    bool stood = code.find(text, place, explain, found);
    map_back(decoded, chain, false, found, 0, out);
    return stood;
  };
  std::size_t at = hit_end - literal;
  switch (use.encoding) {
    case Encoding::kBase64:
      for (bool wrapped : {false, true}) {
        if (!decode_base64_around(window, at, kBase64Skip[use.phase], wrapped, decoded)) continue;
        decoded.hit += use.phase;
        if (look("base64")) return;
      }
      break;
    case Encoding::kHex:
      if (decode_hex_around(window, at, decoded)) look("hex");
      break;
    case Encoding::kUtf16:
      if (decode_utf16_around(window, at, decoded)) look("utf-16");
      break;
    case Encoding::kPlain: break;
  }
}

Result<void> Confirmer::compile_all() const {
  for (std::size_t i = 0; i < count_; ++i) {
    const Program& program = codes_[i].program();
    if (!program.expression->ok()) {
      return fail(fmt::format("{}: RE2 cannot compile its regex: {}", codes_[i].pattern->id, program.expression->error()));
    }
    for (const CompiledCompanion& companion : program.companions) {
      if (!companion.expression->ok()) {
        return fail(fmt::format("{}: RE2 cannot compile a companion: {}", codes_[i].pattern->id,
                                companion.expression->error()));
      }
    }
  }
  return {};
}

}  // namespace keywake::matching
