// The proof that every match contains an anchor goes over the expression as a sequence of items.
// Neighbouring items that stand for few strings, such as `(?:ghp|gho)` and `_`, are multiplied out
// into a run ("ghp_", "gho_"); a run proves the claim if each of its strings contains some anchor,
// and the width of what precedes it bounds the anchor's place. An item that is an alternation
// proves it if each branch does. The first run or item that proves it is taken.
#include "matching/anchor_place.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "matching/named.h"

namespace keywake::matching {
namespace {

constexpr std::size_t kMaxStrings = 128;
constexpr double kLeastRunWeight = 16;

using Strings = std::set<std::string>;

char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

struct Literal {
  std::string text;
  std::size_t index;  // Use::anchor
};

class Prover {
 public:
  Prover(std::vector<Literal> literals, bool folded, std::vector<AnchorPlace>& places)
      : literals_(std::move(literals)), folded_(folded), places_(places) {}

  // Whether every match of `node` contains a literal; then places_ allows for it.
  bool prove(const RegexNode& node, Width before) {
    switch (node.kind) {
      case RegexNode::Kind::kConcat:
        return prove_sequence(node.children, before, {""}, before);
      case RegexNode::Kind::kAlternate:
        return std::all_of(node.children.begin(), node.children.end(),
                           [&](const RegexNode& child) { return prove(child, before); });
      case RegexNode::Kind::kRepeat:
        return node.min > 0 && prove(node.children.front(), before);
      default:
        return false;
    }
  }

 private:
  // `run` stands right before the items; run_before is the width of what precedes it.
  bool prove_sequence(std::span<const RegexNode> items, Width before, Strings run,
                      Width run_before) {
    for (const RegexNode& item : items) {
      std::optional<Strings> strings = exact(item);
      std::optional<Strings> longer = strings ? product(run, *strings) : std::nullopt;
      if (!longer) {
        if (prove_run(run, run_before)) return true;
        if (!strings && prove_after(item, before, run, run_before)) return true;
        run_before = strings ? before : sum(before, width(item));
        longer = strings ? *strings : Strings{""};
      }
      run = std::move(*longer);
      before = sum(before, width(item));
    }
    return prove_run(run, run_before);
  }

  // The same for one item after a run: the run goes on into each branch of an alternation.
  bool prove_after(const RegexNode& item, Width before, const Strings& run, Width run_before) {
    if (item.kind != RegexNode::Kind::kAlternate) return prove(item, before);
    return std::all_of(item.children.begin(), item.children.end(), [&](const RegexNode& branch) {
      bool sequence = branch.kind == RegexNode::Kind::kConcat;
      return prove_sequence(sequence ? std::span(branch.children) : std::span(&branch, 1), before,
                            run, run_before);
    });
  }

  bool prove_run(const Strings& run, Width before) {
    std::vector<std::pair<std::size_t, AnchorPlace>> found;
    for (const std::string& text : run) {
      std::size_t known = found.size();
      for (const Literal& literal : literals_) {
        std::size_t at = text.find(literal.text);
        if (at == std::string::npos) continue;
        auto offset = static_cast<std::uint32_t>(at);
        found.push_back({literal.index, {before.min + offset, sum(before, {offset, offset}).max}});
      }
      if (found.size() == known) return false;
    }
    for (const auto& [index, place] : found) {
      places_[index].earliest = std::min(places_[index].earliest, place.earliest);
      places_[index].latest = std::max(places_[index].latest, place.latest);
    }
    return !found.empty();
  }

  static Width sum(Width a, Width b) {
    auto add = [](std::uint32_t x, std::uint32_t y) {
      return static_cast<std::uint32_t>(
          std::min<std::uint64_t>(std::uint64_t{x} + y, RegexNode::kNoMax));
    };
    return {add(a.min, b.min), add(a.max, b.max)};
  }

  static std::optional<Strings> product(const Strings& a, const Strings& b) {
    if (a.size() * b.size() > kMaxStrings) return std::nullopt;
    Strings out;
    for (const std::string& x : a) {
      for (const std::string& y : b) out.insert(x + y);
    }
    return out;
  }

