#include "rules/other_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "rules/check_syntax.h"
#include "rules/other_rules_internal.h"

namespace keywake::rules {
namespace {

constexpr std::uint32_t kMaxFreeBound = 1024;
constexpr std::uint32_t kLongest = 8192;      // a private key of the longest kind
constexpr std::uint32_t kKeywordNear = 1024;  // a keyword that is no part of the match
constexpr std::size_t kShortestKeyword = 3;  // shorter ones are everywhere: the expression itself must tell where to look
constexpr std::size_t kMaxUnwanted = 64;
constexpr std::size_t kMaxStopwords = 4000;
constexpr std::size_t kStopwordsBytes = 3000;  // of one expression
constexpr double kTellingEntropy = 3;          // bits a character
constexpr std::size_t kMaxShown = 60;

// One literal as an expression of our own.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += is_alnum(c) ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return out;
}

bool holds_one_of(std::string_view literal, const std::vector<std::string>& keywords) {
  const std::string small = lowered(literal);
  return std::any_of(keywords.begin(), keywords.end(), [&](const std::string& keyword) { return small.find(keyword) != std::string::npos; });
}

}  // namespace

Dialect dialect_of(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with("rules:")) return Dialect::kYaml;
    while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
    if (line.starts_with("[[pattern") || line.starts_with("[provider]")) return Dialect::kOwn;
    for (const std::string_view head : {"[[rules]]", "[extend]", "[allowlist]", "[[allowlists]]"}) {
      if (line.starts_with(head)) return Dialect::kGitleaks;
    }
  }
  return Dialect::kOwn;
}

void OtherRules::note(std::uint32_t line, std::string message) { into_.notes.push_back({file_, line, 1, printable(message)}); }
void OtherRules::problem(std::uint32_t line, std::string message) { into_.problems.push_back({file_, line, 1, printable(message)}); }

void OtherRules::finish() {
  if (added_ == 0) problem(0, fmt::format("none of its {} rules can run", seen_));
}

// "np.aws.1" becomes "noseyparker.aws-1".
std::string OtherRules::legal_id(std::string_view id) const {
  std::string out;
  std::string small = lowered(id);
  std::string_view rest = small;
  for (const std::string& prefix : {tool_ + ".", std::string("np.")}) {
    if (rest.starts_with(prefix)) rest.remove_prefix(prefix.size());
  }
  for (const char c : rest) {
    const bool plain = is_lower(c) || is_digit(c);
    if (plain || (!out.empty() && out.back() != '-')) out += plain ? c : '-';
  }
  out = tool_ + "." + out.substr(0, 64 - tool_.size() - 1);
  while (out.ends_with('-')) out.pop_back();
  return out;
}

void OtherRules::add(const OtherRule& rule) {
  const std::string shown = fmt::format("rule {}", rule.id.empty() ? "without an id" : rule.id.substr(0, kMaxShown));
  const auto leave_out = [&](std::string_view why) { note(rule.line, fmt::format("{} left out: {}", shown, why)); };
  if (++seen_ > kMaxRules) return;
  const std::string id = legal_id(rule.id);
  if (id.ends_with('.')) return leave_out("its id has no letter and no digit");
  if (rule.regex.empty()) return leave_out("it looks for no text (names of files are not looked for)");
  if (!ids_.insert(id).second || into_.rules.find(id) != nullptr) return leave_out("there is another with this id");
  CaptureChoice capture = rule.capture;
  capture.name = rule.capture_name;
  const auto regex = read_other_regex(rule.regex, capture);
  if (!regex) return leave_out(regex.error());

  RuleSet& rules = into_.rules;
  model::Pattern pattern;
  read_tier_one(rule, *regex, pattern);
  if (pattern.anchors.empty() && pattern.keywords.empty() && pattern.shape.empty()) {
    return leave_out("it has no keywords of 3 bytes and more, and its expression no literal to look for first; give it keywords");
  }
  if (!read_checks(rule, pattern)) return leave_out("what it allows cannot be expressed");
  pattern.id = rules.keep(id);
  pattern.provider = rules.keep(tool_);
  pattern.title = rules.keep(printable(rule.title.empty() ? rule.id : rule.title.substr(0, 200)));
  pattern.docs = rules.keep(docs_);
  pattern.kind = model::Kind::kApiKey;
  pattern.risk = model::Risk::kHigh;
  pattern.regex = rules.keep(regex->canonical);
  pattern.max_length = regex->max_length == 0 ? kLongest : std::min(regex->max_length, kLongest);
  // Where one of our own speaks for the same bytes, that one can be validated and knows more.
  pattern.generic = true;
  const bool own_prefix = std::any_of(regex->required.begin(), regex->required.end(), [](const RequiredLiterals& set) { return set.in_secret; });
  const bool sure = own_prefix && rule.entropy >= kTellingEntropy;
  pattern.confidence = rule.confidence.value_or(sure ? model::Confidence::kHigh : model::Confidence::kMedium);
  into_.sources.push_back({rules.patterns().size(), file_, tool_, rule.line, 1, {}, {}, true});
  rules.add(pattern);
  ++added_;
}

