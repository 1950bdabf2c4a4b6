#include "attribution/variable_name.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"

namespace keywake::attribution {
namespace {

struct Word {
  std::string_view text;
  std::string_view meaning;
};

// Also as abbreviated in names; "live" is left out, it is a mode of payment keys and a state of services.
constexpr std::array<Word, 12> kEnvironments{{
    {"prod", "production"},
    {"production", "production"},
    {"prd", "production"},
    {"stage", "staging"},
    {"staging", "staging"},
    {"stg", "staging"},
    {"preprod", "staging"},
    {"dev", "development"},
    {"development", "development"},
    {"test", "test"},
    {"testing", "test"},
    {"qa", "test"},
}};

constexpr std::array<Word, 22> kKinds{{
    {"db", "database"},        {"database", "database"}, {"postgres", "database"}, {"postgresql", "database"}, {"pg", "database"},      {"mysql", "database"},
    {"mariadb", "database"},   {"mongo", "database"},    {"mongodb", "database"},  {"redis", "database"},      {"mssql", "database"},   {"oracle", "database"},
    {"clickhouse", "database"}, {"smtp", "mail server"},        {"mail", "mail server"},         {"sendgrid", "mail server"},       {"mailgun", "mail server"},     {"deploy", "deployment"},
    {"deployment", "deployment"}, {"kubeconfig", "deployment"}, {"kube", "deployment"}, {"ansible", "deployment"},
}};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

template <std::size_t kSize>
std::string_view meaning(const std::array<Word, kSize>& words, std::string_view word) {
  const std::string small = lowered(word);
  const auto* found = std::find_if(words.begin(), words.end(), [&](const Word& each) { return each.text == small; });
  return found == words.end() ? std::string_view() : found->meaning;
}

}  // namespace

NameEvidence name_evidence(std::string_view variable) {
  NameEvidence out;
  for (std::size_t begin = 0; begin < variable.size();) {
    if (!is_letter(variable[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin + 1;
    while (end < variable.size() && is_letter(variable[end]) && !(is_upper(variable[end]) && !is_upper(variable[end - 1]))) ++end;
    const std::string_view word = variable.substr(begin, end - begin);
    if (out.environment.empty()) out.environment = meaning(kEnvironments, word);
    if (out.kind.empty()) out.kind = meaning(kKinds, word);
    begin = end;
  }
  return out;
}

}  // namespace keywake::attribution
