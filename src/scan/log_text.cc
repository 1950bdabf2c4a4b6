#include "scan/log_text.h"

#include <algorithm>

namespace keywake::scan {
namespace {

constexpr char kEscape = '\x1b';
constexpr std::size_t kLongestSequence = 64;
constexpr std::size_t kLongestFraction = 9;  // of a second
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_between(char c, char first, char last) { return c >= first && c <= last; }

// Length of "2024-01-31T12:00:00.000Z" at the beginning, any fraction or none; 0: there is none.
std::size_t date_length(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() <= kForm.size()) return 0;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == '0' ? !is_digit(text[i]) : text[i] != kForm[i]) return 0;
  }
  std::size_t end = kForm.size();
  if (text[end] == '.') {
    const std::size_t fraction = ++end;
    while (end < text.size() && is_digit(text[end]) && end - fraction < kLongestFraction) ++end;
    if (end == fraction) return 0;
  }
  return end < text.size() && text[end] == 'Z' ? end + 1 : 0;
}

struct Header {
  std::size_t length = 0;
  bool goes_on = false;  // the line before does
};

Header header_of(std::string_view line) {
  const bool bracketed = line.starts_with('[');
  const std::size_t date = date_length(line.substr(bracketed ? 1 : 0));
  if (date == 0) return {};
  const std::string_view rest = line.substr(date + (bracketed ? 1 : 0));
  if (bracketed) return rest.starts_with("] ") ? Header{date + 3} : Header{};
  if (!rest.starts_with(' ')) return {};
  const bool runner = rest.size() >= 5 && is_hex(rest[1]) && is_hex(rest[2]) && (rest[3] == 'O' || rest[3] == 'E') && (rest[4] == ' ' || rest[4] == '+');
  return runner ? Header{date + 5, rest[4] == '+'} : Header{date + 1};
}

struct Sequence {
  std::size_t length = 0;  // 0: none, the byte stays
  bool moves = false;
};

// text[0] is the escape.
Sequence sequence_of(std::string_view text) {
  if (text.size() < 2) return {};
  text = text.substr(0, kLongestSequence);
  std::size_t at = 1;
  if (text[1] == '[') {
    ++at;
    while (at < text.size() && is_between(text[at], '0', '?')) ++at;
    while (at < text.size() && is_between(text[at], ' ', '/')) ++at;
    if (at == text.size() || !is_between(text[at], '@', '~')) return {};
    return {at + 1, text[at] != 'm' && text[at] != 'K'};
  }
  if (!is_between(text[1], ' ', '/')) return {};
  while (at < text.size() && is_between(text[at], ' ', '/')) ++at;
  return at < text.size() && is_between(text[at], '0', '~') ? Sequence{at + 1} : Sequence{};
}

}  // namespace

void LogText::keep(std::size_t begin, std::size_t end) {
  if (begin == end) return;
  const std::size_t at = text_.size();
  if (runs_.empty() || runs_.back().raw + (at - runs_.back().text) != begin) runs_.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(begin)});
  text_.append(raw_.substr(begin, end - begin));
}

void LogText::take(std::string_view raw, bool line_begins) {
  raw_ = raw;
  text_.clear();
  runs_.clear();
  text_.reserve(raw.size());
  std::size_t kept = 0;  // what lies before it is in text_, or taken away
  std::size_t at = 0;
  if (line_begins) {
    const std::size_t mark = raw.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    at = kept = mark + header_of(raw.substr(mark)).length;
  }
  std::size_t line_end = std::min(raw.find('\n', at), raw.size());
  while (at < raw.size()) {
    const std::size_t escape = raw.substr(0, line_end).find(kEscape, at);
    if (escape != std::string_view::npos) {
      const Sequence sequence = sequence_of(raw.substr(escape, line_end - escape));
      at = escape + std::max<std::size_t>(sequence.length, 1);
      if (sequence.length == 0) continue;
      keep(kept, escape);
      kept = at;
      if (sequence.moves) {
        runs_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(escape)});
        text_ += ' ';
      }
      continue;
    }
    if (line_end == raw.size()) break;
    const Header header = header_of(raw.substr(line_end + 1));
    at = line_end + 1 + header.length;
    if (header.length > 0) {
      keep(kept, header.goes_on ? line_end : line_end + 1);
      kept = at;
    }
    line_end = std::min(raw.find('\n', at), raw.size());
  }
  keep(kept, raw.size());
}

std::size_t LogText::raw_offset(std::size_t offset) const {
  if (offset >= text_.size()) return raw_.size();
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), offset, [](std::size_t at, const Run& run) { return at < run.text; });
  return (after - 1)->raw + (offset - (after - 1)->text);
}

std::size_t LogText::text_offset(std::size_t raw) const {
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), raw, [](std::size_t at, const Run& run) { return at < run.raw; });
  const std::size_t end = after == runs_.end() ? text_.size() : after->text;
  if (after == runs_.begin()) return 0;
  return std::min(end, (after - 1)->text + (raw - (after - 1)->raw));
}

}  // namespace keywake::scan
