// From TOML to validators. Keys are described in docs/validators.md; what they mean in model/validator.h.
#include "rules/validator_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"
#include "rules/template_text.h"
#include "rules/toml_reader_internal.h"

namespace keywake::rules {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys{"validator"};
constexpr std::array<std::string_view, 12> kValidatorKeys{"id",     "validates", "docs",     "scheme",       "hosts",   "effect",
                                                          "rate",   "parallel",  "defaults", "alternatives", "request", "example"};
constexpr std::array<std::string_view, 16> kRequestKeys{"sigv4",  "method", "url",     "header",  "query",   "form", "json",        "body",
                                                        "bearer", "basic",  "compute", "details", "verdict", "ca",   "certificate", "private_key"};
constexpr std::array<std::string_view, 6> kComputeKeys{"name", "algorithm", "key", "text", "header", "encoding"};
constexpr std::array<std::string_view, 9> kVerdictKeys{"is", "status", "header", "json", "text", "value", "reason", "take", "keep"};
constexpr std::array<std::string_view, 8> kExampleKeys{"is", "status", "header", "body", "facts", "parts", "pattern", "then"};
constexpr std::array<std::string_view, 3> kAnswerKeys{"status", "header", "body"};
constexpr std::array<std::string_view, 4> kMethods{"GET", "HEAD", "POST", "PUT"};
constexpr std::array<std::string_view, 4> kExampleVerdicts{"live", "dead", "blocked", "unknown"};
constexpr std::int64_t kMaxStatus = 599;

class ValidatorReader : TomlReader {
 public:
  ValidatorReader(std::string_view text, std::string_view file, LoadedValidators& into)
      : TomlReader(text, file, into.problems), into_(into), stem_(std::filesystem::path(file).stem().string()) {}

  void read() {
    parse([this](const toml::table& root) {
      check_keys(root, kFileKeys);
      if (!root.contains("validator")) return problem(Place{1, 1}, "there is no [[validator]]");
      each_table(root, "validator", "validator", [this](const toml::table& table) { read_validator(table); });
    });
  }

 private:
  void read_validator(const toml::table& table) {
    complete_ = true;
    check_keys(table, kValidatorKeys);
    model::Validator out;
    out.file = file_;
    out.provider = stem_;
    out.line = place_of(table.source()).line;
    out.column = place_of(table.source()).column;
    out.id = required(table, "id");
    if (!out.id.empty() && !is_rule_id(out.id)) problem(*table.get("id"), "an id is written provider.name, in small letters, digits and -");
    out.docs = required(table, "docs");
    out.scheme = string(table, "scheme").value_or("http");
    each_string(table, "validates", [&](std::string id, const toml::node&) { out.validates.push_back(std::move(id)); });
    each_string(table, "hosts", [&](std::string host, const toml::node&) { out.hosts.push_back(std::move(host)); });
    out.effect = static_cast<model::Effect>(one_of(table, "effect", model::kEffectNames, 0));
    if (const toml::node* rate = table.get("rate")) {
      out.rate = rate->value<double>().value_or(0);
      if (out.rate <= 0) problem(*rate, "\"rate\" must be a number above 0: requests a second");
    }
    out.parallel = static_cast<std::uint32_t>(integer(table, "parallel", 1, 256).value_or(out.parallel));
    out.defaults = texts(table, "defaults");
    each_entry(table, "alternatives", [&](std::string name, const toml::node&) {
      auto& [kept, values] = out.alternatives.emplace_back(name, std::vector<std::string>{});
      each_string(*table.get_as<toml::table>("alternatives"), kept, [&values](std::string text, const toml::node&) { values.push_back(std::move(text)); });
    });
    each_table(table, "request", "validator.request", [&](const toml::table& item) { out.requests.push_back(read_request(item)); });
    each_table(table, "example", "validator.example", [&](const toml::table& item) { out.examples.push_back(read_example(item)); });
    if (complete_) into_.validators.push_back(std::move(out));
  }

  model::HttpRequest read_request(const toml::table& table) {
    check_keys(table, kRequestKeys);
    model::HttpRequest out;
    const bool has_body = table.contains("form") || table.contains("json") || table.contains("body");
    out.method = kMethods[one_of(table, "method", kMethods, has_body ? 2 : 0)];
    required(table, "url");
    out.url = text_template(table, "url");
    out.headers = templates(table, "header");
    out.query = templates(table, "query");
    out.form = templates(table, "form");
    out.json = text_template(table, "json");
    out.body = text_template(table, "body");
    out.bearer = text_template(table, "bearer");
    if (table.contains("basic")) read_basic(table, out);
    out.ca = text_template(table, "ca");
    out.certificate = text_template(table, "certificate");
    out.private_key = text_template(table, "private_key");
    out.sigv4 = text_template(table, "sigv4");
    if (!out.sigv4.empty() && !table.contains("basic")) problem(table, "\"sigv4\" needs \"basic\", the access key and its secret");
    each_table(table, "compute", "validator.request.compute", [&](const toml::table& item) { out.computed.push_back(read_computed(item)); });
    out.details = value<bool>(table, "details", "true or false").value_or(false);
    each_table(table, "verdict", "validator.request.verdict", [&](const toml::table& item) { out.rules.push_back(read_rule(item)); });
    if (out.rules.empty()) problem(table, "there is no [[validator.request.verdict]]: what do its answers mean?");
    return out;
  }

