#include "rules/template_text.h"

#include <algorithm>

#include "rules/messages.h"

namespace keywake::rules {
namespace {

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_inside(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

// The end of the name that begins at `at`; `at` itself if none does.
std::size_t name_end(std::string_view text, std::size_t at) {
  if (at == text.size() || !is_letter(text[at])) return at;
  while (at < text.size() && is_inside(text[at])) ++at;
  return at;
}

}  // namespace

std::expected<model::Template, TemplateError> parse_template(std::string_view text) {
  model::Template out;
  auto literal = [&](char c) {
    if (out.pieces.empty() || out.pieces.back().is_value) out.pieces.emplace_back();
    out.pieces.back().text += c;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text[at] == '{' ? name_end(text, at + 1) : 0;
    if (end <= at + 1 || end == text.size() || (text[end] != '}' && text[end] != ':')) {
      literal(text[at++]);
      continue;
    }
    model::Template::Piece value{std::string(text.substr(at + 1, end - at - 1)), true, {}};
    std::size_t stop = end;
    while (stop < text.size() && text[stop] == ':') {
      const std::size_t filter_end = name_end(text, stop + 1);
      if (filter_end == stop + 1) break;
      value.filters.emplace_back(text.substr(stop + 1, filter_end - stop - 1));
      stop = filter_end;
    }
    if (stop == text.size() || text[stop] != '}') {  // {"a":1} and the like
      literal(text[at++]);
      continue;
    }
    for (const std::string& filter : value.filters) {
      if (std::find(model::kFilterNames.begin(), model::kFilterNames.end(), filter) != model::kFilterNames.end()) continue;
      return std::unexpected(TemplateError{at, unknown("filter", filter, model::kFilterNames)});
    }
    out.pieces.push_back(std::move(value));
    at = stop + 1;
  }
  return out;
}

std::vector<std::string> names_in(const model::Template& text) {
  std::vector<std::string> names;
  for (const model::Template::Piece& piece : text.pieces) {
    if (piece.is_value && std::find(names.begin(), names.end(), piece.text) == names.end()) names.push_back(piece.text);
  }
  return names;
}

}  // namespace keywake::rules
