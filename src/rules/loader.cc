#include "rules/loader.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <span>

#include "base/mapped_file.h"
#include "base/text.h"
#include "rules/canonical_regex.h"
#include "rules/check_names.h"

namespace keywake::rules {
namespace {

constexpr std::size_t kMaxFile = 1024 * 1024;
constexpr std::size_t kMaxItems = 256;          // of one list
constexpr std::size_t kMaxLiteral = 128;        // bytes of an anchor
constexpr std::int64_t kMaxWithin = 2048;
constexpr std::int64_t kMaxSpan = 16'384;
constexpr std::uint32_t kMaxFreeBound = 1024;   // a longer match must be asked for by `span`
constexpr std::int64_t kMaxCompanionWithin = 1024;

constexpr std::array<std::string_view, 2> kFileKeys{"provider", "pattern"};
constexpr std::array<std::string_view, 1> kProviderKeys{"name"};
constexpr std::array<std::string_view, 18> kPatternKeys{
    "id",    "title", "kind",   "risk",    "docs",     "rotate",    "anchors", "keywords", "shape",
    "within", "regex", "span",  "checks",  "generic",  "validate",  "companion", "match",  "reject"};
constexpr std::array<std::string_view, 4> kCompanionKeys{"name", "regex", "within", "required"};

struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

Place place_of(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

/// `name.name` in small letters, digits and -.
bool is_pattern_id(std::string_view id) {
  std::size_t dot = id.find('.');
  if (dot == 0 || dot == std::string_view::npos || dot + 1 == id.size() || id.size() > 64) return false;
  return std::all_of(id.begin(), id.end(), [&, i = std::size_t{0}](char c) mutable {
    return i++ == dot || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string quoted_list(std::span<const std::string_view> names) {
  std::string out;
  for (std::string_view name : names) out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", name);
  return out;
}

/// Where byte `offset` of a string's value stands in the file; exact for literal strings ('…' and '''…'''), which have
/// no escapes, and the string's own place for the others.
Place place_inside(std::string_view text, Place string_place, std::size_t offset) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < string_place.line; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return string_place;
    ++at;
  }
  for (std::uint32_t column = 1; column < string_place.column && at < text.size(); ++column) {
    do ++at; while (at < text.size() && (text[at] & 0xc0) == 0x80);  // columns count characters
  }
  std::string_view rest = text.substr(std::min(at, text.size()));
  if (rest.starts_with("'''")) {
    at += 3;
    if (rest.substr(3).starts_with("\r\n")) return string_place;
    if (rest.substr(3).starts_with('\n')) ++at;  // TOML drops the newline after the quotes
  } else if (rest.starts_with('\'')) {
    at += 1;
  } else {
    return string_place;
  }
  Position position = position_at(text, at + offset);
  return {position.line, position.column};
}

class FileReader {
 public:
  FileReader(std::string_view text, std::string_view file, Loaded& into)
      : text_(text), file_(file), into_(into) {}

  void read() {
    std::size_t first_problem = into_.problems.size();
    try {
      toml::table root = toml::parse(text_, file_);
      read_root(root);
    } catch (const toml::parse_error& error) {
      problem(place_of(error.source()), printable(error.description()));
    }
    std::stable_sort(into_.problems.begin() + static_cast<std::ptrdiff_t>(first_problem), into_.problems.end());
  }

 private:
  void problem(Place place, std::string message) {
    into_.problems.push_back({file_, place.line, place.column, std::move(message)});
    complete_ = false;
  }
  void problem(const toml::node& node, std::string message) {
    problem(place_of(node.source()), std::move(message));
  }

  void check_keys(const toml::table& table, std::span<const std::string_view> known) {
    for (const auto& [key, node] : table) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      std::string_view near = nearest(key.str(), known);
      problem(place_of(key.source()),
              fmt::format("unknown key \"{}\"{}", printable(key.str()),
                          near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
    }
  }

  // Each getter returns nothing for an absent key, and reports one of the wrong type.
  template <typename T>
  std::optional<T> value(const toml::table& table, std::string_view key, std::string_view type) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return std::nullopt;
    std::optional<T> found = node->value_exact<T>();
    if (!found) problem(*node, fmt::format("\"{}\" must be {}", key, type));
    return found;
  }
  std::optional<std::string> string(const toml::table& table, std::string_view key) {
    return value<std::string>(table, key, "a string");
  }
  std::optional<std::int64_t> integer(const toml::table& table, std::string_view key, std::int64_t least,
                                      std::int64_t most) {
    std::optional<std::int64_t> found = value<std::int64_t>(table, key, "a whole number");
    if (found && (*found < least || *found > most)) {
      problem(*table.get(key), fmt::format("\"{}\" must be from {} to {}", key, least, most));
      return std::nullopt;
    }
    return found;
  }
  std::string required(const toml::table& table, std::string_view key) {
    std::optional<std::string> found = string(table, key);
    if (!table.contains(key)) problem(table, fmt::format("\"{}\" is missing", key));
    if (found && found->empty()) problem(*table.get(key), fmt::format("\"{}\" is empty", key));
    return found.value_or("");
  }

  /// Calls `take(text, node)` for each string of a list.
  template <typename Take>
  void each_string(const toml::table& table, std::string_view key, Take take) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) return problem(*node, fmt::format("\"{}\" must be a list of strings", key));
    if (array->size() > kMaxItems) return problem(*node, fmt::format("\"{}\" has more than {} items", key, kMaxItems));
    for (const toml::node& item : *array) {
      std::optional<std::string> text = item.value_exact<std::string>();
      if (!text) {
        problem(item, fmt::format("\"{}\" must be a list of strings", key));
      } else if (text->empty()) {
        problem(item, fmt::format("\"{}\" has an empty string", key));
      } else {
        take(*std::move(text), item);
      }
    }
  }

  /// The index of a name in an enumeration's names.
  std::size_t one_of(const toml::table& table, std::string_view key, std::span<const std::string_view> names) {
    std::string word = required(table, key);
    auto it = std::find(names.begin(), names.end(), word);
    if (it != names.end()) return static_cast<std::size_t>(it - names.begin());
    if (word.empty()) return 0;
    std::string_view near = nearest(word, names);
    problem(*table.get(key),
            fmt::format("unknown {} \"{}\"; {}", key, printable(word),
                        near.empty() ? "there are " + quoted_list(names) : fmt::format("did you mean \"{}\"?", near)));
    return 0;
  }

  std::optional<CanonicalRegex> expression(std::string_view regex, const toml::node& node, std::size_t skipped = 0) {
    std::expected<CanonicalRegex, RegexError> canonical = canonical_regex(regex);
    if (!canonical) {
      Place place = place_inside(text_, place_of(node.source()), skipped + canonical.error().offset);
      problem(place, std::move(canonical.error().message));
      return std::nullopt;
    }
    if (canonical->min_length == 0) {
      problem(node, "the expression matches the empty text");
      return std::nullopt;
    }
    return *std::move(canonical);
  }
  std::optional<CanonicalRegex> expression(const toml::table& table, std::string_view key) {
    std::optional<std::string> text = string(table, key);
    return text ? expression(*text, *table.get(key)) : std::nullopt;
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
    const toml::node* node = root.get("pattern");
    if (node == nullptr) return problem(Place{1, 1}, "there is no [[pattern]]");
    const toml::array* patterns = node->as_array();
    if (patterns == nullptr) return problem(*node, "each pattern is written [[pattern]], with two brackets");
    for (const toml::node& item : *patterns) {
      const toml::table* table = item.as_table();
      if (table != nullptr) {
        read_pattern(*table);
      } else {
        problem(item, "each pattern is written [[pattern]]");
      }
    }
  }

  void read_pattern(const toml::table& table) {
    complete_ = true;
    check_keys(table, kPatternKeys);
    model::Pattern pattern;
    RuleSet& rules = into_.rules;
    std::string id = required(table, "id");
    if (!id.empty() && !is_pattern_id(id)) {
      problem(*table.get("id"), "an id is written provider.name, in small letters, digits and -");
    } else if (rules.find(id) != nullptr) {
      problem(*table.get("id"), fmt::format("there is another pattern with the id \"{}\"", id));
    }
    pattern.id = rules.keep(std::move(id));
    pattern.provider = rules.keep(stem_);
    pattern.title = rules.keep(required(table, "title"));
    pattern.kind = static_cast<model::Kind>(one_of(table, "kind", model::kKindNames));
    pattern.risk = static_cast<model::Risk>(one_of(table, "risk", model::kRiskNames));
    pattern.docs = rules.keep(required(table, "docs"));
    pattern.rotate = rules.keep(string(table, "rotate").value_or(""));
    pattern.validate = rules.keep(string(table, "validate").value_or(""));
    pattern.generic = value<bool>(table, "generic", "true or false").value_or(false);
    read_tier_one(table, pattern);
    read_regex(table, pattern);
    pattern.checks = read_checks(table);
    pattern.companions = read_companions(table);

    PatternSource source{rules.patterns().size(), file_, provider_name_, place_of(table.source()).line,
                         place_of(table.source()).column, {}, {}};
    read_examples(table, "match", true, source.match);
    read_examples(table, "reject", false, source.reject);
    if (!complete_) return;
    rules.add(pattern);
    into_.sources.push_back(std::move(source));
  }

  std::span<const std::string_view> read_literals(const toml::table& table, std::string_view key, bool lower) {
    std::vector<std::string_view> literals;
    each_string(table, key, [&](std::string text, const toml::node& node) {
      if (text.size() > kMaxLiteral) problem(node, fmt::format("\"{}\" may have at most {} bytes each", key, kMaxLiteral));
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
        problem(*table.get("shape"), fmt::format("a shape must be bounded, to at most {} bytes", kMaxFreeBound));
      }
      pattern.shape = into_.rules.keep(std::move(shape->text));
    }
    pattern.within = static_cast<std::uint32_t>(integer(table, "within", 0, kMaxWithin).value_or(0));
    if (!table.contains("anchors") && !table.contains("keywords") && !table.contains("shape")) {
      problem(table, "\"anchors\", \"keywords\" or \"shape\" is missing: one of them must say where to look");
    }
  }

  void read_regex(const toml::table& table, model::Pattern& pattern) {
    std::optional<std::int64_t> span = integer(table, "span", 1, kMaxSpan);
    if (!table.contains("regex")) problem(table, "\"regex\" is missing");
    std::optional<CanonicalRegex> regex = expression(table, "regex");
    if (!regex) return;
    const toml::node& node = *table.get("regex");
    if (std::find(regex->captures.begin(), regex->captures.end(), "secret") == regex->captures.end()) {
      problem(node, "the expression has no capture (?P<secret>…)");
    }
    std::optional<std::uint32_t> bound = regex->max_length;
    if (!table.contains("span") && (!bound || *bound > kMaxFreeBound)) {
      problem(node, fmt::format("\"span\" is missing: the expression {}, so its longest match must be given",
                                bound ? fmt::format("can match {} bytes", *bound) : "has no bound of its own"));
    }
    if (span && *span < regex->min_length) {
      problem(*table.get("span"), fmt::format("\"span\" is less than the shortest match, {} bytes", regex->min_length));
    }
    auto longest = static_cast<std::uint32_t>(span.value_or(kMaxFreeBound));
    pattern.max_length = std::min(longest, bound.value_or(longest));
    pattern.regex = into_.rules.keep(std::move(regex->text));
  }

  std::span<const model::Check> read_checks(const toml::table& table) {
    std::vector<model::Check> checks;
    each_string(table, "checks", [&](const std::string& text, const toml::node& node) {
      std::size_t colon = std::min(text.find(':'), text.size());
      std::string name = text.substr(0, colon);
      std::string argument = colon < text.size() ? text.substr(colon + 1) : "";
      auto known = std::find_if(kCheckNames.begin(), kCheckNames.end(), [&](const CheckName& check) { return check.name == name; });
      if (known == kCheckNames.end()) return unknown_check(name, node);
      if (!read_argument(known->argument, name, argument, node)) return;
      checks.push_back({known->name, into_.rules.keep(std::move(argument))});
    });
    return into_.rules.keep(std::move(checks));
  }

  void unknown_check(std::string_view name, const toml::node& node) {
    std::array<std::string_view, kCheckNames.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = kCheckNames[i].name;
    std::string_view near = nearest(name, names);
    problem(node, fmt::format("unknown check \"{}\"; {}", printable(name),
                              near.empty() ? "there are " + quoted_list(names) : fmt::format("did you mean \"{}\"?", near)));
  }

  bool read_argument(CheckArgument kind, std::string_view name, std::string& argument, const toml::node& node) {
    double number = 0;
    auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), number);
    bool is_number = error == std::errc() && end == argument.data() + argument.size() && number > 0 && number < 1e6;
    bool is_whole = is_number && argument.find_first_not_of("0123456789") == std::string::npos;
    switch (kind) {
      case CheckArgument::kNone:
        if (argument.empty()) return true;
        problem(node, fmt::format("the check \"{}\" takes no argument", name));
        return false;
      case CheckArgument::kCount:
        if (is_whole) return true;
        problem(node, fmt::format("write \"{}:N\", N being a whole number", name));
        return false;
      case CheckArgument::kNumber:
        if (is_number) return true;
        problem(node, fmt::format("write \"{}:N\", N being a number", name));
        return false;
      case CheckArgument::kText:
        if (!argument.empty()) return true;
        problem(node, fmt::format("the check \"{}\" needs an argument: \"{}:…\"", name, name));
        return false;
      case CheckArgument::kRegex: break;
    }
    std::optional<CanonicalRegex> regex = expression(argument, node, name.size() + 1);
    if (!regex) return false;
    argument = std::move(regex->text);
    return true;
  }

