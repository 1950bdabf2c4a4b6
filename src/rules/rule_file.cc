// load_text: one rule file, from TOML to patterns. toml++ gives the values and where they stand.
#include "rules/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <span>

#include "base/text.h"
#include "rules/canonical_regex.h"
#include "rules/check_syntax.h"
#include "rules/messages.h"
#include "rules/named_value.h"
#include "rules/other_rules.h"
#include "rules/toml_reader_internal.h"

namespace keywake::rules {
namespace {

constexpr std::size_t kMaxLiteral = 128;  // bytes of an anchor
constexpr std::int64_t kMaxWithin = 2048;
constexpr std::int64_t kMaxSpan = 16'384;
constexpr std::uint32_t kMaxFreeBound = 1024;  // a longer match must be asked for by `span`
constexpr std::int64_t kMaxCompanionWithin = 8192;  // a kubeconfig's cluster lies before its certificates

constexpr std::array<std::string_view, 2> kFileKeys{"provider", "pattern"};
constexpr std::array<std::string_view, 1> kProviderKeys{"name"};
constexpr std::array<std::string_view, 23> kPatternKeys{
    "id",     "title", "kind", "risk",   "docs",    "rotate",   "anchors",   "keywords", "shape",
    "within", "regex", "span", "checks", "generic", "companion", "match",    "reject",
    "names",  "words", "value", "confidence", "assigned", "revoke"};
constexpr std::array<std::string_view, 6> kCompanionKeys{"name", "regex", "within", "required", "secret", "other_half"};

class FileReader : TomlReader {
 public:
  FileReader(std::string_view text, std::string_view file, Loaded& into)
      : TomlReader(text, file, into.problems), into_(into) {}

  void read() {
    parse([this](const toml::table& root) { read_root(root); });
  }

 private:
  std::optional<CanonicalRegex> expression(const toml::table& table, std::string_view key) {
    std::optional<std::string> text = string(table, key);
    if (!text) return std::nullopt;
    std::expected<CanonicalRegex, RegexError> canonical = canonical_regex(*text);
    if (!canonical) {
      problem_inside(*table.get(key), canonical.error().offset, canonical.error().message);
    } else if (canonical->min_length == 0) {
      problem(*table.get(key), "the expression matches the empty text");
    } else {
      return *std::move(canonical);
    }
    return std::nullopt;
  }

  void read_root(const toml::table& root) {
    check_keys(root, kFileKeys);
    stem_ = std::filesystem::path(file_).stem().string();
    if (const toml::node* node = root.get("provider"); node == nullptr) {
      problem(Place{1, 1}, "[provider] is missing; it gives the provider's name");
    } else if (const toml::table* provider = node->as_table()) {
      check_keys(*provider, kProviderKeys);
      provider_name_ = required(*provider, "name");
    } else {
      problem(*node, "the provider is written [provider]");
    }
    if (!root.contains("pattern")) return problem(Place{1, 1}, "there is no [[pattern]]");
    each_table(root, "pattern", "pattern", [this](const toml::table& table) { read_pattern(table); });
  }

  void read_pattern(const toml::table& table) {
    complete_ = true;
    check_keys(table, kPatternKeys);
    model::Pattern pattern;
    RuleSet& rules = into_.rules;
    std::string id = required(table, "id");
    if (!id.empty() && !is_rule_id(id)) {
      problem(*table.get("id"), "an id is written provider.name, in small letters, digits and -");
    } else if (rules.find(id) != nullptr) {
      problem(*table.get("id"), fmt::format("there is another pattern with the id \"{}\"", id));
    }
    pattern.id = rules.keep(std::move(id));
    pattern.provider = rules.keep(stem_);
    pattern.title = rules.keep(required(table, "title"));
    pattern.kind = static_cast<model::Kind>(one_of(table, "kind", model::kKindNames));
    pattern.risk = static_cast<model::Risk>(one_of(table, "risk", model::kRiskNames));
    pattern.generic = value<bool>(table, "generic", "true or false").value_or(false);
    // What only a name tells, or nothing but the syntax around it, is a good guess.
    auto usual = table.contains("names") || pattern.generic ? model::Confidence::kMedium : model::Confidence::kHigh;
    pattern.confidence = static_cast<model::Confidence>(
        one_of(table, "confidence", model::kConfidenceNames, static_cast<std::size_t>(usual)));
    pattern.docs = rules.keep(required(table, "docs"));
    pattern.rotate = rules.keep(string(table, "rotate").value_or(""));
    pattern.revoke = rules.keep(string(table, "revoke").value_or(""));
    read_tier_one(table, pattern);
    read_regex(table, pattern);
    pattern.checks = read_checks(table);
    pattern.companions = read_companions(table);

    PatternSource source{rules.patterns().size(),
                         file_,
                         provider_name_,
                         place_of(table.source()).line,
                         place_of(table.source()).column,
                         {},
                         {}};
    read_examples(table, "match", true, source.match);
    read_examples(table, "reject", false, source.reject);
    if (!complete_) return;
    rules.add(pattern);
    into_.sources.push_back(std::move(source));
  }

