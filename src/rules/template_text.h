// Reads the templates of validator files: "Bearer {secret}", "{user:base64}". Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/validator.h"

namespace keywake::rules {

struct TemplateError {
  std::size_t offset = 0;  // in the text
  std::string message;
};

/// A placeholder is { name }, or { name : filter … }, without spaces; names are small letters, digits, - and _, beginning with a letter, or are
/// times (below).
std::expected<model::Template, TemplateError> parse_template(std::string_view text);

/// "now+600" or "now-60": so many seconds after now, or before (less than none). Absent if it is no such name, or more than kMaxShift.
std::optional<std::int64_t> shift_of_now(std::string_view name);
inline constexpr std::int64_t kMaxShift = 86'400;

/// The names in it, each once.
std::vector<std::string> names_in(const model::Template& text);

}  // namespace keywake::rules