// Their keywords must stand somewhere in the file. Where the expression itself has a literal that holds one, the literal says as much and
// is rarer; else the keyword must be near.
void OtherRules::read_tier_one(const OtherRule& rule, const OtherRegex& regex, model::Pattern& pattern) {
  RuleSet& rules = into_.rules;
  const auto keep_all = [&](const std::vector<std::string>& texts) {
    std::vector<std::string_view> kept;
    for (const std::string& text : texts) kept.push_back(rules.keep(text));
    return rules.keep(std::move(kept));
  };
  for (const RequiredLiterals& set : regex.required) {
    const bool implied = rule.keywords.empty() ||
                         std::all_of(set.literals.begin(), set.literals.end(), [&](const std::string& literal) { return holds_one_of(literal, rule.keywords); });
    if (!implied) continue;
    (set.any_case ? pattern.keywords : pattern.anchors) = keep_all(set.literals);
    return;
  }
  const bool telling = std::all_of(rule.keywords.begin(), rule.keywords.end(), [](const std::string& keyword) { return keyword.size() >= kShortestKeyword; });
  if (!rule.keywords.empty() && telling) {
    pattern.keywords = keep_all(rule.keywords);
    pattern.within = kKeywordNear;
  } else if (regex.max_length > 0 && regex.max_length <= kMaxFreeBound) {
    if (auto shape = canonical_regex(regex.shape)) pattern.shape = rules.keep(std::move(shape->text));
  }
}

bool OtherRules::read_checks(const OtherRule& rule, model::Pattern& pattern) {
  RuleSet& rules = into_.rules;
  std::vector<model::Check> checks;
  if (rule.entropy > 0 && rule.entropy <= 8) checks.push_back({"entropy", rules.keep(fmt::format("{}", rule.entropy))});
  std::size_t count = 0;
  for (const std::string& text : rule.unwanted) {
    if (++count > kMaxUnwanted) return note(rule.line, fmt::format("rule {}: of what it allows, {} expressions are used", rule.id.substr(0, kMaxShown), kMaxUnwanted)), true;
    if (auto regex = read_value_regex(text)) {
      checks.push_back({"not", rules.keep(*std::move(regex))});
    } else {
      note(rule.line, fmt::format("rule {}: one expression of what it allows is not used: {}", rule.id.substr(0, kMaxShown), regex.error()));
    }
  }
  std::string words;
  const auto flush = [&] {
    if (words.empty()) return true;
    auto regex = canonical_regex("(?i)(?:" + words + ")");
    if (!regex) return false;
    checks.push_back({"not", rules.keep(std::move(regex->text))});
    words.clear();
    return true;
  };
  count = 0;
  for (const std::string& word : rule.stopwords) {
    if (word.empty() || word.size() > 256 || ++count > kMaxStopwords) continue;
    words += (words.empty() ? "" : "|") + escaped(word);
    if (words.size() > kStopwordsBytes && !flush()) return false;
  }
  if (!flush()) return false;
  pattern.checks = rules.keep(std::move(checks));
  return true;
}

}  // namespace keywake::rules
