#include "matching/expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/ascii.h"
#include "matching/anchor_place.h"
#include "matching/assignment_anchors.h"
#include "matching/named.h"
#include "matching/regex_tree.h"

namespace keywake::matching {
namespace {

// Base64 of base64 has nine forms, and leaves little of a short anchor.
constexpr std::size_t kShortestTwiceEncodedAnchor = 8;
constexpr std::uint32_t kLongestShape = 1024;
constexpr char kBase64Digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string hex_form(std::string_view literal) {
  std::string out;
  for (unsigned char c : literal) {
    out += "0123456789abcdef"[c >> 4];
    out += "0123456789abcdef"[c & 15];
  }
  return out;
}

// "g\0h\0p\0_" stands in both byte orders of UTF-16; which one it is shows beside it.
std::string utf16_form(std::string_view literal) {
  std::string out;
  for (char c : literal) {
    if (!out.empty()) out += '\0';
    out += c;
  }
  return out;
}

ByteSet set_of(std::string_view bytes) {
  ByteSet out;
  for (unsigned char c : bytes) out.set(c);
  return out;
}

ByteSet any_byte() { return ByteSet().set(); }

// What follows an anchor wherever a match goes on behind it: the next byte of the match, or an escape (matching/decoders.h).
struct Followers {
  ByteSet plain = any_byte();
  ByteSet in_base64 = any_byte();
};

Followers followers_of(const MatchPlan& plan, std::uint32_t anchor, std::size_t length) {
  const AnchorPlace place = plan.places[anchor];
  const std::size_t next = place.latest + length;
  if (!plan.proven || place.earliest != place.latest || next >= plan.lead.size()) return {};
  static const ByteSet kEscapes = set_of("\\%");
  // Base64 may be broken into lines, in a JSON string too.
  static const ByteSet kBase64 = set_of(kBase64Digits) | set_of("=-_\\\r\n\t %");
  return {plan.lead[next] | kEscapes, kBase64};
}

bool reads_assignments(const model::Pattern& pattern) { return pattern.assigned != model::Assigned::kNo || is_named(pattern); }

class Builder {
 public:
  void add(std::string text, bool caseless, bool shape, std::uint32_t length, const ByteSet& after, const Use& use) {
    auto [it, added] = index_.try_emplace({std::move(text), caseless, shape}, uses_.size());
    if (added) {
      built_.expressions.items.push_back({length, shape ? 1U : 0U});
      uses_.emplace_back();
      after_.emplace_back();
    }
    uses_[it->second].push_back(use);
    after_[it->second] |= after;
  }

  void add_literal(const std::string& literal, bool caseless, const ByteSet& after, const Use& use) {
    add(literal, caseless, false, static_cast<std::uint32_t>(literal.size()), after, use);
  }

  void add_sequence(const Sequence& sequence, const ByteSet& after, const Use& use) {
    built_.sequences.push_back({sequence, after, static_cast<std::uint32_t>(uses_.size())});
    built_.expressions.items.push_back({static_cast<std::uint32_t>(sequence.size()), 0});
    uses_.push_back({use});
    after_.push_back(after);
  }

  void add_encoded(std::string_view literal, const Followers& followers, Use use) {
    if (literal.size() < kShortestEncodedAnchor) return;
    auto add_form = [&](Layers layers) {
      use.layers = layers;
      const bool base64 = layers[0].encoding == Encoding::kBase64;
      add_literal(encoded_form(literal, layers), layers[0].encoding == Encoding::kHex, base64 ? followers.in_base64 : any_byte(), use);
    };
    add_form({{{Encoding::kHex}}});
    add_form({{{Encoding::kUtf16}}});
    for (std::uint8_t outer = 0; outer < 3; ++outer) {
      Layer base64{Encoding::kBase64, outer};
      add_form({base64});
      add_form({base64, {Encoding::kUtf16}});
      if (literal.size() < kShortestTwiceEncodedAnchor) continue;
      for (std::uint8_t inner = 0; inner < 3; ++inner)
        add_form({base64, {Encoding::kBase64, inner}});
    }
  }