  // All strings that the node matches, if they are few.
  std::optional<Strings> exact(const RegexNode& node) const {
    switch (node.kind) {
      case RegexNode::Kind::kBytes:
        return exact_bytes(node.bytes);
      case RegexNode::Kind::kConcat:
        return exact_sequence(node.children, 1, 1);
      case RegexNode::Kind::kRepeat:
        return exact_sequence(node.children, node.min, node.max);
      case RegexNode::Kind::kAlternate: {
        Strings out;
        for (const RegexNode& child : node.children) {
          std::optional<Strings> strings = exact(child);
          if (!strings) return std::nullopt;
          out.merge(*strings);
        }
        if (out.size() > kMaxStrings) return std::nullopt;
        return out;
      }
      default:
        return Strings{""};
    }
  }

  std::optional<Strings> exact_bytes(const ByteSet& bytes) const {
    if (bytes.count() > kMaxStrings) return std::nullopt;
    Strings out;
    for (unsigned c = 0; c < 256; ++c) {
      if (!bytes.test(c)) continue;
      auto byte = static_cast<char>(c);
      out.insert(std::string(1, folded_ ? fold(byte) : byte));
    }
    return out;
  }

  std::optional<Strings> exact_sequence(std::span<const RegexNode> items, std::uint32_t min,
                                        std::uint32_t max) const {
    if (max > 64) return std::nullopt;
    Strings once{""};
    for (const RegexNode& item : items) {
      std::optional<Strings> strings = exact(item);
      if (!strings) return std::nullopt;
      strings = product(once, *strings);
      if (!strings) return std::nullopt;
      once = std::move(*strings);
    }
    Strings out;
    Strings power{""};
    for (std::uint32_t n = 0;; ++n) {
      if (n >= min) out.insert(power.begin(), power.end());
      if (n == max) break;
      std::optional<Strings> next = product(power, once);
      if (!next) return std::nullopt;
      power = std::move(*next);
    }
    if (out.size() > kMaxStrings) return std::nullopt;
    return out;
  }

  std::vector<Literal> literals_;
  bool folded_;
  std::vector<AnchorPlace>& places_;
};

// Appends the sets that the first bytes of `node` fall in. True if what follows the node stands
// right after them.
bool append_lead(const RegexNode& node, std::vector<ByteSet>& lead, bool& boundary_first) {
  if (lead.size() >= kMaxLead) return false;
  switch (node.kind) {
    case RegexNode::Kind::kEmpty:
      return true;
    case RegexNode::Kind::kNotBoundary:
      return true;
    case RegexNode::Kind::kBoundary:
      if (lead.empty()) boundary_first = true;
      return true;
    case RegexNode::Kind::kBytes:
      lead.push_back(node.bytes);
      return true;
    case RegexNode::Kind::kConcat:
      return std::all_of(node.children.begin(), node.children.end(), [&](const RegexNode& child) {
        return append_lead(child, lead, boundary_first);
      });
    case RegexNode::Kind::kRepeat:
      for (std::uint32_t i = 0; i < node.min; ++i) {
        if (!append_lead(node.children.front(), lead, boundary_first)) return false;
      }
      return node.min == node.max;
    case RegexNode::Kind::kAlternate:
      break;
  }
  std::vector<ByteSet> merged;
  std::size_t shortest = std::size_t{kMaxLead};
  std::size_t longest = 0;
  bool fixed = true;
  for (const RegexNode& child : node.children) {
    std::vector<ByteSet> branch;
    bool ignored = false;
    fixed &= append_lead(child, branch, ignored);
    shortest = std::min(shortest, branch.size());
    longest = std::max(longest, branch.size());
    merged.resize(std::max(merged.size(), branch.size()));
    for (std::size_t i = 0; i < branch.size(); ++i) merged[i] |= branch[i];
  }
  lead.insert(lead.end(), merged.begin(), merged.begin() + static_cast<std::ptrdiff_t>(shortest));
  return fixed && shortest == longest;
}

bool equal(const RegexNode& a, const RegexNode& b) {
  return a.kind == b.kind && a.bytes == b.bytes && a.min == b.min && a.max == b.max &&
         std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(),
                    equal);
}

// One set of bytes, so many times.
struct Repeated {
  ByteSet bytes;
  std::uint32_t min = 0;
  std::uint32_t max = 0;
};
std::optional<Repeated> as_repeated(const RegexNode& node) {
  if (node.kind == RegexNode::Kind::kBytes) return Repeated{node.bytes, 1, 1};
  if (node.kind != RegexNode::Kind::kRepeat ||
      node.children.front().kind != RegexNode::Kind::kBytes)
    return std::nullopt;
  return Repeated{node.children.front().bytes, node.min, node.max};
}

std::span<const RegexNode> items_of(const RegexNode& node) {
  return node.kind == RegexNode::Kind::kConcat ? std::span(node.children) : std::span(&node, 1);
}

// Whether every match of `whole` begins with a match of `front`: both are the same sequence of
// items, as far as `front` goes, whose last item may be the beginning of a longer repeat.
bool begins_with(const RegexNode& whole, const RegexNode& front) {
  std::span<const RegexNode> items = items_of(whole);
  std::span<const RegexNode> wanted = items_of(front);
  std::size_t at = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    while (at < items.size() && items[at].kind == RegexNode::Kind::kBoundary &&
           wanted[i].kind != items[at].kind)
      ++at;
    if (at == items.size()) return false;
    if (equal(items[at], wanted[i])) {
      ++at;
      continue;
    }
    std::optional<Repeated> have = as_repeated(items[at]);
    std::optional<Repeated> want = as_repeated(wanted[i]);
    return i + 1 == wanted.size() && have && want && want->min == want->max &&
           have->min >= want->min && (have->bytes & ~want->bytes).none();
  }
  return true;
}

