// Reads the templates of validator files: "Bearer {secret}", "{user:base64}". Thread safety: pure functions.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "model/validator.h"

namespace keywake::rules {

struct TemplateError {
  std::size_t offset = 0;  // in the text
  std::string message;
};

/// A placeholder is { name }, or { name : filter … }, without spaces; names are small letters, digits, - and _, beginning with a letter.
std::expected<model::Template, TemplateError> parse_template(std::string_view text);

/// The names in it, each once.
std::vector<std::string> names_in(const model::Template& text);

}  // namespace keywake::rules