  Result<BuiltExpressions> finish() {
    Expressions& out = built_.expressions;
    for (const auto& [key, number] : index_) {
      const auto& [text, caseless, shape] = key;
      const auto expression = static_cast<std::uint32_t>(number);
      if (!add_sequences(text, caseless, shape, expression)) {
        return fail(fmt::format("\"{}\" is too short or too vague to look for; give it more definite bytes", text));
      }
    }
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      out.items[i].first_use = static_cast<std::uint32_t>(out.uses.size());
      for (Use use : uses_[i]) {
        use.expression = static_cast<std::uint32_t>(i);
        out.uses.push_back(use);
      }
      out.items[i].last_use = static_cast<std::uint32_t>(out.uses.size());
    }
    return std::move(built_);
  }

 private:
  bool add_sequences(const std::string& text, bool caseless, bool shape, std::uint32_t expression) {
    if (!shape) {
      built_.sequences.push_back({literal_sequence(text, caseless), after_[expression], expression});
      return findable(built_.sequences.back());
    }
    const std::optional<RegexNode> tree = parse_regex(text);
    std::vector<WantedSequence> wanted;
    for (Sequence& sequence : tree ? sequences_of(*tree) : std::vector<Sequence>{}) wanted.push_back({std::move(sequence), any_byte(), expression});
    if (!wanted.empty() && std::all_of(wanted.begin(), wanted.end(), findable)) {
      built_.sequences.insert(built_.sequences.end(), wanted.begin(), wanted.end());
    } else {
      built_.shapes.push_back({text, expression});
    }
    return true;
  }

  std::map<std::tuple<std::string, bool, bool>, std::size_t> index_;
  std::vector<std::vector<Use>> uses_;
  std::vector<ByteSet> after_;
  BuiltExpressions built_;
};

Result<std::uint32_t> shape_length(const model::Pattern& pattern) {
  std::optional<RegexNode> tree = parse_regex(pattern.shape);
  if (!tree) return fail(fmt::format("{}: shape: not a canonical expression", pattern.id));
  std::uint32_t longest = width(*tree).max;
  if (longest > kLongestShape) {
    return fail(fmt::format("{}: shape: a match can be longer than {} bytes; bound its repeats",
                            pattern.id, kLongestShape));
  }
  return longest;
}

}  // namespace

std::string base64_form(std::string_view literal, unsigned phase) {
  // Bits [8 phase, 8 phase + 8 size) of the text are known; character i holds bits [6 i, 6 i + 6).
  std::size_t last = (phase + literal.size()) * 8 / 6;
  std::string out;
  for (std::size_t i = kBase64Skip[phase]; i < last; ++i) {
    unsigned value = 0;
    for (std::size_t bit = 6 * i; bit < 6 * i + 6; ++bit) {
      auto byte = static_cast<unsigned char>(literal[bit / 8 - phase]);
      value = value << 1 | (byte >> (7 - bit % 8) & 1);
    }
    out += kBase64Digits[value];
  }
  return out;
}

std::string encoded_form(std::string_view literal, const Layers& layers) {
  std::string out(literal);
  for (std::size_t i = kMaxLayers; i-- > 0;) {
    switch (layers[i].encoding) {
      case Encoding::kBase64:
        out = base64_form(out, layers[i].phase);
        break;
      case Encoding::kHex:
        out = hex_form(out);
        break;
      case Encoding::kUtf16:
        out = utf16_form(out);
        break;
      case Encoding::kPlain:
        break;
    }
  }
  return out;
}

std::string describe(const Layers& layers) {
  static constexpr std::array<std::string_view, 4> kNames{"", "base64", "hex", "utf-16"};
  std::string out;
  for (const Layer& layer : layers) {
    if (layer.encoding == Encoding::kPlain) break;
    if (!out.empty()) out += " > ";
    out += kNames[static_cast<std::size_t>(layer.encoding)];
  }
  return out;
}

