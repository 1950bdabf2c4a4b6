// Example of reaches: in "xx ghp_<36 characters> yy" with the anchor "ghp_", which begins the
// match, the window begins kContext bytes before the "g" and ends 36 + kEscapeSlack + kContext
// bytes after the "_". In base64 it is seven fifths as wide.
#include "matching/confirm.h"

#include <algorithm>

#include "base/base64.h"
#include "matching/assignment.h"
#include "matching/decoders.h"
#include "matching/pattern_code.h"

namespace keywake::matching {
namespace {

constexpr std::uint32_t kContext = 8;       // \b needs one byte; an escape before a match up to six
constexpr std::uint32_t kEscapeSlack = 32;  // what escapes inside a match may add to its length

std::uint32_t companion_reach(const model::Pattern& pattern) {
  std::uint32_t reach = 0;
  for (const model::Companion& companion : pattern.companions)
    reach = std::max(reach, companion.within);
  return reach;
}

// The reach in text as it stands, for an anchor of `length` bytes at `place`.
Reach plain_reach(const model::Pattern& pattern, std::uint32_t length, AnchorPlace place) {
  std::uint32_t around = companion_reach(pattern) + kContext;
  std::uint32_t longest = pattern.max_length;
  if (pattern.within > 0) {
    std::uint32_t far = pattern.within + longest + kEscapeSlack + around;
    return {length + far, far};
  }
  std::uint32_t rest = longest > place.earliest + length ? longest - place.earliest - length : 0;
  std::uint32_t slack = place.latest > 0 ? kEscapeSlack : 0;
  return {length + place.latest + slack + around, rest + kEscapeSlack + around};
}

Reach assignment_reach(std::uint32_t length, std::uint32_t companions) {
  return {length + kNameReach + std::max(kNamedReach, companions) + kContext, kValueReach + companions + kContext};
}

Reach encoded_reach(Reach reach, const Layers& layers) {
  for (const Layer& layer : layers) {
    auto stretch = [&](std::uint32_t& bytes) {
      switch (layer.encoding) {
        case Encoding::kBase64:
          bytes = bytes * 7 / 5 + 8;
          break;  // 4/3, and line ends
        case Encoding::kHex:
        case Encoding::kUtf16:
          bytes = bytes * 2 + 2;
          break;
        case Encoding::kPlain:
          break;
      }
    };
    stretch(reach.before);
    stretch(reach.after);
  }
  return reach;
}

// A hit itself depends on the bytes of its expression, on one behind them and, for shapes, on one before them.
Reach with_hit(Reach reach, const Expression& expression) {
  reach.before = std::max(reach.before, expression.length + 1);
  reach.after = std::max<std::uint32_t>(reach.after, 1);
  return reach;
}

// What one thread decodes into, so that a hit allocates nothing once the buffers have grown.
struct Scratch {
  std::array<Decoded, kMaxLayers> decoded;
  std::vector<Found> found;
};
Scratch& scratch() {
  thread_local Scratch instance;
  return instance;
}

bool is_plain(const Layers& layers) {
  return layers[0].encoding == Encoding::kPlain;
}

std::uint32_t narrow(std::size_t offset) {
  return static_cast<std::uint32_t>(offset);
}

// Finds made in decoded text, moved to where they stand in its source.
void map_back(const Decoded& decoded, std::vector<Found>& found) {
  for (Found& item : found) {
    item.end = decoded.ends[item.end - 1];
    item.begin = decoded.begins[item.begin];
  }
}

void hand_over(std::vector<Found>& found, std::vector<Match>& out) {
  for (Found& item : found)
    out.push_back({narrow(item.begin), narrow(item.end), std::move(item.value)});
}

// The text as it stands, and if nothing in it stood, with its escapes resolved.
void confirm_plain(const PatternCode& code, const Text& text, AnchorPlace place, bool explain,
                   std::vector<Match>& out) {
  std::vector<Found>& found = scratch().found;
  found.clear();
  bool stood = code.find(text, place, explain, found);
  hand_over(found, out);
  if (stood || code.pattern().provider == "generic") return;
  Decoded& decoded = scratch().decoded[0];
  for (Escapes escapes : {Escapes::kPercent, Escapes::kBackslash}) {
    if (!unescape(text.bytes, text.hit_begin, escapes, decoded)) continue;
    std::size_t length = text.hit_end - text.hit_begin;
    found.clear();
    stood = code.find({decoded.text, decoded.hit, decoded.hit + length, text.at_begin, text.at_end},
                      place, false, found);
    for (Found& item : found) {
      bool escaped =
          decoded.ends[item.end - 1] - decoded.begins[item.begin] != item.end - item.begin;
      if (escaped) item.value.decoded = escapes == Escapes::kPercent ? "percent" : "escape";
    }
    map_back(decoded, found);
    hand_over(found, out);
    if (stood) return;
  }
}

bool decode(std::string_view source, std::size_t at, Layer layer, bool wrapped, Decoded& out) {
  switch (layer.encoding) {
    case Encoding::kBase64:
      if (!decode_base64_around(source, at, kBase64Skip[layer.phase], wrapped, out)) return false;
      out.hit += layer.phase;
      return true;
    case Encoding::kHex:
      return decode_hex_around(source, at, out);
    case Encoding::kUtf16:
      return decode_utf16_around(source, at, out);
    case Encoding::kPlain:
      break;
  }
  return false;
}

// Peels the layers off the text around the hit and looks inside. True if something stood. `broken`: base64 of several lines may say more.
bool confirm_encoded(const PatternCode& code, const Use& use, Text text, AnchorPlace place,
                     bool wrapped, bool explain, std::vector<Match>& out, bool& broken) {
  Scratch& buffers = scratch();
  std::size_t depth = 0;
  for (; depth < kMaxLayers && use.layers[depth].encoding != Encoding::kPlain; ++depth) {
    Decoded& decoded = buffers.decoded[depth];
    const bool good = decode(text.bytes, text.hit_begin, use.layers[depth], wrapped, decoded);
    broken |= decoded.broken;
    if (!good) return false;
    text = {decoded.text, decoded.hit, 0, text.at_begin || !decoded.cut_begin,
            text.at_end || !decoded.cut_end};
  }
  std::string_view anchor = code.pattern().anchors[use.anchor];
  if (text.hit_begin > text.bytes.size() || !text.bytes.substr(text.hit_begin).starts_with(anchor))
    return false;
  text.hit_end = text.hit_begin + anchor.size();
  buffers.found.clear();
  bool stood = code.find(text, place, explain, buffers.found);
  for (Found& item : buffers.found) item.value.decoded = describe(use.layers);
  while (depth > 0) map_back(buffers.decoded[--depth], buffers.found);
  hand_over(buffers.found, out);
  return stood;
}

}  // namespace

Confirmer::Confirmer(const rules::RuleSet& rules, ExpressionTables expressions)
    : patterns_(rules.patterns()), codes_(patterns_.begin(), patterns_.end()), assignments_(patterns_, codes_), expressions_(expressions) {}
Confirmer::~Confirmer() = default;

Reach Confirmer::reach_bound(std::uint32_t index) const {
  const Use& use = expressions_.uses[index];
  if (use.assignments()) return assignment_reach(length_of(use), assignments_.companions());
  const model::Pattern& pattern = patterns_[use.pattern];
  Reach plain = plain_reach(pattern, length_of(use), {0, pattern.max_length});
  return with_hit(encoded_reach(plain, use.layers), expressions_.items[use.expression]);
}

Reach Confirmer::hit_reach_bound(std::uint32_t index) const {
  const Use& use = expressions_.uses[index];
  const Expression& expression = expressions_.items[use.expression];
  std::uint32_t length = std::max(expression.length, length_of(use));
  if (use.assignments()) return {length + kNameReach, kGlanceReach};
  return {length + kMaxLead + kContext, std::max(kMaxLead, kMaxTail)};
}

Reach Confirmer::reach(std::uint32_t index) const {
  const Use& use = expressions_.uses[index];
  if (use.assignments()) return assignment_reach(length_of(use), assignments_.companions());
  const PatternCode& code = codes_[use.pattern];
  Reach plain = plain_reach(code.pattern(), length_of(use), code.plan().places[use.anchor]);
  return with_hit(encoded_reach(plain, use.layers), expressions_.items[use.expression]);
}

namespace {

bool is_escape(char c) { return c == '\\' || c == '%'; }

constexpr std::uint32_t kPeek = 6;         // bytes behind an anchor in base64
constexpr std::uint32_t kPeekReach = 12;   // the characters that they take

bool in_base64_alone(const Layers& layers) { return layers[0].encoding == Encoding::kBase64 && is_plain({layers[1], {}}); }

// Whether the base64 from `at` on, where an anchor of `length` bytes begins `phase` bytes into a triple, can go on as the sets say: most
// hits of short anchors in base64 are chance, and to decode all around them costs a thousand times as much. Where the base64 ends, or a
// line, nothing is said.
bool base64_may_go_on(std::string_view blob, std::size_t at, unsigned phase, std::size_t length, std::span<const ByteSet> behind) {
  const std::size_t first_bit = 6 * kBase64Skip[phase];
  for (std::size_t i = 0; i < std::min<std::size_t>(behind.size(), kPeek); ++i) {
    const std::size_t bit = 8 * (phase + length + i) - first_bit;
    const std::size_t character = at + bit / 6;
    if (character + 1 >= blob.size()) return true;
    const std::uint8_t high = base64_value(blob[character]);
    const std::uint8_t low = base64_value(blob[character + 1]);
    if (high == kNoBase64 || low == kNoBase64) return true;
    const auto pair = static_cast<unsigned>(high << 6 | low);  // the byte begins 0, 2 or 4 bits into it
    const unsigned byte = pair >> (4 - bit % 6) & 0xff;
    if (behind[i].test(byte)) continue;
    return is_escape(static_cast<char>(byte));
  }
  return true;
}

// Whether matches begin at a known distance from the hit, so that their first bytes can be looked
// at.
bool begins_at_known_place(const PatternCode& code, const Use& use) {
  if (!is_plain(use.layers) || code.pattern().within > 0) return false;
  AnchorPlace place = code.plan().places[use.anchor];
  return place.earliest == place.latest && place.latest <= kMaxLead;
}

}  // namespace

Reach Confirmer::hit_reach(std::uint32_t index) const {
  const Use& use = expressions_.uses[index];
  const Expression& expression = expressions_.items[use.expression];
  Reach literal{expression.length + expression.shape, 1};  // what follows decides too, and for a shape what precedes
  if (use.assignments()) return {literal.before + kNameReach, kGlanceReach};
  const PatternCode& code = codes_[use.pattern];
  if (!code.plan().tail.empty() && is_plain(use.layers)) return {literal.before, kMaxTail};
  if (in_base64_alone(use.layers)) return {literal.before, std::max(literal.after, kPeekReach)};
  if (!begins_at_known_place(code, use)) return literal;
  const MatchPlan& plan = code.plan();
  std::uint32_t before = length_of(use) + plan.places[use.anchor].latest;
  std::uint32_t lead = narrow(plan.lead.size());
  return {std::max(literal.before, before + kContext),
          std::max(literal.after, lead > before ? lead - before : 0)};
}

bool Confirmer::possible(std::uint32_t index, std::string_view blob, std::uint32_t hit_end) const {
  const Use& use = expressions_.uses[index];
  if (use.assignments()) return may_be_assigned(blob, hit_end - length_of(use), hit_end);
  const PatternCode& code = codes_[use.pattern];
  const MatchPlan& plan = code.plan();
  if (!plan.tail.empty() && is_plain(use.layers)) return takes_steps(blob.substr(hit_end), plan.tail);
  if (in_base64_alone(use.layers) && code.pattern().within == 0 && plan.proven) {
    const AnchorPlace place = plan.places[use.anchor];
    const std::size_t next = place.latest + length_of(use);
    if (place.earliest != place.latest || next >= plan.lead.size()) return true;
    const std::uint32_t form = expressions_.items[use.expression].length;
    return base64_may_go_on(blob, hit_end - form, use.layers[0].phase, length_of(use), std::span(plan.lead).subspan(next));
  }
  if (!begins_at_known_place(code, use)) return true;
  AnchorPlace place = plan.places[use.anchor];
  std::uint32_t length = length_of(use);
  if (length + place.latest > hit_end) return false;
  std::size_t begin = hit_end - length - place.latest;
  if (plan.boundary_first && begin > 0 && is_word(static_cast<unsigned char>(blob[begin - 1])) &&
      !escape_ends_at(blob, begin)) {
    return false;
  }
  for (std::size_t i = 0; i < plan.lead.size(); ++i) {
    if (begin + i >= blob.size()) return false;
    if (plan.lead[i].test(static_cast<unsigned char>(blob[begin + i]))) continue;
    if (is_escape(blob[begin + i]) || (i < place.latest && escape_ends_at(blob, begin + i + 1))) return true;
    // An escape between the beginning and the anchor would have shifted the one.
    return place.latest > 0 && std::any_of(blob.begin() + begin, blob.begin() + hit_end, is_escape);
  }
  return true;
}

void Confirmer::confirm(std::uint32_t index, std::string_view window, std::uint32_t hit_end,
                        bool at_begin, bool at_end, bool explain, std::vector<Match>& out) const {
  const Use& use = expressions_.uses[index];
  if (use.assignments()) {
    std::vector<Found>& found = scratch().found;
    found.clear();
    assignments_.find({window, hit_end - length_of(use), hit_end, at_begin, at_end}, explain, found);
    return hand_over(found, out);
  }
  const PatternCode& code = codes_[use.pattern];
  AnchorPlace place = code.plan().places[use.anchor];
  if (is_plain(use.layers)) {
    std::uint32_t length = length_of(use);
    return confirm_plain(code, {window, hit_end - length, hit_end, at_begin, at_end}, place,
                         explain, out);
  }
  std::size_t at = hit_end - expressions_.items[use.expression].length;
  const Text text{window, at, hit_end, at_begin, at_end};
  bool broken = false;
  if (confirm_encoded(code, use, text, place, false, explain, out, broken)) return;
  if (broken && use.layers[0].encoding == Encoding::kBase64) confirm_encoded(code, use, text, place, true, explain, out, broken);
}

Result<void> Confirmer::compile_all() const {
  for (const PatternCode& code : codes_) {
    if (Result<void> compiled = code.compile(); !compiled) return compiled;
  }
  return {};
}

}  // namespace keywake::matching
