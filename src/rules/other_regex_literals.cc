#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "rules/other_regex_tree_internal.h"

namespace keywake::rules::other {
namespace {

constexpr std::size_t kMaxLiterals = 48;  // of one set
constexpr std::size_t kShortestLiteral = 3;
constexpr std::size_t kLongestLiteral = 64;

// All that a part of an expression can match, if that is little.
struct Exact {
  std::vector<std::string> texts;
  bool any_case = false;
};

class LiteralFinder {
 public:
  explicit LiteralFinder(std::uint32_t secret) : secret_(secret) {}

  std::vector<RequiredLiterals> run(const Node& root) {
    walk(root, secret_ == 0);
    if (auto all = exact(root)) take(*all, secret_ == 0);
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return worth(a) > worth(b); });
    return std::move(found_);
  }

 private:
  static std::size_t shortest(const std::vector<std::string>& texts) {
    std::size_t out = SIZE_MAX;
    for (const std::string& text : texts) out = std::min(out, text.size());
    return out;
  }
  static std::size_t worth(const RequiredLiterals& set) {
    return std::min<std::size_t>(shortest(set.literals), 12) * 8 + (set.any_case ? 0 : 4) + (set.literals.size() == 1 ? 3 : set.literals.size() < 5 ? 2 : 0);
  }

  void take(const Exact& run, bool in_secret) {
    if (run.texts.empty() || shortest(run.texts) < kShortestLiteral) return;
    RequiredLiterals out{{}, run.any_case, in_secret};
    for (const std::string& text : run.texts) out.literals.push_back((run.any_case ? lowered(text) : text).substr(0, kLongestLiteral));
    std::sort(out.literals.begin(), out.literals.end());
    out.literals.erase(std::unique(out.literals.begin(), out.literals.end()), out.literals.end());
    found_.push_back(std::move(out));
  }

  // Whatever stands in every match, part by part.
  void walk(const Node& node, bool in_secret) {
    in_secret |= node.kind == Kind::kGroup && node.capture != 0 && node.capture == secret_;
    if (node.kind == Kind::kSequence) return walk_sequence(node, in_secret);
    if (node.kind == Kind::kGroup || (node.kind == Kind::kRepeat && node.least > 0)) return walk(node.children[0], in_secret);
    if (node.kind != Kind::kAlternatives) return;
    if (node.children.size() == 1) return walk(node.children[0], in_secret);
    // One literal of each alternative.
    RequiredLiterals joined{{}, false, in_secret};
    for (const Node& child : node.children) {
      LiteralFinder finder(secret_);
      auto of_child = finder.run(child);
      if (of_child.empty()) return;
      joined.any_case |= of_child.front().any_case;
      joined.literals.insert(joined.literals.end(), of_child.front().literals.begin(), of_child.front().literals.end());
      if (joined.literals.size() > kMaxLiterals) return;
    }
    take({joined.literals, joined.any_case}, in_secret);
  }

  void walk_sequence(const Node& node, bool in_secret) {
    Exact run{{""}, false};
    for (const Node& child : node.children) {
      auto next = exact(child);
      if (next && !add(run, *next)) next.reset();
      if (next) continue;
      take(run, in_secret);
      run = {{""}, false};
      walk(child, in_secret);
      if (auto again = exact(child)) run = *again;
    }
    take(run, in_secret);
  }

  static bool add(Exact& run, const Exact& next) {
    if (run.texts.size() * next.texts.size() > kMaxLiterals || shortest(run.texts) >= kLongestLiteral) return false;
    std::vector<std::string> out;
    for (const std::string& head : run.texts) {
      for (const std::string& tail : next.texts) out.push_back(head + tail);
    }
    run.texts = std::move(out);
    run.any_case |= next.any_case;
    return true;
  }

  static std::optional<Exact> exact(const Node& node) {
    switch (node.kind) {
      case Kind::kWord:
      case Kind::kNoWord:
      case Kind::kBegin:
      case Kind::kEnd:
        return Exact{{""}, false};
      case Kind::kSet: {
        if (node.set.count() > 16) return std::nullopt;
        Exact out{{}, false};
        for (std::size_t c = 0; c < 256; ++c) {
          if (!node.set[c]) continue;
          const bool letter = is_letter(static_cast<char>(c));
          if (node.any_case && letter && is_upper(static_cast<char>(c))) continue;
          out.any_case |= node.any_case && letter;
          out.texts.emplace_back(1, static_cast<char>(c));
        }
        return out;
      }
      case Kind::kGroup:
        return exact(node.children[0]);
      case Kind::kSequence: {
        Exact out{{""}, false};
        for (const Node& child : node.children) {
          const auto next = exact(child);
          if (!next || !add(out, *next)) return std::nullopt;
        }
        return out;
      }
      case Kind::kAlternatives: {
        Exact out;
        for (const Node& child : node.children) {
          auto next = exact(child);
          if (!next || out.texts.size() + next->texts.size() > kMaxLiterals) return std::nullopt;
          out.any_case |= next->any_case;
          out.texts.insert(out.texts.end(), next->texts.begin(), next->texts.end());
        }
        return out;
      }
      case Kind::kRepeat: {
        if (node.most > 4) return std::nullopt;
        const auto once = exact(node.children[0]);
        if (!once) return std::nullopt;
        Exact out{{}, once->any_case};
        Exact so_far{{""}, once->any_case};
        for (std::uint32_t i = 0; i <= node.most; ++i) {
          if (i >= node.least) out.texts.insert(out.texts.end(), so_far.texts.begin(), so_far.texts.end());
          if (i < node.most && !add(so_far, *once)) return std::nullopt;
        }
        if (out.texts.size() > kMaxLiterals) return std::nullopt;
        return out;
      }
    }
    return std::nullopt;
  }

  std::uint32_t secret_;
  std::vector<RequiredLiterals> found_;
};

}  // namespace

std::vector<RequiredLiterals> required_literals(const Node& root, std::uint32_t secret) { return LiteralFinder(secret).run(root); }

}  // namespace keywake::rules::other
