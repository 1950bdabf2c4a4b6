#include "policy/others.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii.h"
#include "base/dotted_keys.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/yaml_to_json.h"
#include "policy/expressions.h"

namespace keywake::policy {
namespace {

using Json = nlohmann::json;
using Made = Result<std::unique_ptr<Source>>;

// Of each place of a fingerprint, [commit:]file:rule:line. The rule is the other tool's name for what it found, and says nothing here.
class Fingerprints : public Source {
 public:
  explicit Fingerprints(std::string_view shown) : shown_(shown) {}
  void add(std::string_view line) {
    const std::size_t number = line.rfind(':');
    if (number == std::string_view::npos || number == 0) return;
    const std::size_t rule = line.rfind(':', number - 1);
    if (rule == std::string_view::npos) return;
    std::uint32_t at = 0;
    for (const char c : line.substr(number + 1)) {
      if (c < '0' || c > '9' || at > 100'000'000) return;
      at = at * 10 + static_cast<std::uint32_t>(c - '0');
    }
    std::string_view file = line.substr(0, rule);
    std::string commit;
    const std::size_t colon = file.find(':');
    const auto is_hex = [](char c) { return hex_digit(c) >= 0; };
    if (colon != std::string_view::npos && (colon == 40 || colon == 64) && std::all_of(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(colon), is_hex)) {
      commit = file.substr(0, colon);
      file.remove_prefix(colon + 1);
    }
    places_.emplace(std::string(file), at, commit);
  }
  [[nodiscard]] std::optional<std::string_view> by(const Place& place) const override {
    const std::string path(place.path);
    const bool known = places_.contains({path, place.line, ""}) || (!place.commit.empty() && places_.contains({path, place.line, std::string(place.commit)}));
    return known ? std::optional(std::string_view(shown_)) : std::nullopt;
  }

 private:
  std::string shown_;
  std::set<std::tuple<std::string, std::uint32_t, std::string>> places_;
};

Made read_fingerprints(std::string_view text, std::string_view shown, std::vector<std::string>&) {
  auto out = std::make_unique<Fingerprints>(shown);
  std::size_t count = 0;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
    while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
    if (line.empty() || line.starts_with('#')) continue;
    if (++count > kMaxEntries) return fail(fmt::format("more than {} fingerprints", human_count(kMaxEntries)));
    out->add(line);
  }
  return out;
}

struct AllowList {
  Expressions paths, regexes;
  bool on_line = false;  // regexes are tried on the line, not on the value
  std::vector<std::string> stopwords;
  std::set<std::string, std::less<>> commits;
  bool all = false;  // condition = "AND"

