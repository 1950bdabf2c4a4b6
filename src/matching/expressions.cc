#include "matching/expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "matching/regex_tree.h"

namespace keywake::matching {
namespace {

constexpr std::size_t kShortestEncodedAnchor = 4;
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

class Builder {
 public:
  void add(std::string text, bool caseless, bool shape, std::uint32_t length, const Use& use) {
    auto [it, added] = index_.try_emplace({std::move(text), caseless, shape}, items_.size());
    if (added) {
      const auto& [key_text, key_caseless, key_shape] = it->first;
      items_.push_back({key_text, key_caseless, key_shape, length});
      uses_.emplace_back();
    }
    uses_[it->second].push_back(use);
  }

  void add_literal(std::string_view literal, const Use& use) {
    add(std::string(literal), false, false, static_cast<std::uint32_t>(literal.size()), use);
  }

  void add_encoded(std::string_view literal, Use use) {
    if (literal.size() < kShortestEncodedAnchor) return;
    use.encoding = Encoding::kBase64;
    for (unsigned phase = 0; phase < 3; ++phase) {
      use.phase = static_cast<std::uint8_t>(phase);
      add_literal(base64_form(literal, phase), use);
    }
    use.phase = 0;
    use.encoding = Encoding::kHex;
    std::string hex = hex_form(literal);
    auto length = static_cast<std::uint32_t>(hex.size());
    add(std::move(hex), true, false, length, use);
    use.encoding = Encoding::kUtf16;
    add_literal(utf16_form(literal), use);
  }

  Expressions finish() {
    Expressions out;
    std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
    auto mix = [&](std::string_view bytes) {
      for (unsigned char c : bytes) hash = (hash ^ c) * 0x100000001b3ULL;
    };
    for (std::size_t i = 0; i < items_.size(); ++i) {
      Expression& item = items_[i];
      item.first_use = static_cast<std::uint32_t>(out.uses.size());
      for (Use use : uses_[i]) {
        use.expression = static_cast<std::uint32_t>(i);
        out.uses.push_back(use);
      }
      item.last_use = static_cast<std::uint32_t>(out.uses.size());
      mix(item.text);
      mix(item.caseless ? "/i\n" : item.shape ? "/x\n" : "/\n");
    }
    out.items = std::move(items_);
    out.fingerprint = hash;
    return out;
  }

 private:
  std::map<std::tuple<std::string, bool, bool>, std::size_t> index_;
  std::vector<Expression> items_;
  std::vector<std::vector<Use>> uses_;
};

Result<std::uint32_t> shape_length(const model::Pattern& pattern) {
  std::optional<RegexNode> tree = parse_regex(pattern.shape);
  if (!tree) return fail(fmt::format("{}: shape: not a canonical expression", pattern.id));
  std::uint32_t longest = width(*tree).max;
  if (longest > 1024) {
    return fail(fmt::format("{}: shape: a match can be longer than 1024 bytes; bound its repeats", pattern.id));
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

Result<Expressions> build_expressions(const rules::RuleSet& rules) {
  Builder builder;
  std::span<const model::Pattern> patterns = rules.patterns();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const model::Pattern& pattern = patterns[i];
    Use use{.pattern = static_cast<std::uint32_t>(i)};
    for (std::string_view anchor : pattern.anchors) {
      if (anchor.empty()) return fail(fmt::format("{}: an anchor is empty", pattern.id));
      builder.add_literal(anchor, use);
      if (pattern.within == 0) builder.add_encoded(anchor, use);
      ++use.anchor;
    }
    for (std::string_view keyword : pattern.keywords) {
      if (keyword.empty()) return fail(fmt::format("{}: a keyword is empty", pattern.id));
      std::string lower(keyword);
      for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      }
      builder.add(std::move(lower), true, false, static_cast<std::uint32_t>(keyword.size()), use);
      ++use.anchor;
    }
    if (!pattern.shape.empty()) {
      Result<std::uint32_t> length = shape_length(pattern);
      if (!length) return std::unexpected(length.error());
      builder.add(std::string(pattern.shape), false, true, *length, use);
    }
  }
  return builder.finish();
}

std::string hyperscan_text(const Expression& expression) {
  if (expression.shape) return expression.text;
  std::string out;
  for (unsigned char c : expression.text) out += fmt::format("\\x{:02x}", c);
  return out;
}

}  // namespace keywake::matching
