#include "policy/others.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii.h"
#include "base/dotted_keys.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/yaml_to_json.h"
#include "policy/expressions.h"
#include "policy/others_internal.h"

namespace keywake::policy {
namespace {

using Json = nlohmann::json;

struct AllowList {
  Expressions paths, regexes;
  bool on_line = false;  // regexes are tried on the line, not on the value
  std::vector<std::string> stopwords;
  std::set<std::string, std::less<>> commits;
  bool all = false;       // condition = "AND"
  bool for_some = false;  // for these patterns only
  std::set<std::string, std::less<>> patterns;

  [[nodiscard]] bool holds(const Place& place) const {
    if (for_some && !patterns.contains(place.pattern)) return false;
    int asked = 0;
    int held = 0;
    const auto criterion = [&](bool stated, auto&& test) {
      if (!stated) return;
      ++asked;
      held += test() ? 1 : 0;
    };
    criterion(!paths.empty(), [&] { return !place.path.empty() && paths.any(place.path); });
    criterion(!commits.empty(), [&] { return commits.contains(place.commit); });
    criterion(!regexes.empty(), [&] { return regexes.any(on_line ? place.line_text : place.secret); });
    criterion(!stopwords.empty(), [&] {
      const std::string value = lowered(place.secret);
      return std::any_of(stopwords.begin(), stopwords.end(), [&](const std::string& word) { return value.find(word) != std::string::npos; });
    });
    return asked > 0 && (all ? held == asked : held > 0);
  }
};

class AllowLists : public Source {
 public:
  explicit AllowLists(std::string_view shown) : shown_(shown) {}
  [[nodiscard]] std::optional<std::string_view> by(const Place& place) const override {
    for (const AllowList& list : lists) {
      if (list.holds(place)) return shown_;
    }
    return std::nullopt;
  }
  std::vector<AllowList> lists;

 private:
  std::string shown_;
};

// "GitHub_PAT" as rules/other_rules.h calls a rule that came by --rules.
std::string pattern_of_rule(std::string_view rule) {
  std::string out = "gitleaks.";
  for (const char c : lowered(rule)) {
    if (is_alnum(c) || (out.back() != '-' && out.back() != '.')) out += is_alnum(c) ? c : '-';
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

class AllowListReader {
 public:
  AllowListReader(std::vector<std::string>& left_out) : left_out_(left_out) {}

  AllowList read(const toml::table& table) {
    AllowList out;
    const auto line = table.source().begin.line;
    if (const toml::node* rules = table.get("targetRules")) {
      out.for_some = true;
      const toml::array* list = rules->as_array();
      for (std::size_t i = 0; list != nullptr && i < std::min(list->size(), kMaxExpressions); ++i) {
        if (const auto rule = list->get(i)->value_exact<std::string>()) out.patterns.insert(pattern_of_rule(*rule));
      }
      left_out_.push_back(fmt::format("line {}: its targetRules speak of rules given by --rules alone; the built-in patterns have other names", line));
    }
    const std::string target = lowered(table["regexTarget"].value_or(std::string()));
    if (table.contains("regexes") && !target.empty() && target != "line" && target != "secret") {
      left_out_.push_back(fmt::format("line {}: its regexes are tried on the credential alone, for all that regexTarget is \"{}\"", line, printable(target.substr(0, 40))));
    }
    each(table, "paths", [&](const std::string& text, const toml::node& node) { add(out.paths, text, node); });
    each(table, "regexes", [&](const std::string& text, const toml::node& node) { add(out.regexes, text, node); });
    each(table, "stopwords", [&](const std::string& text, const toml::node&) { out.stopwords.push_back(lowered(text)); });
    each(table, "commits", [&](const std::string& text, const toml::node&) { out.commits.insert(lowered(text)); });
    out.on_line = target == "line";
    out.all = lowered(table["condition"].value_or(std::string())) == "and" || table["condition"].value_or(std::string()) == "&&";
    return out;
  }

 private:
  template <typename Take>
  void each(const toml::table& table, std::string_view key, Take take) {
    const toml::array* list = table[key].as_array();
    if (list == nullptr) return;
    for (const toml::node& node : *list) {
      const auto text = node.value_exact<std::string>();
      if (text && !text->empty() && ++entries_ <= kMaxExpressions) take(*text, node);
    }
    if (entries_ > kMaxExpressions && !told_) left_out_.push_back(fmt::format("line {}: all beyond the first {} entries", table.source().begin.line, kMaxExpressions));
    told_ = entries_ > kMaxExpressions;
  }
  void add(Expressions& into, const std::string& text, const toml::node& node) {
    if (auto added = into.add_regex(text, budget_); !added) left_out_.push_back(fmt::format("line {}: {}", node.source().begin.line, printable(added.error().message)));
  }
  std::vector<std::string>& left_out_;
  Budget budget_;
  std::size_t entries_ = 0;
  bool told_ = false;  // that there are too many
};

Result<Json> read_yaml(std::string_view text) {
  const auto json = yaml_to_json(text);
  if (!json) return std::unexpected(json.error());
  return Json::parse(*json);
}

Made read_gitleaks(std::string_view text, const Reading& reading) {
  if (has_endless_key(text)) return fail("it has a key of too many dotted parts");
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(fmt::format("line {}: not TOML: {}", error.source().begin.line, printable(error.description())));
  }
  auto out = std::make_unique<AllowLists>(reading.shown);
  AllowListReader reader(reading.left_out);
  const auto take = [&](const toml::node& node) {
    if (const toml::table* table = node.as_table()) out->lists.push_back(reader.read(*table));
  };
  for (const std::string_view key : {"allowlist", "allowlists"}) {
    const toml::node* node = root.get(key);
    if (node == nullptr) continue;
    if (const toml::array* list = node->as_array()) {
      for (const toml::node& each : *list) take(each);
    } else {
      take(*node);
    }
  }
  std::size_t of_rules = 0;
  if (const toml::array* rules = root["rules"].as_array()) {
    for (const toml::node& rule : *rules) {
      const toml::table* table = rule.as_table();
      of_rules += table != nullptr && (table->contains("allowlist") || table->contains("allowlists")) ? 1 : 0;
    }
  }
  if (of_rules > 0) reading.left_out.push_back(fmt::format("allowlists of single rules ([[rules]]), in {} of them; they hold for those rules if the file is given by --rules", of_rules));
  return out;
}

// A value by itself, by its SHA-256, or by that of "value,type", which is how ggshield calls a match it has found.
class GitGuardian : public Source {
 public:
  explicit GitGuardian(std::string_view shown) : shown_(shown) {}
  [[nodiscard]] std::optional<std::string_view> by(const Place& place) const override {
    if (!place.path.empty() && paths.any(place.path)) return shown_;
    if (matches.empty()) return std::nullopt;
    const std::string secret(place.secret);
    bool known = matches.contains(secret) || matches.contains(to_hex(sha256(secret)));
    for (const std::string_view type : {"apikey", "token", "password", "client_secret", "connection_uri", "private_key", "secret", "uri", "key"}) {
      known = known || matches.contains(to_hex(sha256(secret + "," + std::string(type))));
    }
    return known ? std::optional(std::string_view(shown_)) : std::nullopt;
  }
  Expressions paths;
  std::set<std::string> matches;

 private:
  std::string shown_;
};

// Lists under any of these names, with _ or -.
template <typename Take>
void each_of(const Json& object, std::initializer_list<const char*> names, Take take) {
  if (!object.is_object()) return;
  for (const char* name : names) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_array()) continue;
    for (const Json& item : *found) take(item);
  }
}

// The globs of one file.
class GlobReader {
 public:
  GlobReader(Expressions& into, std::vector<std::string>& left_out) : into_(into), left_out_(left_out) {}