  std::span<const std::string_view> read_literals(const toml::table& table, std::string_view key,
                                                  bool lower) {
    std::vector<std::string_view> literals;
    each_string(table, key, [&](std::string text, const toml::node& node) {
      if (text.size() > kMaxLiteral)
        problem(node, fmt::format("\"{}\" may have at most {} bytes each", key, kMaxLiteral));
      for (char& c : text) {
        if (lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
      }
      literals.push_back(into_.rules.keep(std::move(text)));
    });
    return into_.rules.keep(std::move(literals));
  }

  void read_tier_one(const toml::table& table, model::Pattern& pattern) {
    pattern.anchors = read_literals(table, "anchors", false);
    pattern.keywords = read_literals(table, "keywords", true);
    if (std::optional<CanonicalRegex> shape = expression(table, "shape")) {
      if (!shape->captures.empty()) problem(*table.get("shape"), "a shape has no captures");
      if (!shape->max_length || *shape->max_length > kMaxFreeBound) {
        problem(*table.get("shape"),
                fmt::format("a shape must be bounded, to at most {} bytes", kMaxFreeBound));
      }
      pattern.shape = into_.rules.keep(std::move(shape->text));
    }
    pattern.within =
        static_cast<std::uint32_t>(integer(table, "within", 0, kMaxWithin).value_or(0));
    if (table.contains("names")) return read_names(table, pattern);
    if (table.contains("assigned")) return read_assigned(table, pattern);
    if (!table.contains("anchors") && !table.contains("keywords") && !table.contains("shape")) {
      problem(
          table,
          "\"anchors\", \"keywords\" or \"shape\" is missing: one of them must say where to look");
    }
  }

  /// `names` and `value` stand for keywords and a regex.
  void read_names(const toml::table& table, model::Pattern& pattern) {
    for (std::string_view other : {"anchors", "keywords", "shape", "within", "regex"}) {
      if (const toml::node* node = table.get(other)) problem(*node, fmt::format("\"{}\" does not go with \"names\"", other));
    }
    pattern.names = read_literals(table, "names", true);
    pattern.words = default_value_words();
    if (table.contains("words")) pattern.words = read_literals(table, "words", true);
    std::optional<CanonicalRegex> value = expression(table, "value");
    if (!table.contains("value")) problem(table, "\"value\" is missing: the shape of what the names are given");
    if (!value || pattern.names.empty()) return;
    if (!value->captures.empty()) problem(*table.get("value"), "a value has no captures");
    const std::string shape = *string(table, "value");
    const bool by_words = found_by_words(pattern.names, pattern.words);
    if (!by_words) pattern.keywords = pattern.names;
    auto regex = canonical_regex(by_words ? "(?P<secret> " + shape + " )" : named_value_expression(pattern.names, pattern.words, shape));
    if (!regex) return problem(*table.get("value"), regex.error().message);
    if (!regex->max_length || *regex->max_length > kMaxFreeBound) {
      return problem(*table.get("value"), fmt::format("a value must be bounded, to less than {} bytes", kMaxFreeBound - 200));
    }
    pattern.max_length = *regex->max_length;
    pattern.regex = into_.rules.keep(std::move(regex->text));
  }

  /// `assigned` stands for all of tier one and two.
  void read_assigned(const toml::table& table, model::Pattern& pattern) {
    for (std::string_view other : {"anchors", "keywords", "shape", "within", "regex", "span", "words", "value"}) {
      if (const toml::node* node = table.get(other)) problem(*node, fmt::format("\"{}\" does not go with \"assigned\"", other));
    }
    static constexpr std::array<std::pair<std::string_view, model::Assigned>, 3> kMeanings{
        {{"password", model::Assigned::kPassword}, {"token", model::Assigned::kToken}, {"key", model::Assigned::kKey}}};
    const std::optional<std::string> text = string(table, "assigned");
    if (!text) return;
    const auto* meaning = std::find_if(kMeanings.begin(), kMeanings.end(), [&](const auto& row) { return row.first == *text; });
    if (meaning == kMeanings.end()) return problem(*table.get("assigned"), "\"assigned\" must be \"password\", \"token\" or \"key\"");
    pattern.assigned = meaning->second;
    pattern.max_length = kMaxFreeBound;
  }

  void read_regex(const toml::table& table, model::Pattern& pattern) {
    if (table.contains("names") || table.contains("assigned")) return;
    for (std::string_view other : {"words", "value"}) {
      if (const toml::node* node = table.get(other)) problem(*node, fmt::format("\"{}\" goes with \"names\" only", other));
    }
    std::optional<std::int64_t> span = integer(table, "span", 1, kMaxSpan);
    if (!table.contains("regex")) problem(table, "\"regex\" is missing");
    std::optional<CanonicalRegex> regex = expression(table, "regex");
    if (!regex) return;
    const toml::node& node = *table.get("regex");
    if (std::find(regex->captures.begin(), regex->captures.end(), "secret") ==
        regex->captures.end()) {
      problem(node, "the expression has no capture (?P<secret>…)");
    }
    std::optional<std::uint32_t> bound = regex->max_length;
    if (!table.contains("span") && (!bound || *bound > kMaxFreeBound)) {
      problem(node,
              fmt::format(
                  "\"span\" is missing: the expression {}, so its longest match must be given",
                  bound ? fmt::format("can match {} bytes", *bound) : "has no bound of its own"));
    }
    if (span && *span < regex->min_length) {
      problem(*table.get("span"),
              fmt::format("\"span\" is less than the shortest match, {} bytes", regex->min_length));
    }
    auto longest = static_cast<std::uint32_t>(span.value_or(kMaxFreeBound));
    pattern.max_length = std::min(longest, bound.value_or(longest));
    pattern.regex = into_.rules.keep(std::move(regex->text));
  }

  std::span<const model::Check> read_checks(const toml::table& table) {
    std::vector<model::Check> checks;
    each_string(table, "checks", [&](const std::string& text, const toml::node& node) {
      auto check = parse_check(text);
      if (check) {
        checks.push_back({check->name, into_.rules.keep(std::move(check->argument))});
      } else {
        problem_inside(node, check.error().offset, check.error().message);
      }
    });
    return into_.rules.keep(std::move(checks));
  }

  std::span<const model::Companion> read_companions(const toml::table& table) {
    std::vector<model::Companion> companions;
    each_table(table, "companion", "pattern.companion", [&](const toml::table& item) { companions.push_back(read_companion(item)); });
    return into_.rules.keep(std::move(companions));
  }

  model::Companion read_companion(const toml::table& table) {
    check_keys(table, kCompanionKeys);
    model::Companion companion;
    std::string name = required(table, "name");
    if (!table.contains("regex")) problem(table, "\"regex\" is missing");
    if (std::optional<CanonicalRegex> regex = expression(table, "regex")) {
      for (const std::string& capture : regex->captures) {
        if (capture == name) continue;
        problem(
            *table.get("regex"),
            fmt::format("the only capture of a companion is its name, \"{}\"", printable(name)));
      }
      companion.regex = into_.rules.keep(std::move(regex->text));
    }
    companion.name = into_.rules.keep(std::move(name));
    companion.within =
        static_cast<std::uint32_t>(integer(table, "within", 1, kMaxCompanionWithin).value_or(256));
    companion.required = value<bool>(table, "required", "true or false").value_or(false);
    companion.secret = value<bool>(table, "secret", "true or false").value_or(false);
    companion.other_half = value<bool>(table, "other_half", "true or false").value_or(false);
    return companion;
  }

  void read_examples(const toml::table& table, std::string_view key, bool is_match,
                     std::vector<Example>& out) {
    each_string(table, key, [&](std::string text, const toml::node& node) {
      Place place = place_of(node.source());
      out.push_back({std::move(text), static_cast<std::uint32_t>(out.size() + 1), is_match,
                     place.line, place.column});
    });
  }

  std::string stem_;
  std::string provider_name_;
  Loaded& into_;
};

}  // namespace

void load_text(std::string_view text, std::string_view file, Loaded& into) {
  switch (dialect_of(text)) {
    case Dialect::kGitleaks:
      return load_gitleaks(text, file, into);
    case Dialect::kYaml:
      return load_yaml_rules(text, file, into);
    case Dialect::kOwn:
      return FileReader(text, file, into).read();
  }
}

}  // namespace keywake::rules