  void read_basic(const toml::table& table, model::HttpRequest& out) {
    const toml::array* pair = table.get("basic")->as_array();
    const bool two = pair != nullptr && pair->size() == 2 && pair->is_homogeneous(toml::node_type::string);
    if (!two) return problem(*table.get("basic"), "\"basic\" must be [\"user\", \"password\"]");
    out.user = parsed(*pair->get(0));
    out.password = parsed(*pair->get(1));
    if (out.user.empty()) out.user.pieces.emplace_back();  // an empty user is a user
  }

  model::Computed read_computed(const toml::table& table) {
    check_keys(table, kComputeKeys);
    model::Computed out;
    out.name = required(table, "name");
    out.algorithm = model::kAlgorithmNames[one_of(table, "algorithm", model::kAlgorithmNames)];
    out.key = text_template(table, "key");
    required(table, "text");
    out.text = text_template(table, "text");
    out.encoding = model::kEncodingNames[one_of(table, "encoding", model::kEncodingNames, 2)];
    out.header = templates(table, "header");
    const bool token = out.algorithm.starts_with("jwt-");
    const bool keyed = token || out.algorithm.starts_with("hmac-");
    if (keyed == out.key.empty()) problem(table, "the hmac and jwt algorithms need a \"key\", the others have none");
    if (!token && !out.header.empty()) problem(table, "only the jwt algorithms have a \"header\"");
    return out;
  }

  model::VerdictRule read_rule(const toml::table& table) {
    check_keys(table, kVerdictKeys);
    model::VerdictRule out;
    out.is = static_cast<model::VerdictRule::Is>(one_of(table, "is", model::kRuleNames));
    if (const toml::node* status = table.get("status")) read_statuses(*status, out);
    auto condition = [&](model::Source::Place place, std::string what, std::string expected) {
      model::Condition& added = out.conditions.emplace_back();
      added.source.place = place;
      added.source.what = std::move(what);
      added.expected = std::move(expected);
    };
    using enum model::Source::Place;
    each_entry(table, "json", [&](std::string pointer, const toml::node& node) {
      if (!pointer.empty() && pointer[0] != '/') problem(node, "a JSON pointer begins with /, or is empty for the whole");
      condition(kJson, std::move(pointer), expected(node));
    });
    each_entry(table, "header", [&](const std::string& name, const toml::node& node) { condition(kHeader, lowered(name), expected(node)); });
    each_entry(table, "value", [&](const std::string& name, const toml::node& node) {
      condition(kValue, name, expected(node));
      out.conditions.back().source.value.pieces.push_back({name, true, {}});
    });
    if (std::optional<std::string> text = string(table, "text")) condition(kText, *std::move(text), "*");
    out.reason = string(table, "reason").value_or("");
    if (out.statuses.empty() && out.conditions.empty()) problem(table, "\"status\", \"json\", \"header\", \"value\" or \"text\" must say when this holds");
    out.take = takes(table, "take");
    out.keep = takes(table, "keep");
    for (const auto& [name, source] : out.take) {
      if (std::find(model::kFactNames.begin(), model::kFactNames.end(), name) == model::kFactNames.end()) {
        problem(*table.get("take"), unknown("fact", name, model::kFactNames));
      }
    }
    return out;
  }