  void add(const Json& glob) {
    if (!glob.is_string() || glob.get_ref<const std::string&>().empty()) return;
    if (++count_ == kMaxExpressions + 1) left_out_.push_back(fmt::format("all globs beyond the first {}", human_count(kMaxExpressions)));
    if (count_ > kMaxExpressions) return;
    if (auto added = into_.add_glob(glob.get<std::string>(), budget_); !added) left_out_.push_back(printable(added.error().message));
  }

 private:
  Expressions& into_;
  std::vector<std::string>& left_out_;
  Budget budget_;
  std::size_t count_ = 0;
};

Made read_gitguardian(std::string_view text, const Reading& reading) {
  const auto json = read_yaml(text);
  if (!json) return std::unexpected(json.error());
  auto out = std::make_unique<GitGuardian>(reading.shown);
  GlobReader globs(out->paths, reading.left_out);
  const auto read = [&](const Json& object) {
    each_of(object, {"ignored_paths", "ignored-paths", "paths_ignore", "paths-ignore"}, [&](const Json& glob) { globs.add(glob); });
    each_of(object, {"ignored_matches", "ignored-matches", "matches_ignore", "matches-ignore"}, [&](const Json& item) {
      const Json& match = item.is_object() && item.contains("match") ? item["match"] : item;
      if (match.is_string() && !match.get_ref<const std::string&>().empty()) out->matches.insert(match.get<std::string>());
    });
  };
  read(*json);  // version 1
  if (json->is_object() && json->contains("secret")) read((*json)["secret"]);
  return out;
}

class IgnoredPaths : public Source {
 public:
  explicit IgnoredPaths(std::string_view shown) : shown_(shown) {}
  [[nodiscard]] std::optional<std::string_view> by(const Place& place) const override { return !place.path.empty() && paths.any(place.path) ? std::optional(std::string_view(shown_)) : std::nullopt; }
  Expressions paths;

 private:
  std::string shown_;
};

Made read_github(std::string_view text, const Reading& reading) {
  const auto json = read_yaml(text);
  if (!json) return std::unexpected(json.error());
  auto out = std::make_unique<IgnoredPaths>(reading.shown);
  GlobReader globs(out->paths, reading.left_out);
  each_of(*json, {"paths-ignore"}, [&](const Json& glob) { globs.add(glob); });
  return out;
}

}  // namespace

const std::vector<OtherFile>& other_files() {
  static const std::vector<OtherFile> kFiles{
      {".gitleaksignore", ".gitleaksignore", true, read_gitleaks_ignore},
      {".betterleaksignore", ".betterleaksignore", true, read_betterleaks_ignore},
      {".gitleaks.toml", ".gitleaks.toml", false, read_gitleaks},
      {"gitleaks.toml", "gitleaks.toml", false, read_gitleaks},
      {".betterleaks.toml", ".betterleaks.toml", false, read_gitleaks},
      {"betterleaks.toml", "betterleaks.toml", false, read_gitleaks},
      {".secrets.baseline", ".secrets.baseline", true, read_detect_secrets},
      {".gitguardian.yaml", ".gitguardian.yaml", true, read_gitguardian},
      {".gitguardian.yml", ".gitguardian.yml", true, read_gitguardian},
      {".github/secret_scanning.yml", "secret_scanning.yml", false, read_github},
  };
  return kFiles;
}

}  // namespace keywake::policy