  std::span<const model::Companion> read_companions(const toml::table& table) {
    std::vector<model::Companion> companions;
    const toml::node* node = table.get("companion");
    if (node == nullptr) return {};
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
      problem(*node, "each companion is written [[pattern.companion]]");
      return {};
    }
    for (const toml::node& item : *array) companions.push_back(read_companion(*item.as_table()));
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
        problem(*table.get("regex"), fmt::format("the only capture of a companion is its name, \"{}\"", printable(name)));
      }
      companion.regex = into_.rules.keep(std::move(regex->text));
    }
    companion.name = into_.rules.keep(std::move(name));
    companion.within = static_cast<std::uint32_t>(integer(table, "within", 1, kMaxCompanionWithin).value_or(256));
    companion.required = value<bool>(table, "required", "true or false").value_or(false);
    return companion;
  }

  void read_examples(const toml::table& table, std::string_view key, bool is_match, std::vector<Example>& out) {
    each_string(table, key, [&](std::string text, const toml::node& node) {
      Place place = place_of(node.source());
      out.push_back({std::move(text), static_cast<std::uint32_t>(out.size() + 1), is_match, place.line, place.column});
    });
  }

  std::string_view text_;
  std::string file_;
  std::string stem_;
  std::string provider_name_;
  Loaded& into_;
  bool complete_ = true;  // no problem in the pattern being read
};

