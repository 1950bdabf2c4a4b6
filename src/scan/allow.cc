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
  bool above;              // alone in the line above, not in the line itself
};
constexpr OthersMark kOthers[]{
    {"gitleaks:allow", "gitleaks:allow", false},
    {"betterleaks:allow", "betterleaks:allow", false},
    {"ggignore", "ggignore", false},
    {"kingfisher:ignore", "kingfisher:ignore", false},
    {"trufflehog:ignore", "trufflehog:ignore", false},
    {"pragma: allowlist secret", "pragma: allowlist secret", false},
    {"pragma:allowlist secret", "pragma: allowlist secret", false},
    {"pragma: whitelist secret", "pragma: allowlist secret", false},
    {"pragma: allowlist nextline secret", "pragma: allowlist secret", true},
    {"pragma:allowlist nextline secret", "pragma: allowlist secret", true},
};

// The words must be a comment's: a sign stands before them, and no word goes on from them.
std::optional<Allow> others_in(std::string_view line, std::uint32_t number, bool above) {
  const std::string small = lowered(line);
  for (const OthersMark& mark : kOthers) {
    if (mark.above != above) continue;
    const std::size_t at = small.find(mark.text);
    if (at == std::string::npos) continue;
    const std::size_t end = at + mark.text.size();
    if (end < small.size() && (is_alnum(small[end]) || small[end] == '_' || small[end] == '-')) continue;
    if (at > 0 && (is_alnum(small[at - 1]) || small[at - 1] == '_')) continue;
    if (above && std::any_of(small.begin(), small.begin() + static_cast<std::ptrdiff_t>(at), is_alnum)) continue;
    return Allow{"*", std::string(mark.shown), number, mark.shown};
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
  std::string_view after = bytes.substr(end, kNear);
  after = after.substr(0, after.find('\n'));
  const std::size_t newline = before.rfind('\n');
  const std::string_view start = newline == std::string_view::npos ? before : before.substr(newline + 1);
  // Of a secret of many lines (a key block) the last line ends with it, so the words may follow there.
  if (auto found = allow_in(after, line + static_cast<std::uint32_t>(std::count(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.begin() + static_cast<std::ptrdiff_t>(end), '\n')), false)) return found;
  if (auto found = allow_in(start, line, false)) return found;
  if (auto found = others_in(after, line, false)) return found;
  if (auto found = others_in(start, line, false)) return found;
  if (newline == std::string_view::npos) return std::nullopt;
  const std::string_view above = before.substr(0, newline);
  const std::string_view line_above = above.substr(above.rfind('\n') + 1);
  if (auto found = allow_in(line_above, line - 1, true)) return found;
  return others_in(line_above, line - 1, true);
}

}  // namespace keywake::scan
