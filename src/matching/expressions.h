// The tier-one expressions of a rule set: each distinct literal or shape once, with the patterns that it serves. The order depends
// on the rule set alone, so a database compiled elsewhere from the same rules has the same numbers.
//
// Besides the anchors as they stand there are their encoded forms: what base64 (three alignments), hexadecimal and UTF-16 make of the
// literal, so that a token inside a Kubernetes Secret or a PowerShell script is an anchor hit like any other.
//
// Ownership: owns its strings; refers to the rule set's patterns by index. Thread safety: immutable.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/rule_set.h"

namespace keywake::matching {

enum class Encoding : std::uint8_t { kPlain, kBase64, kHex, kUtf16 };

/// One pattern looked for at the hits of one expression. Uses are numbered through all expressions; that number is Note::anchor.
struct Use {
  std::uint32_t expression = 0;
  std::uint32_t pattern = 0;
  std::uint32_t anchor = 0;  // index into the pattern's anchors, keywords and shape, counted in this order
  Encoding encoding = Encoding::kPlain;
  std::uint8_t phase = 0;  // base64: how many bytes of the decoded text's last triple precede the anchor
};

struct Expression {
  std::string text;  // the literal's bytes, or the shape
  bool caseless = false;
  bool shape = false;
  std::uint32_t length = 0;  // of the literal, or of the longest match of the shape
  std::uint32_t first_use = 0;
  std::uint32_t last_use = 0;  // one past
};

struct Expressions {
  std::vector<Expression> items;
  std::vector<Use> uses;  // grouped by expression
  /// Of everything Hyperscan is told, so a database can be matched with its rules.
  std::uint64_t fingerprint = 0;
};

Result<Expressions> build_expressions(const rules::RuleSet& rules);

/// The characters that base64 makes of `literal` after `phase` (0–2) other bytes, as far as the literal alone determines them.
std::string base64_form(std::string_view literal, unsigned phase);
/// How many characters of the base64 of that triple come before base64_form().
inline constexpr std::array<unsigned, 3> kBase64Skip{0, 2, 3};

/// The text that Hyperscan compiles: the shape, or the literal with every byte escaped.
std::string hyperscan_text(const Expression& expression);

}  // namespace keywake::matching
