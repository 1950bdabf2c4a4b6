#include "base/yaml_to_json.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace keywake {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 32;
constexpr int kMaxNodes = 200'000;               // an alias counts each time it is used
constexpr std::ptrdiff_t kMaxBrackets = 10'000;  // those in strings and comments too, closed or not, so that nothing hides one

std::string text_of(const yaml_node_t& node) { return {reinterpret_cast<const char*>(node.data.scalar.value), node.data.scalar.length}; }

std::optional<Json> json_of(yaml_document_t& document, int index, int depth, int& nodes) {
  const yaml_node_t* node = yaml_document_get_node(&document, index);
  if (node == nullptr) return Json();
  if (depth > kMaxDepth || ++nodes > kMaxNodes) return std::nullopt;
  if (node->type == YAML_SCALAR_NODE) return Json(text_of(*node));
  if (node->type == YAML_SEQUENCE_NODE) {
    Json out = Json::array();
    for (const auto* item = node->data.sequence.items.start; item != node->data.sequence.items.top; ++item) {
      auto value = json_of(document, *item, depth + 1, nodes);
      if (!value) return std::nullopt;
      out.push_back(*std::move(value));
    }
    return out;
  }
  Json out = Json::object();
  if (node->type != YAML_MAPPING_NODE) return out;
  for (const auto* pair = node->data.mapping.pairs.start; pair != node->data.mapping.pairs.top; ++pair) {
    const yaml_node_t* key = yaml_document_get_node(&document, pair->key);
    if (key == nullptr || key->type != YAML_SCALAR_NODE) continue;
    auto value = json_of(document, pair->value, depth + 1, nodes);
    if (!value) return std::nullopt;
    out[text_of(*key)] = *std::move(value);
  }
  return out;
}

}  // namespace

Result<std::string> yaml_to_json(std::string_view text) {
  // libyaml takes time quadratic in how deep they nest.
  if (std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; }) > kMaxBrackets) return fail("nested too deeply");
  yaml_parser_t parser;
  yaml_document_t document;
  if (yaml_parser_initialize(&parser) == 0) return fail("no memory to read YAML");
  const std::unique_ptr<yaml_parser_t, void (*)(yaml_parser_t*)> parser_owner(&parser, yaml_parser_delete);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  if (yaml_parser_load(&parser, &document) == 0) return fail(fmt::format("line {}: not YAML: {}", parser.problem_mark.line + 1, parser.problem == nullptr ? "unreadable" : parser.problem));
  const std::unique_ptr<yaml_document_t, void (*)(yaml_document_t*)> document_owner(&document, yaml_document_delete);
  int nodes = 0;
  auto out = json_of(document, 1, 0, nodes);
  if (!out) return fail("nested too deeply, or too large");
  return out->dump();
}

}  // namespace keywake
