#include "login/mysql_grant.h"

#include "base/ascii.h"

namespace keywake::login {
namespace {

// Where a word begins outside of quotes; npos if it does not.
std::size_t find_unquoted(std::string_view text, std::string_view word) {
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote == '\0' && text.substr(i).starts_with(word)) return i;
    if (quote == '\0' && is_quote(text[i])) {
      quote = text[i];
    } else if (text[i] == quote) {
      quote = '\0';  // a doubled one begins the next
    }
  }
  return std::string_view::npos;
}

std::string without_quotes(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_quote(c)) out += c;
  }
  return out;
}

// With slashes between: a list at commas would be taken apart, and lose what all of it is on.
std::string with_slashes(std::string_view privileges) {
  std::string out;
  for (std::size_t i = 0; i < privileges.size(); ++i) {
    if (privileges[i] != ',') {
      out += privileges[i];
      continue;
    }
    out += '/';
    if (privileges.substr(i + 1).starts_with(' ')) ++i;
  }
  return out;
}

}  // namespace

std::string shortened_grant(std::string_view line) {
  constexpr std::string_view kGrant = "GRANT ";
  constexpr std::string_view kOn = " ON ";
  constexpr std::string_view kOption = " WITH GRANT OPTION";
  if (!line.starts_with(kGrant)) return "";
  const std::size_t to = find_unquoted(line, " TO ");
  if (to == std::string_view::npos) return "";
  const std::string_view granted = line.substr(kGrant.size(), to - kGrant.size());
  const std::size_t on = find_unquoted(granted, kOn);
  if (on == std::string_view::npos) return without_quotes(with_slashes(granted));
  const std::string privileges = without_quotes(with_slashes(granted.substr(0, on)));
  if (privileges == "USAGE") return "";
  return privileges + " on " + without_quotes(granted.substr(on + kOn.size())) + (line.ends_with(kOption) ? " with grant option" : "");
}

}  // namespace keywake::login
