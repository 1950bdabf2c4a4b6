// Nosey Parker and Kingfisher: YAML. Of a rule are read name, id, pattern, min_entropy, confidence. Parsed event by event (libyaml), with a limit
// on nesting (libyaml itself is quadratic in it) and without aliases, so that a small file cannot become a large one.
#include <fmt/format.h>
#include <yaml.h>

#include <charconv>
#include <map>
#include <memory>

#include "base/ascii.h"
#include "rules/other_rules.h"
#include "rules/other_rules_internal.h"

namespace keywake::rules {
namespace {

constexpr int kMaxDepth = 32;

class Parser {
 public:
  explicit Parser(std::string_view text) {
    good_ = yaml_parser_initialize(&parser_) != 0;
    if (good_) yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() {
    if (good_) yaml_parser_delete(&parser_);
  }

  struct Event {
    yaml_event_type_t type = YAML_NO_EVENT;
    std::string text;
    std::uint32_t line = 0;
  };

  /// The next event; of type YAML_NO_EVENT after an error.
  Event next() {
    Event out;
    yaml_event_t event;
    if (!error_.empty()) return out;
    if (!good_ || yaml_parser_parse(&parser_, &event) == 0) {
      error_ = parser_.problem == nullptr ? "it cannot be read as YAML" : parser_.problem;
      line_ = static_cast<std::uint32_t>(parser_.problem_mark.line + 1);
      return out;
    }
    const std::unique_ptr<yaml_event_t, void (*)(yaml_event_t*)> owner(&event, yaml_event_delete);
    line_ = out.line = static_cast<std::uint32_t>(event.start_mark.line + 1);
    out.type = event.type;
    if (event.type == YAML_SCALAR_EVENT) out.text.assign(reinterpret_cast<const char*>(event.data.scalar.value), event.data.scalar.length);
    if (event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT) ++depth_;
    if (event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT) --depth_;
    if (depth_ > kMaxDepth) error_ = "it is nested too deeply";
    if (event.type == YAML_ALIAS_EVENT) error_ = "aliases (*name) are not read";
    if (!error_.empty()) return {};
    return out;
  }
  /// Reads past the value that `first` begins.
  void skip(const Event& first) {
    const int outside = depth_ - 1;
    if (first.type != YAML_MAPPING_START_EVENT && first.type != YAML_SEQUENCE_START_EVENT) return;
    while (error_.empty() && depth_ > outside) next();
  }
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] std::uint32_t line() const { return line_; }

 private:
  yaml_parser_t parser_{};
  bool good_ = false;
  int depth_ = 0;
  std::string error_;
  std::uint32_t line_ = 0;
};

double number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

class YamlReader {
 public:
  YamlReader(std::string_view text, std::string_view file, Loaded& into)
      : parser_(text),
        kingfisher_(text.find("kingfisher.") != std::string_view::npos || text.find("\n    validation:") != std::string_view::npos ||
                    text.find("min_entropy:") != std::string_view::npos),
        rules_(kingfisher_ ? "kingfisher" : "noseyparker",
               kingfisher_ ? "https://github.com/mongodb/kingfisher/blob/main/docs/RULES.md" : "https://github.com/praetorian-inc/noseyparker/blob/main/docs/RULES.md", file,
               into) {}

  void read() {
    read_document();
    // What was read before the error would be a part of what was asked for, and look like all.
    if (!parser_.error().empty()) return rules_.problem(parser_.line(), parser_.error());
    for (const auto& [key, count] : unused_) rules_.note(0, fmt::format("\"{}\" is not used, in {} rule{}", key, count, count == 1 ? "" : "s"));
    rules_.finish();
  }

 private:
  void read_document() {
    for (int i = 0; i < 2; ++i) parser_.next();  // the stream, the document
    if (const auto root = parser_.next(); root.type != YAML_MAPPING_START_EVENT) return;
    for (auto key = parser_.next(); key.type == YAML_SCALAR_EVENT; key = parser_.next()) {
      const auto value = parser_.next();
      if (key.text != "rules" || value.type != YAML_SEQUENCE_START_EVENT) {
        parser_.skip(value);
        continue;
      }
      for (auto item = parser_.next(); item.type != YAML_SEQUENCE_END_EVENT && item.type != YAML_NO_EVENT; item = parser_.next()) {
        if (item.type == YAML_MAPPING_START_EVENT) {
          read_rule(item.line);
        } else {
          parser_.skip(item);
        }
      }
    }
  }

  void read_rule(std::uint32_t line) {
    OtherRule rule;
    rule.line = line;
    rule.capture_name = "token";
    for (auto key = parser_.next(); key.type == YAML_SCALAR_EVENT; key = parser_.next()) {
      auto value = parser_.next();
      if (value.type == YAML_SCALAR_EVENT) {
        take(key.text, value.text, rule);
      } else {
        if (key.text == "validation" || key.text == "revocation" || key.text == "pattern_requirements" || key.text == "depends_on_rule") ++unused_[key.text];
        parser_.skip(value);
      }
    }
    if (!parser_.error().empty()) return;
    if (rules_.full()) {
      if (!told_) rules_.note(line, "the rules from here on are left out: there are too many");
      told_ = true;
      return;
    }
    rules_.add(rule);
  }

  static void take(std::string_view key, std::string& text, OtherRule& rule) {
    if (key == "name") rule.title = std::move(text);
    else if (key == "id") rule.id = std::move(text);
    else if (key == "pattern") rule.regex = std::move(text);
    else if (key == "min_entropy") rule.entropy = number_of(text);
    else if (key == "confidence") {
      for (std::size_t i = 0; i < model::kConfidenceNames.size(); ++i) {
        if (lowered(text) == model::kConfidenceNames[i]) rule.confidence = static_cast<model::Confidence>(i);
      }
    }
  }

  Parser parser_;
  bool kingfisher_;
  OtherRules rules_;
  std::map<std::string, std::size_t> unused_;
  bool told_ = false;
};

}  // namespace

void load_yaml_rules(std::string_view text, std::string_view file, Loaded& into) { YamlReader(text, file, into).read(); }

}  // namespace keywake::rules
