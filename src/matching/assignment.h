// The lexer behind generic patterns: what is this name given? Secrets without a format are known by the name beside them, and
// languages, configuration files and command lines have fifty ways to put a value beside a name; no expression reads them all, a small
// hand-written reader does:
//
//     password = "…"     'dbPassword' => '…'     "token": "…"      \"token\": \"…\"     api_key: str = "…"     var secret string = "…"
//     DB_PASSWORD=…      db.password: …          <password>…</…>   <add key="ApiKey" value="…"/>              - name: TOKEN\n  value: …
//     --password …       put("token", "…")       setPassword("…")  getenv("TOKEN", "…")    x.password == "…"   ${DB_PASSWORD:-…}
//     "…".equals(token)  {"value": "…", "name": "TOKEN"}           "token": {"value": "…"}                     $ENV{TOKEN} = '…'
//
// and that with the operators and literals of each language. Its rooms: assignment_name (the name, and the text before it),
// assignment_value (literals, words, defaults), assignment_before (values that stand before their names), assignment_mention (what nothing
// assigns), assignment_glance (may_be_assigned()), and assignment.cc, which puts them together.
//
// It says what the value is, not whether that is a secret (matching/assigned_value.h). It reads at most kNameReach bytes before and
// kValueReach bytes after the hit, so the bounded-window rule holds. Ownership: views into the text. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace keywake::matching {

inline constexpr std::uint32_t kNameReach = 96;
inline constexpr std::uint32_t kValueReach = 1024;
inline constexpr std::uint32_t kGlanceReach = 64;

enum class Form : std::uint8_t {
  kQuoted,   // a literal of a language
  kPlain,    // a word of a configuration file or a shell
  kElement,  // the text of an XML element
  kOption,   // an argument of a command
};

struct Assignment {
  std::string_view name;   // the whole identifier around the hit: "spring.datasource.password"
  std::string_view value;  // without quotes
  Form form = Form::kPlain;
  bool piece = false;      // the literal is one operand of a larger expression: "abc" + x
  bool more_text = false;  // a plain value with further words behind it: prose, or a list
};

/// Whether an assignment or a mention may follow the hit text[begin, end): reads at most kGlanceReach bytes behind it. A hit near the end of `text`
/// is given the benefit of the doubt.
bool may_be_assigned(std::string_view text, std::size_t begin, std::size_t end);

/// The assignment whose name contains the hit. `at_end`: the text ends where it ends, it was not cut off.
std::optional<Assignment> read_assignment(std::string_view text, std::size_t begin, std::size_t end, bool at_end);

/// What stands behind the name with nothing that assigns it, in prose, chats and tables, if it looks made by a machine:
///
///     the acme token 4f1c…     | acme token | 4f1c… |     the token is `4f1c…`
std::optional<Assignment> read_mention(std::string_view text, std::size_t begin, std::size_t end, bool at_end);

}  // namespace keywake::matching
