// The left-hand side of the assignment lexer (matching/assignment.h): values that stand before their names.
//
//     "…".equals(password)        if ("…" == licenseKey)           setValue("…", forKey: "clientSecret")
//     {"Value": "…", "Name": "HMAC_KEY"}                           [DefaultValue("…")] ⏎ public string ApiKey
#pragma once

#include <cstddef>
#include <string_view>

namespace keywake::matching {

/// What is compared with the name that begins at `first`; empty if nothing is. Nothing before `floor` is read.
std::string_view compared_before(std::string_view text, std::size_t first, std::size_t floor);

/// What may follow the name of a field or a parameter that an annotation gave a default.
constexpr bool may_end_field(char c) { return c == ';' || c == ':' || c == ',' || c == '{' || c == ')' || c == '=' || c == '}' || c == '\n'; }

/// The default that an annotation gives to the field `first`.
std::string_view annotated_before(std::string_view text, std::size_t first, std::size_t floor);

/// The value of a pair whose second half is the quoted name `first`.
std::string_view paired_before(std::string_view text, std::size_t first, std::size_t floor);

}  // namespace keywake::matching
