#include "attribution/mailmap.h"

#include "base/ascii.h"

namespace keywake::attribution {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// "Name <email>" from the front of `text`, which is left behind it; false if there is none.
bool take(std::string_view& text, Person& person) {
  const std::size_t open = text.find('<');
  const std::size_t close = open == std::string_view::npos ? open : text.find('>', open);
  if (close == std::string_view::npos) return false;
  person.name = trimmed(text.substr(0, open));
  person.email = trimmed(text.substr(open + 1, close - open - 1));
  text.remove_prefix(close + 1);
  return true;
}

}  // namespace

Mailmap::Mailmap(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    line = line.substr(0, line.find('#'));
    Person proper;
    Person commit;
    if (!take(line, proper)) continue;
    if (!take(line, commit)) {  // one address: only the name is replaced
      commit.email = proper.email;
      proper.email.clear();
    }
    by_email_[lowered(commit.email)].push_back({commit.name, std::move(proper)});
  }
}

Person Mailmap::resolve(Person person) const {
  const auto found = by_email_.find(lowered(person.email));
  if (found == by_email_.end()) return person;
  const Line* best = nullptr;
  for (const Line& line : found->second) {
    const bool fits = line.commit_name.empty() || lowered(line.commit_name) == lowered(person.name);
    if (fits && (best == nullptr || !line.commit_name.empty())) best = &line;
  }
  if (best == nullptr) return person;
  if (!best->proper.name.empty()) person.name = best->proper.name;
  if (!best->proper.email.empty()) person.email = best->proper.email;
  return person;
}

}  // namespace keywake::attribution
