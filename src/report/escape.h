// Escaping that belongs to one format's rules, apart from it so that tests can reach it. Thread
// safety: all functions are pure.
#pragma once

#include <string>
#include <string_view>

namespace keywake::report {

/// A relative URI reference for a path (RFC 3986 section 4.2): bytes that are not unreserved are
/// percent-encoded, leading slashes dropped, so neither a scheme nor a host can be read into it.
/// Exact for bytes that are not UTF-8.
std::string relative_uri(std::string_view path);

/// An http(s) URL of characters that a URI may have.
bool is_web_url(std::string_view text);

/// Plain text as a SARIF message: `[`, `]` and `\` would begin a link, `{` and `}` a placeholder
/// (sections 3.11.5, 3.11.6).
std::string sarif_message(std::string_view text);

/// Plain text that GitLab shows as Markdown: characters with a meaning there get a backslash.
std::string markdown_text(std::string_view text);

/// The message and a property of a GitHub workflow command (packages/core/src/command.ts of
/// actions/toolkit: % CR LF, and in a property also : and ,). Control characters have become
/// printable before, for logs that are shown raw.
std::string workflow_data(std::string_view text);
std::string workflow_property(std::string_view text);

/// A CSV cell (RFC 4180), quoted where it must be. A cell that a spreadsheet would take for a
/// formula (it begins with = + - @, a tab or a carriage return) gets an apostrophe before it.
std::string csv_cell(std::string_view text);

}  // namespace keywake::report
