// The tier-one expressions of a rule set: each distinct literal or shape once, with the patterns
// that it serves. The order depends on the rule set alone, so a database compiled elsewhere from
// the same rules has the same numbers.
//
// Besides the anchors as they stand there are their encoded forms: what base64 (three alignments),
// hexadecimal and UTF-16 make of the literal, and base64 of the latter two kinds of base64 once
// more, so that a token inside a Kubernetes Secret or a PowerShell -EncodedCommand is an anchor hit
// like any other.
//
// Ownership: plain data, refers to the rule set's patterns by index. Thread safety: immutable once
// built.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "matching/sequences.h"
#include "rules/rule_set.h"

namespace keywake::matching {

enum class Encoding : std::uint8_t { kPlain, kBase64, kHex, kUtf16 };

/// One encoding around an anchor.
struct Layer {
  Encoding encoding = Encoding::kPlain;
  std::uint8_t phase = 0;  // base64: how many bytes of the encoded text's last triple precede what
                           // is looked for (0–2)
  bool operator==(const Layer&) const = default;
};
inline constexpr std::size_t kMaxLayers = 2;
/// Shorter ones leave too little in another encoding.
inline constexpr std::size_t kShortestEncodedAnchor = 4;
/// Outermost first; kPlain ends the list.
using Layers = std::array<Layer, kMaxLayers>;

/// One pattern looked for at the hits of one expression, or all that read assignments. Uses are numbered through all expressions; that
/// number is Note::anchor.
struct Use {
  static constexpr std::uint32_t kAssignments = 0xffffffff;
  std::uint32_t expression = 0;
  std::uint32_t pattern = 0;
  std::uint32_t anchor = 0;  // index into the pattern's anchors, keywords and shape, counted in this order, or assignment_anchors()
  [[nodiscard]] bool assignments() const { return pattern == kAssignments; }
  Layers layers;
};

struct Expression {
  std::uint32_t length = 0;  // of the literal, or of the longest match of the shape
  std::uint32_t shape = 0;   // 1: an expression, 0: a literal
  std::uint32_t first_use = 0;
  std::uint32_t last_use = 0;  // one past
};

struct Expressions {
  std::vector<Expression> items;
  std::vector<Use> uses;  // grouped by expression
};

/// The same in a compiled database.
struct ExpressionTables {
  std::span<const Expression> items;
  std::span<const Use> uses;
};

/// A shape that is no sequence of bytes, for Hyperscan.
struct Shape {
  std::string text;
  std::uint32_t expression = 0;
};

/// Each expression is looked for as one or more sequences, or as a shape.
struct BuiltExpressions {
  Expressions expressions;
  std::vector<WantedSequence> sequences;
  std::vector<Shape> shapes;
};
Result<BuiltExpressions> build_expressions(const rules::RuleSet& rules);

/// Of everything in the rules that build_expressions() looks at.
std::uint64_t anchors_fingerprint(const rules::RuleSet& rules);

/// How many anchors, keywords and shapes a pattern has together; whether a use names one of them.
std::uint32_t anchor_count(const model::Pattern& pattern);
bool valid(const Use& use, std::span<const model::Pattern> patterns);
/// The length of what a use looks for; a shape counts as its last byte.
std::uint32_t anchor_length(const Use& use, std::span<const model::Pattern> patterns);

/// The characters that base64 makes of `literal` after `phase` other bytes, as far as the literal
/// alone determines them.
std::string base64_form(std::string_view literal, unsigned phase);
/// How many characters of the base64 of that triple come before base64_form().
inline constexpr std::array<unsigned, 3> kBase64Skip{0, 2, 3};
/// The literal as it is looked for inside all these layers.
std::string encoded_form(std::string_view literal, const Layers& layers);

/// "base64 > utf-16", empty for none.
std::string describe(const Layers& layers);

}  // namespace keywake::matching
