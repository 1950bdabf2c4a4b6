// A commit (gitformat of git-hash-object(1), "commit"): header lines, an empty line, the message.
//
//   tree 9b1d…
//   parent 4f0a…                                   none, one or more
//   author Ada <ada@example.org> 1600000000 +0200
//   committer Carl <carl@example.org> 1600000100 +0000
//   encoding ISO-8859-1                            and others, some of several lines: they go on
//   after a space
//
//   summary
#include "git/commit_object.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace keywake::git {
namespace {

std::string_view take_line(std::string_view& text) {
  std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::optional<Oid> oid_after(std::string_view line, std::string_view word, HashKind hash) {
  if (!line.starts_with(word) || line.size() != word.size() + 2 * static_cast<std::size_t>(hash)) {
    return std::nullopt;
  }
  return Oid::from_hex(line.substr(word.size()));
}

template <typename Number>
Number number(std::string_view text) {
  Number value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

struct Identity {
  std::string_view name;
  std::string_view email;
  std::int64_t date = 0;
  int offset = 0;  // minutes
};

/// "Ada <ada@example.org> 1600000000 +0200"; damaged ones give what they have.
Identity parse_identity(std::string_view text) {
  Identity identity;
  std::size_t open = text.find('<');
  std::size_t close = text.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    identity.name = text;
    return identity;
  }
  identity.name = text.substr(0, open);
  while (identity.name.ends_with(' ')) identity.name.remove_suffix(1);
  identity.email = text.substr(open + 1, close - open - 1);
  std::string_view when = text.substr(close + 1);
  while (when.starts_with(' ')) when.remove_prefix(1);
  std::size_t space = when.find(' ');
  identity.date = number<std::int64_t>(when.substr(0, space));
  if (space == std::string_view::npos) return identity;
  std::string_view zone = when.substr(space + 1);
  if (zone.size() != 5 || (zone[0] != '+' && zone[0] != '-')) return identity;
  int digits = number<int>(zone.substr(1));
  identity.offset = (digits / 100 * 60 + digits % 100) * (zone[0] == '-' ? -1 : 1);
  return identity;
}

// The 32 code points of Windows-1252 that differ from Latin-1 (0x80 … 0x9f); unassigned ones stay
// control characters.
constexpr char16_t kWindows1252[32] = {
    0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
    0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};

std::string one_byte_to_utf8(std::string_view text, bool windows) {
  std::string result;
  for (char c : text) {
    unsigned code = static_cast<unsigned char>(c);
    if (windows && code >= 0x80 && code < 0xa0) code = kWindows1252[code - 0x80];
    if (code < 0x80) {
      result += c;
    } else if (code < 0x800) {
      result += static_cast<char>(0xc0 | (code >> 6));
      result += static_cast<char>(0x80 | (code & 0x3f));
    } else {
      result += static_cast<char>(0xe0 | (code >> 12));
      result += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      result += static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  return result;
}

std::string to_utf8_from(std::string_view text, std::string_view encoding) {
  std::string name(encoding);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::erase_if(name, [](char c) { return c == '-' || c == '_'; });
  if (name == "iso88591" || name == "latin1" || name == "l1") return one_byte_to_utf8(text, false);
  if (name == "windows1252" || name == "cp1252") return one_byte_to_utf8(text, true);
  return std::string(text);
}

}  // namespace

std::optional<CommitLinks> parse_commit_links(std::string_view commit, HashKind hash) {
  CommitLinks links;
  std::string_view line = take_line(commit);
  auto tree = oid_after(line, "tree ", hash);
  if (!tree) return std::nullopt;
  links.tree = *tree;
  for (line = take_line(commit); line.starts_with("parent "); line = take_line(commit)) {
    auto parent = oid_after(line, "parent ", hash);
    if (!parent) return std::nullopt;
    links.parents.push_back(*parent);
  }
  while (!line.empty() && !line.starts_with("committer ")) line = take_line(commit);
  if (!line.empty()) links.committer_date = parse_identity(line.substr(10)).date;
  return links;
}

CommitInfo parse_commit_info(std::string_view commit) {
  Identity author;
  std::string_view encoding;
  for (std::string_view line = take_line(commit); !line.empty(); line = take_line(commit)) {
    if (line.starts_with("author ")) author = parse_identity(line.substr(7));
    if (line.starts_with("encoding ")) encoding = line.substr(9);
  }
  while (commit.starts_with('\n')) commit.remove_prefix(1);
  std::string_view summary = take_line(commit);
  while (!summary.empty() &&
         (summary.back() == ' ' || summary.back() == '\t' || summary.back() == '\r')) {
    summary.remove_suffix(1);
  }
  return {.author = to_utf8_from(author.name, encoding),
          .email = to_utf8_from(author.email, encoding),
          .date = author.date,
          .date_offset = author.offset,
          .summary = to_utf8_from(summary, encoding)};
}

}  // namespace keywake::git
