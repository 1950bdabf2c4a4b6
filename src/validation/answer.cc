#include "validation/answer.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace keywake::validation {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxValues = 200;
constexpr std::size_t kMaxValue = 500;  // bytes: what is longer is no name, date or scope

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  return options;
}

void collect(const json& node, std::vector<std::string>& out) {
  if (out.size() >= kMaxValues || node.is_null()) return;
  if (node.is_array()) {
    for (const json& item : node) collect(item, out);
  } else if (node.is_string()) {
    out.push_back(node.get<std::string>());
  } else {
    out.push_back(node.is_object() ? "{}" : node.dump());
  }
}

void follow(const json& node, std::string_view pointer, std::vector<std::string>& out) {
  if (pointer.empty()) return collect(node, out);
  pointer.remove_prefix(1);
  const std::size_t end = std::min(pointer.find('/'), pointer.size());
  std::string key(pointer.substr(0, end));
  const std::string_view rest = pointer.substr(end);
  if (key == "*") {
    for (const json& item : node) follow(item, rest, out);
    return;
  }
  for (const auto& [escaped, plain] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}}) {  // RFC 6901, in this order
    for (std::size_t at = key.find(escaped); at != std::string::npos; at = key.find(escaped, at + 1)) key.replace(at, 2, plain);
  }
  if (node.is_object() && node.contains(key)) return follow(node[key], rest, out);
  const bool index = !key.empty() && key.size() < 6 && std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (node.is_array() && index && std::stoul(key) < node.size()) follow(node[std::stoul(key)], rest, out);
}

// All captures of an expression in a text, or an empty text if it has none and is found.
std::vector<std::string> captured(std::string_view text, const std::string& what) {
  std::vector<std::string> out;
  const RE2 expression(what, quiet());
  if (!expression.ok()) return out;
  if (expression.NumberOfCapturingGroups() == 0) {
    if (RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), expression)) out.emplace_back("");
    return out;
  }
  std::string found;
  for (re2::StringPiece left(text.data(), text.size()); out.size() < kMaxValues && RE2::FindAndConsume(&left, expression, &found);) out.push_back(found);
  return out;
}

}  // namespace

struct Reading::Body {
  json value;
};

Reading::Reading(const model::Answer& answer, const Values& values) : answer_(answer), values_(values) {}
Reading::~Reading() = default;

std::vector<std::string> Reading::in_json(std::string_view pointer) const {
  if (body_ == nullptr) body_ = std::make_unique<Body>(json::parse(answer_.body, nullptr, false));
  std::vector<std::string> out;
  if (!body_->value.is_discarded()) follow(body_->value, pointer, out);
  return out;
}

std::vector<std::string> Reading::whole(const model::Source& source) const {
  using enum model::Source::Place;
  std::vector<std::string> out;
  if (source.place == kJson) {
    out = in_json(source.what);
  } else if (source.place == kHeader) {
    for (const auto& [name, value] : answer_.headers) {
      if (name == source.what) out.push_back(value);
    }
  } else if (source.place == kText) {
    out = captured(answer_.body, source.what);
  } else if (source.place == kValue) {
    std::string missing;
    std::optional<std::string> value = values_.render(source.value, Into::kPlain, missing);
    if (value && !value->empty()) out.push_back(*std::move(value));
  } else {
    out.push_back(source.what);
  }
  return out;
}

std::vector<std::string> Reading::at(const model::Source& source) const {
  std::vector<std::string> out;
  for (std::string& value : whole(source)) {
    if (source.capture.empty()) {
      out.push_back(std::move(value));
    } else {
      for (std::string& part : captured(value, source.capture)) out.push_back(std::move(part));
    }
  }
  for (std::string& value : out) {
    if (value.size() > kMaxValue) value.resize(kMaxValue);
    value = to_utf8(value);
  }
  return out;
}

bool Reading::holds(const model::Condition& condition) const {
  const std::vector<std::string> values = at(condition.source);
  const std::string& expected = condition.expected;
  if (expected == "*") return !values.empty();
  if (expected == "!") return values.empty();
  if (!expected.starts_with('~')) return std::find(values.begin(), values.end(), expected) != values.end();
  const RE2 expression(expected.substr(1), quiet());
  return std::any_of(values.begin(), values.end(), [&](const std::string& value) { return RE2::PartialMatch(value, expression); });
}

const model::VerdictRule* Reading::judged_by(const std::vector<model::VerdictRule>& rules) const {
  for (const model::VerdictRule& rule : rules) {
    const bool status = rule.statuses.empty() || std::any_of(rule.statuses.begin(), rule.statuses.end(), [&](const auto& range) {
      return answer_.status >= range.first && answer_.status <= range.second;
    });
    if (status && std::all_of(rule.conditions.begin(), rule.conditions.end(), [&](const auto& c) { return holds(c); })) return &rule;
  }
  return nullptr;
}

std::vector<std::string> wrong_expressions(const model::Validator& validator) {
  std::vector<std::string> out;
  auto check = [&](const std::string& text, int captures) {
    const RE2 expression(text, quiet());
    if (!expression.ok()) {
      out.push_back(fmt::format("the expression '{}': {}", printable(text), expression.error()));
    } else if (captures > 0 && expression.NumberOfCapturingGroups() != captures) {
      out.push_back(fmt::format("the expression '{}' needs one capture: what is taken", printable(text)));
    }
  };
  for (const model::HttpRequest& request : validator.requests) {
    for (const model::VerdictRule& rule : request.rules) {
      for (const model::Condition& condition : rule.conditions) {
        if (condition.source.place == model::Source::Place::kText) check(condition.source.what, 0);
        if (condition.expected.starts_with('~')) check(condition.expected.substr(1), 0);
      }
      for (const auto* takes : {&rule.take, &rule.keep}) {
        for (const auto& [name, source] : *takes) {
          if (source.place == model::Source::Place::kText) check(source.what, 1);
          if (!source.capture.empty()) check(source.capture, 1);
        }
      }
    }
  }
  return out;
}

}  // namespace keywake::validation