// How telling a run is: bits that it would take random bytes to have it.
double weight(const RequiredRun& run) {
  return run.length *
         std::log2(256.0 / static_cast<double>(std::max<std::size_t>(run.bytes.count(), 1)));
}

RequiredRun required_run(const RegexNode& node) {
  RequiredRun best;
  switch (node.kind) {
    case RegexNode::Kind::kBytes:
      return {node.bytes, 1, {}};
    case RegexNode::Kind::kRepeat:
      if (node.min == 0) return {};
      best = required_run(node.children.front());
      if (node.children.front().kind == RegexNode::Kind::kBytes) best.length = node.min;
      return best;
    case RegexNode::Kind::kConcat:
      for (const RegexNode& child : node.children) {
        RequiredRun run = required_run(child);
        if (weight(run) > weight(best)) best = run;
      }
      return best;
    case RegexNode::Kind::kAlternate:
      best.length = RegexNode::kNoMax;
      for (const RegexNode& child : node.children) {
        RequiredRun run = required_run(child);
        best.bytes |= run.bytes;
        best.length = std::min(best.length, run.length);
      }
      return best;
    default:
      return {};
  }
}

// Groups and sequences in sequences, as one.
void flatten(const RegexNode& node, std::vector<const RegexNode*>& out) {
  if (node.kind != RegexNode::Kind::kConcat) {
    out.push_back(&node);
    return;
  }
  for (const RegexNode& child : node.children) flatten(child, out);
}

std::vector<Step> steps_behind(const RegexNode& tree, std::string_view anchor) {
  std::vector<const RegexNode*> items;
  flatten(tree, items);
  auto is_char = [&](std::size_t i, char c) {
    return i < items.size() && items[i]->kind == RegexNode::Kind::kBytes && items[i]->bytes.count() == 1 && items[i]->bytes.test(static_cast<unsigned char>(c));
  };
  auto stands_at = [&](std::size_t at) {
    for (std::size_t i = 0; i < anchor.size(); ++i) {
      if (!is_char(at + i, anchor[i])) return false;
    }
    return true;
  };
  std::size_t at = 0;
  while (at < items.size() && !stands_at(at)) ++at;
  if (at == items.size()) return {};
  std::vector<Step> steps;
  std::uint32_t longest = 0;
  for (at += anchor.size(); at < items.size(); ++at) {
    if (items[at]->kind == RegexNode::Kind::kBoundary) continue;
    std::optional<Repeated> next = as_repeated(*items[at]);
    const bool clear = next && (steps.empty() || steps.back().min == steps.back().max || (steps.back().bytes & next->bytes).none());
    if (!clear || longest + std::uint64_t{next->max} > kMaxTail) break;
    longest += next->max;
    steps.push_back({next->bytes, next->min, next->max});
  }
  return steps;
}

}  // namespace