void load_file(const std::filesystem::path& path, Loaded& into) {
  std::string name = path.generic_string();
  Result<std::string> text = read_file(path, kMaxFile);
  if (text) {
    load_text(*text, name, into);
  } else {
    into.problems.push_back({"", 0, 0, text.error().message});  // which names the file
  }
}

}  // namespace

std::string Problem::text() const {
  if (file.empty()) return message;
  if (line == 0) return fmt::format("{}: {}", printable(file), message);
  return fmt::format("{}:{}:{}: {}", printable(file), line, column, message);
}

void load_text(std::string_view text, std::string_view file, Loaded& into) {
  FileReader(text, file, into).read();
}

void load_folder(const std::filesystem::path& folder, Loaded& into) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".toml") files.push_back(it->path());
  }
  std::string name = folder.generic_string();
  if (error) {
    into.problems.push_back({std::move(name), 0, 0, fmt::format("cannot be read: {}", error.message())});
  } else if (files.empty()) {
    into.problems.push_back({std::move(name), 0, 0, "there is no rule file (*.toml) in this folder"});
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) load_file(file, into);
}

void load_path(const std::filesystem::path& path, Loaded& into) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    load_folder(path, into);
  } else {
    load_file(path, into);
  }
}

}  // namespace keywake::rules
