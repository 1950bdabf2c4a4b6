// Which texts are URLs of git repositories that keywake clones, and how they are shown. Thread
// safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace keywake::git {

/// http, https, ssh, git and file URLs, and `user@host:path` as ssh takes it. Not transport helpers
/// ("ext::…"), nothing that begins like an option, no control characters, no host that ssh would
/// take for an option.
bool is_git_url(std::string_view text);

/// The URL without what may be secret in it: a password, all of what stands before the host in http
/// URLs (tokens are used as user names), and a query. For messages; safe to print.
std::string redacted_url(std::string_view url);

/// `text` with the secret parts of `url` starred wherever they occur, as they stand and
/// percent-decoded.
std::string redact(std::string text, std::string_view url);

}  // namespace keywake::git