  [[nodiscard]] bool holds(const Place& place) const {
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

class AllowListReader {
 public:
  AllowListReader(std::vector<std::string>& left_out) : left_out_(left_out) {}

  AllowList read(const toml::table& table) {
    AllowList out;
    each(table, "paths", [&](const std::string& text, const toml::node& node) { add(out.paths, text, node); });
    each(table, "regexes", [&](const std::string& text, const toml::node& node) { add(out.regexes, text, node); });
    each(table, "stopwords", [&](const std::string& text, const toml::node&) { out.stopwords.push_back(lowered(text)); });
    each(table, "commits", [&](const std::string& text, const toml::node&) { out.commits.insert(lowered(text)); });
    out.on_line = table["regexTarget"].value_or(std::string()) == "line";
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
    if (entries_ > kMaxExpressions) left_out_.push_back(fmt::format("line {}: all beyond the first {} entries", table.source().begin.line, kMaxExpressions));
  }
  void add(Expressions& into, const std::string& text, const toml::node& node) {
    if (auto added = into.add_regex(text); !added) left_out_.push_back(fmt::format("line {}: {}", node.source().begin.line, printable(added.error().message)));
  }
  std::vector<std::string>& left_out_;
  std::size_t entries_ = 0;
};

Result<Json> read_yaml(std::string_view text) {
  const auto json = yaml_to_json(text);
  if (!json) return std::unexpected(json.error());
  return Json::parse(*json);
}

Made read_gitleaks(std::string_view text, std::string_view shown, std::vector<std::string>& left_out) {
  if (has_endless_key(text)) return fail("it has a key of too many dotted parts");
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(fmt::format("line {}: not TOML: {}", error.source().begin.line, printable(error.description())));
  }
  auto out = std::make_unique<AllowLists>(shown);
  AllowListReader reader(left_out);
  const auto take = [&](const toml::node& node) {
    const toml::table* table = node.as_table();
    // One that is for some rules alone names them as the other tool does.
    if (table != nullptr && !table->contains("targetRules")) out->lists.push_back(reader.read(*table));
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
  return out;
}

class HashedByFile : public Source {
 public:
  explicit HashedByFile(std::string_view shown) : shown_(shown) {}
  [[nodiscard]] std::optional<std::string_view> by(const Place& place) const override {
    const auto found = hashes.find(place.path);
    if (found == hashes.end()) return std::nullopt;
    if (found->second.contains(to_hex(sha1(place.secret)))) return shown_;
    // Of a GitHub token detect-secrets 1.5 hashes the first group of its expression alone, "ghp": the line has to tell which one is meant.
    const std::size_t prefix = place.secret.find('_');
    if (prefix == std::string_view::npos) return std::nullopt;
    const auto by_prefix = found->second.find(to_hex(sha1(place.secret.substr(0, prefix))));
    return by_prefix != found->second.end() && by_prefix->second.contains(place.line) ? std::optional(std::string_view(shown_)) : std::nullopt;
  }
  std::map<std::string, std::map<std::string, std::set<std::uint64_t>>, std::less<>> hashes;  // lines by hash by file

 private:
  std::string shown_;
};

Made read_detect_secrets(std::string_view text, std::string_view shown, std::vector<std::string>&) {
  const Json json = Json::parse(text, nullptr, false);
  const auto results = json.is_object() ? json.find("results") : json.end();
  if (!json.is_object() || results == json.end() || !results->is_object()) return fail("no baseline of detect-secrets: there is no \"results\"");
  auto out = std::make_unique<HashedByFile>(shown);
  std::size_t count = 0;
  for (const auto& [file, list] : results->items()) {
    if (!list.is_array()) continue;
    for (const Json& each : list) {
      if (!each.is_object() || !each.contains("hashed_secret") || !each["hashed_secret"].is_string()) continue;
      if (++count > kMaxEntries) return fail(fmt::format("more than {} entries", human_count(kMaxEntries)));
      std::set<std::uint64_t>& lines = out->hashes[file][each["hashed_secret"].get<std::string>()];
      if (each.contains("line_number") && each["line_number"].is_number_unsigned()) lines.insert(each["line_number"].get<std::uint64_t>());
    }
  }
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
    std::size_t count = 0;
    for (const Json& item : *found) {
      if (++count <= kMaxExpressions) take(item);
    }
  }
}

void add_glob(Expressions& into, const Json& glob, std::vector<std::string>& left_out) {
  if (!glob.is_string() || glob.get_ref<const std::string&>().empty()) return;
  if (auto added = into.add_glob(glob.get<std::string>()); !added) left_out.push_back(printable(added.error().message));
}

Made read_gitguardian(std::string_view text, std::string_view shown, std::vector<std::string>& left_out) {
  const auto json = read_yaml(text);
  if (!json) return std::unexpected(json.error());
  auto out = std::make_unique<GitGuardian>(shown);
  const auto read = [&](const Json& object) {
    each_of(object, {"ignored_paths", "ignored-paths", "paths_ignore", "paths-ignore"}, [&](const Json& glob) { add_glob(out->paths, glob, left_out); });
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

Made read_github(std::string_view text, std::string_view shown, std::vector<std::string>& left_out) {
  const auto json = read_yaml(text);
  if (!json) return std::unexpected(json.error());
  auto out = std::make_unique<IgnoredPaths>(shown);
  each_of(*json, {"paths-ignore"}, [&](const Json& glob) { add_glob(out->paths, glob, left_out); });
  return out;
}

}  // namespace

const std::vector<OtherFile>& other_files() {
  static const std::vector<OtherFile> kFiles{
      {".gitleaksignore", ".gitleaksignore", true, read_fingerprints},
      {".betterleaksignore", ".betterleaksignore", true, read_fingerprints},
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
