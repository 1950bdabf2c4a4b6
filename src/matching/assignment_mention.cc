#include "matching/assignment_mention.h"

#include <algorithm>

#include "matching/assignment.h"
#include "matching/assignment_cursor.h"
#include "matching/assignment_name.h"

namespace keywake::matching {
namespace {

constexpr std::size_t kMostBlanks = 8;
constexpr std::size_t kLeast = 16;
constexpr std::ptrdiff_t kLeastDigits = 3;
constexpr std::ptrdiff_t kLeastLetters = 3;

bool is_of_word(char c) { return is_alnum(c) || is_one_of(c, "_-+/=.:~"); }

}  // namespace

std::string_view word_behind(std::string_view text, std::size_t at) {
  auto pass_blanks = [&] {
    const std::size_t begin = at;
    while (at < text.size() && at - begin < kMostBlanks && is_blank(text[at])) ++at;
    return at > begin;
  };
  if (!pass_blanks()) return {};
  for (std::string_view verb : {"is ", "was "}) {
    if (text.substr(at).starts_with(verb)) at += verb.size();
  }
  if (at < text.size() && text[at] == '|' && (++at, !pass_blanks())) return {};
  if (at < text.size() && is_quote(text[at])) ++at;
  const std::size_t begin = at;
  while (at < text.size() && is_of_word(text[at])) ++at;
  return text.substr(begin, at - begin);
}

bool is_machine_made(std::string_view word) {
  return word.size() >= kLeast && std::count_if(word.begin(), word.end(), is_digit) >= kLeastDigits && std::count_if(word.begin(), word.end(), is_letter) >= kLeastLetters;
}

std::optional<Assignment> read_mention(std::string_view text, std::size_t begin, std::size_t end, bool at_end) {
  const std::string_view seen = text.substr(0, std::min(text.size(), end + kValueReach));
  Cursor cursor{seen, end, at_end && seen.size() == text.size()};
  Name name;
  if (!read_name(cursor, begin, name)) return std::nullopt;
  std::string_view word = word_behind(seen, cursor.at);
  if (word.empty() || (word.end() == seen.end() && !cursor.at_end)) return std::nullopt;
  while (!word.empty() && is_one_of(word.back(), ".:")) word.remove_suffix(1);  // of the sentence
  if (!is_machine_made(word)) return std::nullopt;
  return Assignment{.name = name.text, .value = word};
}

}  // namespace keywake::matching
