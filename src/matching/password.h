// Whether text that is assigned to something called a password is one: what people and generators
// choose, not a placeholder, a variable, a type name, a message. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keywake::matching {

/// Why `text` is no literal password; absent when it may well be one.
std::optional<std::string> password_reason(std::string_view text);

}  // namespace keywake::matching
