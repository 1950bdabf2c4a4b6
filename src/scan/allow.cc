#include "scan/allow.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace keywake::scan {
namespace {

constexpr std::string_view kMarker = "keywake:allow";
constexpr std::size_t kNear = 4096;  // bytes before and after the secret that are looked at

bool is_of_glob(char c) { return is_alnum(c) || std::string_view("._-*?[]!").find(c) != std::string_view::npos; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// What a comment ends with is no part of a reason, and `<why>` is what the hook's message leaves to be filled in.
std::string reason_in(std::string_view text) {
  text = trimmed(text);
  for (std::string_view end : {"-->", "*/", "*)", "#}", "%>"}) {
    if (text.ends_with(end)) text = trimmed(text.substr(0, text.size() - end.size()));
  }
  const bool says_something = std::any_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || static_cast<unsigned char>(c) >= 0x80; });
  return !says_something || text.starts_with("<why>") ? "" : std::string(text);
}

// The comments of other tools, as their documentation has them. Those that are long enough to stand anywhere need no comment sign before them.
struct OthersMark {
  std::string_view text;   // in small letters
  std::string_view shown;
};
constexpr OthersMark kOthers[]{
    {"gitleaks:allow", "gitleaks:allow"},       {"betterleaks:allow", "betterleaks:allow"}, {"ggignore", "ggignore"},
    {"kingfisher:ignore", "kingfisher:ignore"}, {"trufflehog:ignore", "trufflehog:ignore"},
};
constexpr std::string_view kPragma = "pragma: allowlist secret";

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// Words end there.
bool ends(std::string_view rest) { return rest.empty() || !(is_alnum(rest[0]) || rest[0] == '_' || rest[0] == '-'); }
bool begins(std::string_view line, std::size_t at) { return at == 0 || !(is_alnum(line[at - 1]) || line[at - 1] == '_'); }

// detect-secrets 1.5 (filters/allowlist.py): pragma: ?(allow|white)list[ -]secret, and pragma: ?allowlist[ -]nextline[ -]secret for the line below.
bool is_pragma(std::string_view small, bool nextline) {
  for (std::size_t at = small.find("pragma:"); at != std::string_view::npos; at = small.find("pragma:", at + 1)) {
    std::string_view rest = small.substr(at + 7);
    take(rest, " ");
    const bool white = take(rest, "whitelist");
    if (white ? nextline : !take(rest, "allowlist")) continue;
    if (!take(rest, " ") && !take(rest, "-")) continue;
    if (nextline && (!take(rest, "nextline") || (!take(rest, " ") && !take(rest, "-")))) continue;
    if (!take(rest, "secret") || !ends(rest) || !begins(small, at)) continue;
    // Nothing but comment signs may precede it, so that everybody sees what it is for.
    if (!nextline || std::none_of(small.begin(), small.begin() + static_cast<std::ptrdiff_t>(at), is_alnum)) return true;
  }
  return false;
}

Allow others(std::string_view shown, std::uint32_t number) { return {"*", std::string(shown), number, shown}; }

std::optional<Allow> others_in(std::string_view line, std::uint32_t number) {
  const std::string small = lowered(line);
  for (const OthersMark& mark : kOthers) {
    const std::size_t at = small.find(mark.text);
    if (at == std::string::npos) continue;
    if (ends(std::string_view(small).substr(at + mark.text.size())) && begins(small, at)) return others(mark.shown, number);
  }
  if (is_pragma(small, false)) return others(kPragma, number);
  return std::nullopt;
}

// In the line above or, past empty ones, below, whatever else it holds (as Kingfisher 2.14 does it).
std::optional<Allow> kingfisher_in(std::string_view line, std::uint32_t number) {
  constexpr std::string_view kMark = "kingfisher:ignore";
  const std::string small = lowered(line);
  const std::size_t at = small.find(kMark);
  if (at == std::string::npos || !ends(std::string_view(small).substr(at + kMark.size())) || !begins(small, at)) return std::nullopt;
  return others(kMark, number);
}

std::optional<Allow> kingfisher_below(std::string_view behind, std::uint32_t number) {
  for (std::size_t newline = behind.find('\n'); newline != std::string_view::npos; newline = behind.find('\n')) {
    behind.remove_prefix(newline + 1);
    ++number;
    const std::string_view below = behind.substr(0, behind.find('\n'));
    if (!trimmed(below).empty()) return kingfisher_in(below, number);
  }
  return std::nullopt;
}

std::optional<Allow> allow_in(std::string_view line, std::uint32_t number, bool alone) {
  const std::size_t at = line.find(kMarker);
  if (at == std::string_view::npos) return std::nullopt;
  if (alone && std::any_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(at), is_alnum)) return std::nullopt;
  std::string_view rest = line.substr(at + kMarker.size());
  if (!rest.empty() && rest.front() != ' ' && rest.front() != '\t') return Allow{"", "", number};
  rest = trimmed(rest);
  const std::size_t size = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_of_glob) - rest.begin());
  // A pattern ends where white space begins; of "stripe.*," nobody knows what was meant.
  const bool clean = size == rest.size() || rest[size] == ' ' || rest[size] == '\t' || rest[size] == '\r';
  return Allow{clean ? std::string(rest.substr(0, size)) : "", clean ? reason_in(rest.substr(size)) : "", number};
}

}  // namespace

bool Allow::fits(std::string_view pattern_id) const { return !pattern.empty() && glob_match(pattern, pattern_id); }

std::optional<Allow> allow_beside(std::string_view bytes, std::size_t begin, std::size_t end, std::uint32_t line) {
  end = std::clamp(end, begin, bytes.size());
  const std::size_t first = begin > kNear ? begin - kNear : 0;
  const std::string_view before = bytes.substr(first, begin - first);
  const std::string_view behind = bytes.substr(end, kNear);
  const std::string_view after = behind.substr(0, behind.find('\n'));
  const std::size_t newline = before.rfind('\n');
  const std::string_view start = newline == std::string_view::npos ? before : before.substr(newline + 1);
  // Of a secret of many lines (a key block) the last line ends with it, so the words may follow there.
  const auto newlines = std::count(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.begin() + static_cast<std::ptrdiff_t>(end), '\n');
  const std::uint32_t last = line + static_cast<std::uint32_t>(newlines);
  if (auto found = allow_in(after, last, false)) return found;
  if (auto found = allow_in(start, line, false)) return found;
  if (auto found = others_in(after, last)) return found;
  if (auto found = others_in(start, line)) return found;
  if (auto found = kingfisher_below(behind, last)) return found;
  if (newline == std::string_view::npos) return std::nullopt;
  const std::string_view above = before.substr(0, newline);
  const std::string_view line_above = above.substr(above.rfind('\n') + 1);
  if (auto found = allow_in(line_above, line - 1, true)) return found;
  if (auto found = kingfisher_in(line_above, line - 1)) return found;
  if (is_pragma(lowered(line_above), true)) return others(kPragma, line - 1);
  return std::nullopt;
}

}  // namespace keywake::scan
