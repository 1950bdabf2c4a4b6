#include "rules/template_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "rules/messages.h"

namespace keywake::rules {
namespace {

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_inside(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

// The end of the name that begins at `at`; `at` itself if none does.
std::size_t name_end(std::string_view text, std::size_t at) {
  if (at == text.size() || !is_letter(text[at])) return at;
  const std::size_t begin = at;
  while (at < text.size() && is_inside(text[at])) ++at;
  if (text.substr(begin, at - begin) == "now" && at < text.size() && text[at] == '+') {
    for (++at; at < text.size() && is_digit(text[at]);) ++at;
  }
  return at;
}

// "now+" or "now-" and digits alone, however many.
bool looks_shifted(std::string_view name) {
  const bool begins = name.starts_with("now+") || name.starts_with("now-");
  return begins && std::all_of(name.begin() + 4, name.end(), is_digit);
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
    if (looks_shifted(value.text) && !shift_of_now(value.text)) {
      return std::unexpected(TemplateError{at, fmt::format("{}: 1 to {} seconds may be added to now or taken from it", value.text, kMaxShift)});
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

std::optional<std::int64_t> shift_of_now(std::string_view name) {
  if (!looks_shifted(name)) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(name.data() + 4, name.data() + name.size(), seconds);
  if (error != std::errc() || seconds < 1 || seconds > kMaxShift) return std::nullopt;
  return name[3] == '+' ? seconds : -seconds;
}

std::vector<std::string> names_in(const model::Template& text) {
  std::vector<std::string> names;
  for (const model::Template::Piece& piece : text.pieces) {
    if (piece.is_value && std::find(names.begin(), names.end(), piece.text) == names.end()) names.push_back(piece.text);
  }
  return names;
}

}  // namespace keywake::rules