Result<BuiltExpressions> build_expressions(const rules::RuleSet& rules) {
  Builder builder;
  std::span<const model::Pattern> patterns = rules.patterns();
  if (std::any_of(patterns.begin(), patterns.end(), reads_assignments)) {
    Use use{.pattern = Use::kAssignments};
    ByteSet text;  // what a value is made of, and what stands between it and its name
    for (std::size_t c = 0; c < 0x7f; ++c) text.set(c, c >= ' ' || c == '\t' || c == '\n' || c == '\r');
    for (const Sequence& anchor : assignment_anchors()) {
      builder.add_sequence(anchor, text, use);
      ++use.anchor;
    }
  }
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const model::Pattern& pattern = patterns[i];
    Use use{.pattern = static_cast<std::uint32_t>(i)};
    const MatchPlan plan = plan_matches(pattern);
    for (std::string_view anchor : pattern.anchors) {
      if (anchor.empty()) return fail(fmt::format("{}: an anchor is empty", pattern.id));
      const Followers followers = followers_of(plan, use.anchor, anchor.size());
      builder.add_literal(std::string(anchor), false, followers.plain, use);
      if (pattern.within == 0) builder.add_encoded(anchor, followers, use);
      ++use.anchor;
    }
    for (std::string_view keyword : pattern.keywords) {
      if (keyword.empty()) return fail(fmt::format("{}: a keyword is empty", pattern.id));
      std::string text(keyword);
      std::transform(text.begin(), text.end(), text.begin(), to_lower);
      builder.add_literal(text, true, any_byte(), use);
      ++use.anchor;
    }
    if (!pattern.shape.empty()) {
      Result<std::uint32_t> length = shape_length(pattern);
      if (!length) return std::unexpected(length.error());
      builder.add(std::string(pattern.shape), false, true, *length, any_byte(), use);
    }
  }
  return builder.finish();
}

std::uint64_t anchors_fingerprint(const rules::RuleSet& rules) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
  auto mix = [&](std::string_view bytes) {
    for (unsigned char c : bytes) hash = (hash ^ c) * 0x100000001b3ULL;
    hash = (hash ^ bytes.size()) * 0x100000001b3ULL;
  };
  for (const model::Pattern& pattern : rules.patterns()) {
    for (std::string_view anchor : pattern.anchors) mix(anchor);
    mix(pattern.within == 0 ? "|" : "~");
    for (std::string_view keyword : pattern.keywords) mix(keyword);
    mix(reads_assignments(pattern) ? "assignments" : "|");
    mix(pattern.shape);
  }
  return hash;
}

std::uint32_t anchor_count(const model::Pattern& pattern) {
  return static_cast<std::uint32_t>(pattern.anchors.size() + pattern.keywords.size() +
                                    (pattern.shape.empty() ? 0 : 1));
}

bool valid(const Use& use, std::span<const model::Pattern> patterns) {
  if (use.assignments()) return use.anchor < assignment_anchors().size();
  return use.pattern < patterns.size() && use.anchor < anchor_count(patterns[use.pattern]);
}

std::uint32_t anchor_length(const Use& use, std::span<const model::Pattern> patterns) {
  if (use.assignments()) return static_cast<std::uint32_t>(assignment_anchors()[use.anchor].size());
  const model::Pattern& pattern = patterns[use.pattern];
  std::uint32_t anchor = use.anchor;
  if (anchor < pattern.anchors.size())
    return static_cast<std::uint32_t>(pattern.anchors[anchor].size());
  anchor -= static_cast<std::uint32_t>(pattern.anchors.size());
  if (anchor < pattern.keywords.size())
    return static_cast<std::uint32_t>(pattern.keywords[anchor].size());
  return 1;
}

}  // namespace keywake::matching