  // 200, "2xx", "400-499", or a list of such.
  void read_statuses(const toml::node& node, model::VerdictRule& out) {
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& item : *list) read_statuses(item, out);
      return;
    }
    if (const std::optional<std::int64_t> number = node.value_exact<std::int64_t>(); number && *number >= 100 && *number <= kMaxStatus) {
      out.statuses.emplace_back(static_cast<int>(*number), static_cast<int>(*number));
      return;
    }
    const std::string text = node.value_exact<std::string>().value_or("");
    const std::size_t dash = text.find('-');
    int first = 0;
    int last = 0;
    if (text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5') {
      first = (text[0] - '0') * 100;
      last = first + 99;
    } else if (dash != std::string::npos) {
      std::from_chars(text.data(), text.data() + dash, first);
      std::from_chars(text.data() + dash + 1, text.data() + text.size(), last);
    }
    if (first < 100 || last < first || last > kMaxStatus) return problem(node, "a status is written 200, \"2xx\" or \"400-403\"");
    out.statuses.emplace_back(first, last);
  }

  std::string expected(const toml::node& node) {
    if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
    if (const auto number = node.value_exact<std::int64_t>()) return fmt::format("{}", *number);
    if (const auto text = node.value_exact<std::string>()) return *text;
    problem(node, "what is expected must be a string, a whole number, true or false");
    return "";
  }

  model::Takes takes(const toml::table& table, std::string_view key) {
    model::Takes out;
    each_entry(table, key, [&](const std::string& name, const toml::node& node) {
      if (const toml::array* several = node.as_array()) {
        for (const toml::node& each : *several) out.emplace_back(name, source(each));
      } else {
        out.emplace_back(name, source(node));
      }
    });
    return out;
  }

  // "json:/pointer", "header:name | expression".
  model::Source source(const toml::node& node) {
    static constexpr std::array<std::string_view, 5> kPlaces{"json", "header", "text", "literal", "value"};  // as model::Source::Place has them
    const std::string text = node.value_exact<std::string>().value_or("");
    const std::size_t colon = text.find(':');
    const auto* place = std::find(kPlaces.begin(), kPlaces.end(), std::string_view(text).substr(0, colon));
    if (colon == std::string::npos || place == kPlaces.end()) {
      problem(node, "what is taken is written \"json:/pointer\", \"header:name\", \"text:expression\", \"literal:text\" or \"value:text with {placeholders}\"");
      return {};
    }
    using enum model::Source::Place;
    model::Source out;
    out.place = static_cast<model::Source::Place>(place - kPlaces.begin());
    out.what = text.substr(colon + 1);
    if (const std::size_t bar = out.what.find(" | "); bar != std::string::npos && out.place != kText && out.place != kLiteral) {
      out.capture = out.what.substr(bar + 3);
      out.what.resize(bar);
    }
    if (out.place == kHeader) out.what = lowered(out.what);
    if (out.place == kJson && !out.what.starts_with('/')) problem(node, "a JSON pointer begins with /");
    if (out.place == kValue) {
      auto value = parse_template(out.what);
      if (value) out.value = *std::move(value);
      if (!value) problem_inside(node, value.error().offset + colon + 1, value.error().message);
    }
    return out;
  }

  model::ValidatorExample read_example(const toml::table& table) {
    check_keys(table, kExampleKeys);
    model::ValidatorExample out;
    out.line = place_of(table.source()).line;
    out.column = place_of(table.source()).column;
    out.is = static_cast<model::Verdict>(one_of(table, "is", kExampleVerdicts));  // the first enumerators, in their order
    out.pattern = string(table, "pattern").value_or("");
    out.answers.push_back(read_answer(table));
    each_table(table, "then", "validator.example.then", [&](const toml::table& item) {
      check_keys(item, kAnswerKeys);
      out.answers.push_back(read_answer(item));
    });
    out.facts = texts(table, "facts");
    out.parts = texts(table, "parts");
    return out;
  }

  model::Answer read_answer(const toml::table& table) {
    model::Answer out;
    out.status = static_cast<int>(integer(table, "status", 100, kMaxStatus).value_or(0));
    if (!table.contains("status")) problem(table, "\"status\" is missing");
    for (auto& [name, text] : texts(table, "header")) out.headers.emplace_back(lowered(name), std::move(text));
    out.body = string(table, "body").value_or("");
    return out;
  }

  model::NamedTexts texts(const toml::table& table, std::string_view key) {
    model::NamedTexts out;
    each_entry(table, key, [&](std::string name, const toml::node& node) {
      std::optional<std::string> text = node.value_exact<std::string>();
      if (!text) return problem(node, fmt::format("\"{}\" must be a string", name));
      out.emplace_back(std::move(name), *std::move(text));
    });
    return out;
  }

  model::NamedTemplates templates(const toml::table& table, std::string_view key) {
    model::NamedTemplates out;
    each_entry(table, key, [&](std::string name, const toml::node& node) { out.emplace_back(std::move(name), parsed(node)); });
    return out;
  }

  model::Template text_template(const toml::table& table, std::string_view key) {
    const toml::node* node = table.get(key);
    return node == nullptr ? model::Template{} : parsed(*node);
  }

  model::Template parsed(const toml::node& node) {
    const std::optional<std::string> text = node.value_exact<std::string>();
    if (!text) {
      problem(node, "a text is expected here");
      return {};
    }
    auto out = parse_template(*text);
    if (out) return *std::move(out);
    problem_inside(node, out.error().offset, out.error().message);
    return {};
  }

  LoadedValidators& into_;
  std::string stem_;
};

}  // namespace

void load_validator_text(std::string_view text, std::string_view file, LoadedValidators& into) { ValidatorReader(text, file, into).read(); }

void load_validators(const std::filesystem::path& path, LoadedValidators& into) {
  each_rule_file(path, into.problems, [&](std::string_view text, std::string_view file) { load_validator_text(text, file, into); });
}

}  // namespace keywake::rules