bool takes_steps(std::string_view text, const std::vector<Step>& steps) {
  std::size_t at = 0;
  for (const Step& step : steps) {
    std::uint32_t taken = 0;
    while (taken < step.max && at < text.size() && step.bytes.test(static_cast<unsigned char>(text[at]))) ++at, ++taken;
    if (taken < step.min) return false;
  }
  return true;
}

bool has_run(std::string_view text, const RequiredRun& run) {
  auto in = [&](std::size_t i) { return run.table[static_cast<unsigned char>(text[i])]; };
  // Every run of that length covers one of the bytes looked at; from there it is measured
  // backwards.
  for (std::size_t last = run.length - 1; last < text.size();) {
    std::size_t i = last + 1;
    while (i > last + 1 - run.length && in(i - 1)) --i;
    if (i + run.length == last + 1) return true;
    last = i - 1 + run.length;
  }
  return false;
}

MatchPlan plan_matches(const model::Pattern& pattern) {
  MatchPlan plan;
  std::size_t literals = pattern.anchors.size() + pattern.keywords.size();
  std::size_t count = literals + (pattern.shape.empty() ? 0 : 1);
  auto allow_all = [&] { plan.places.assign(count, AnchorPlace{0, pattern.max_length}); };
  allow_all();
  if (pattern.assigned != model::Assigned::kNo) return plan;
  std::optional<RegexNode> tree = parse_regex(pattern.regex);
  if (!tree) return plan;
  append_lead(*tree, plan.lead, plan.boundary_first);
  if (plan.lead.size() > kMaxLead) plan.lead.resize(kMaxLead);
  plan.run = required_run(*tree);
  if (weight(plan.run) < kLeastRunWeight) plan.run = {};
  for (unsigned c = 0; c < 256; ++c) plan.run.table[c] = plan.run.bytes.test(c);
  ByteSet words;
  for (unsigned c = 0; c < 256; ++c) words.set(c, is_word(static_cast<unsigned char>(c)));
  plan.boundary_first &= !plan.lead.empty() && (plan.lead.front() & ~words).none();
  if (pattern.within > 0 || is_named(pattern)) return plan;
  if (literals == 0) {
    // A shape is placed by its last byte.
    std::optional<RegexNode> shape = parse_regex(pattern.shape);
    if (shape && begins_with(*tree, *shape)) {
      Width length = width(*shape);
      plan.proven = true;
      if (length.min > 0)
        plan.places.back() = {length.min - 1, std::min(length.max - 1, pattern.max_length)};
    }
    return plan;
  }

  std::vector<Literal> exact;
  std::vector<Literal> any_case;
  for (std::size_t i = 0; i < pattern.anchors.size(); ++i)
    exact.push_back({std::string(pattern.anchors[i]), i});
  for (std::size_t i = 0; i < pattern.keywords.size(); ++i) {
    std::string text(pattern.keywords[i]);
    std::transform(text.begin(), text.end(), text.begin(), fold);
    any_case.push_back({std::move(text), pattern.anchors.size() + i});
  }
  for (bool folded : {false, true}) {
    plan.places.assign(count, AnchorPlace{RegexNode::kNoMax, 0});
    if (Prover(folded ? any_case : exact, folded, plan.places).prove(*tree, {})) {
      plan.proven = true;
      break;
    }
  }
  if (!plan.proven) allow_all();
  // Generic patterns are not looked for in escaped text, so what follows the anchor is there as it stands.
  const bool one_anchor = count == 1 && pattern.anchors.size() == 1;
  if (plan.proven && one_anchor && plan.places[0].earliest != plan.places[0].latest && pattern.generic) {
    plan.tail = steps_behind(*tree, pattern.anchors[0]);
  }
  for (AnchorPlace& place : plan.places) {
    place.latest = std::min(place.latest, pattern.max_length);
    // An anchor that no match was shown to need is looked for where it leads to nothing new.
    if (place.earliest > place.latest) place = {0, 0};
  }
  return plan;
}

}  // namespace keywake::matching
