// What the readers of other scanners' rules share: one rule as any of them has it, and the way from there to a Pattern.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rules/loader.h"
#include "rules/other_regex.h"

namespace keywake::rules {

struct OtherRule {
  std::string id, title, regex;
  CaptureChoice capture;
  std::string capture_name;               // what capture.name views
  std::vector<std::string> keywords;
  double entropy = 0;                     // bits a character; 0: not asked for
  std::vector<std::string> unwanted;      // expressions: values that match one are none
  std::vector<std::string> stopwords;     // values that hold one, in any case, are none
  std::optional<model::Confidence> confidence;
  std::uint32_t line = 0;
};

class OtherRules {
 public:
  /// `tool`, such as "gitleaks", begins the ids; `docs` is the project's address.
  OtherRules(std::string_view tool, std::string_view docs, std::string_view file, Loaded& into) : tool_(tool), docs_(docs), file_(file), into_(into) {}

  void add(const OtherRule& rule);
  void note(std::uint32_t line, std::string message);
  void problem(std::uint32_t line, std::string message);
  /// To be called last: a problem if no rule is left.
  void finish();
  [[nodiscard]] bool full() const { return seen_ >= kMaxRules; }

 private:
  static constexpr std::size_t kMaxRules = 4000;

  std::string legal_id(std::string_view id) const;
  void read_tier_one(const OtherRule& rule, const OtherRegex& regex, model::Pattern& pattern);
  bool read_checks(const OtherRule& rule, model::Pattern& pattern);

  std::string tool_, docs_, file_;
  Loaded& into_;
  std::set<std::string, std::less<>> ids_;
  std::size_t seen_ = 0, added_ = 0;
};

}  // namespace keywake::rules
