// gitleaks and Betterleaks: TOML. Of a rule are read id, description, regex, secretGroup, entropy, keywords and, of its allowlists and those of
// the file, regexes (of values) and stopwords. What the file asks for beyond that is noted once.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "rules/other_rules.h"
#include "rules/other_rules_internal.h"
#include "rules/toml_reader_internal.h"

namespace keywake::rules {
namespace {

constexpr std::size_t kMaxKeywords = 64;
constexpr std::size_t kMaxKeyword = 128;  // bytes
constexpr std::size_t kMaxItems = 4096;

std::string string_of(const toml::table& table, std::string_view key) { return table[key].value_or(std::string()); }

template <typename Take>
void each_text(const toml::table& table, std::string_view key, Take take) {
  const toml::array* array = table[key].as_array();
  if (array == nullptr) return;
  std::size_t count = 0;
  for (const toml::node& item : *array) {
    const auto text = item.value_exact<std::string>();
    if (text && !text->empty() && ++count <= kMaxItems) take(*text);
  }
}

template <typename Take>
void each_allowlist(const toml::table& table, Take take) {
  for (const std::string_view key : {"allowlist", "allowlists"}) {
    if (const toml::table* one = table[key].as_table()) take(*one);
    if (const toml::array* all = table[key].as_array()) {
      for (const toml::node& item : *all) {
        if (item.is_table()) take(*item.as_table());
      }
    }
  }
}

class GitleaksReader : TomlReader {
 public:
  GitleaksReader(std::string_view text, std::string_view file, Loaded& into)
      : TomlReader(text, file, into.problems), into_(into), rules_("gitleaks", "https://github.com/gitleaks/gitleaks", file, into) {}

  void read() {
    const std::size_t before = into_.problems.size();
    parse([this](const toml::table& root) { read_root(root); });
    if (into_.problems.size() == before) rules_.finish();
  }

 private:
  struct Allowlist {
    std::vector<std::string> unwanted, stopwords;
    std::vector<std::string> rules;  // that it is for; empty: all
  };

  void read_root(const toml::table& root) {
    if (root.contains("extend")) rules_.note(place_of(root.get("extend")->source()).line, "[extend] is not followed: the rules of this file run beside the built-in ones");
    const std::vector<Allowlist> everywhere = read_allowlists(root);
    const toml::array* all = root["rules"].as_array();
    if (all == nullptr) return rules_.problem(0, "there is no [[rules]]");
    for (const toml::node& item : *all) {
      if (rules_.full()) {
        rules_.note(place_of(item.source()).line, "the rules from here on are left out: there are too many");
        break;
      }
      if (item.is_table()) read_rule(*item.as_table(), everywhere);
    }
    for (const auto& [what, count] : unused_) rules_.note(0, fmt::format("{}, in {} place{}", what, count, count == 1 ? "" : "s"));
  }

  void read_rule(const toml::table& table, const std::vector<Allowlist>& everywhere) {
    OtherRule rule;
    rule.line = place_of(table.source()).line;
    rule.id = string_of(table, "id");
    rule.title = string_of(table, "description");
    rule.regex = string_of(table, "regex");
    const std::int64_t group = table["secretGroup"].value_or(std::int64_t{0});
    rule.capture.number = group > 0 && group < 100 ? static_cast<std::uint32_t>(group) : 0;
    rule.entropy = table["entropy"].value_or(0.0);
    each_text(table, "keywords", [&](const std::string& word) {
      if (word.size() <= kMaxKeyword && rule.keywords.size() < kMaxKeywords) rule.keywords.push_back(lowered(word));
    });
    auto allow = [&](const Allowlist& list) {
      rule.unwanted.insert(rule.unwanted.end(), list.unwanted.begin(), list.unwanted.end());
      rule.stopwords.insert(rule.stopwords.end(), list.stopwords.begin(), list.stopwords.end());
    };
    for (const Allowlist& list : everywhere) {
      if (list.rules.empty() || std::find(list.rules.begin(), list.rules.end(), rule.id) != list.rules.end()) allow(list);
    }
    for (const Allowlist& list : read_allowlists(table)) allow(list);
    if (table.contains("path") && !rule.regex.empty()) ++unused_["\"path\" is not used: the rule runs on every file"];
    for (const std::string_view key : {"required", "components"}) {
      if (table.contains(key)) ++unused_["what must stand beside a match ([[rules.required]]) is not asked for"];
    }
    for (const std::string_view key : {"validate", "filter", "prefilter"}) {
      if (table.contains(key)) ++unused_[fmt::format("\"{}\" is not run", key)];
    }
    if (table["skipReport"].value_or(false)) ++unused_["rules with \"skipReport\" are reported like others"];
    rules_.add(rule);
  }

  std::vector<Allowlist> read_allowlists(const toml::table& table) {
    std::vector<Allowlist> out;
    each_allowlist(table, [&](const toml::table& list) {
      if (lowered(string_of(list, "condition")) == "and") {
        ++unused_["allowlists with condition = \"AND\" are not used"];
        return;
      }
      Allowlist& into = out.emplace_back();
      const toml::node* const rules = list.get("targetRules");
      each_text(list, "targetRules", [&](const std::string& rule) { into.rules.push_back(rule); });
      const bool for_all = rules == nullptr || (rules->is_array() && rules->as_array()->empty());
      if (!for_all && into.rules.empty()) into.rules.emplace_back();  // of no rule that could be read
      if (list.contains("paths") || list.contains("commits")) ++unused_["\"paths\" and \"commits\" of allowlists are not used here (as .gitleaks.toml in the repository they are)"];
      const std::string target = lowered(string_of(list, "regexTarget"));
      if (!target.empty() && target != "secret" && list.contains("regexes")) {
        ++unused_["allowlists with a \"regexTarget\" other than the secret are not used"];
      } else {
        each_text(list, "regexes", [&](const std::string& text) { into.unwanted.push_back(text); });
      }
      each_text(list, "stopwords", [&](const std::string& text) { into.stopwords.push_back(lowered(text)); });
    });
    return out;
  }

  Loaded& into_;
  OtherRules rules_;
  std::map<std::string, std::size_t> unused_;
};

}  // namespace

void load_gitleaks(std::string_view text, std::string_view file, Loaded& into) { GitleaksReader(text, file, into).read(); }

}  // namespace keywake::rules
