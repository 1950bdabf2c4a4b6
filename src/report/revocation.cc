#include "report/revocation.h"

#include <algorithm>

#include "base/ascii.h"

namespace keywake::report {
namespace {

bool is_plain_word(std::string_view text) {
  constexpr std::string_view kPlain = "-._@:/+=";
  return !text.empty() && text[0] != '-' && std::all_of(text.begin(), text.end(), [&](char c) { return is_alnum(c) || kPlain.find(c) != std::string_view::npos; });
}

std::string value_of(const View& view, const model::Credential& credential, std::string_view name) {
  if (name == "secret") return "$SECRET";
  for (const model::Part& part : credential.parts) {
    if (part.name == name && !part.secret && is_plain_word(view.part(part))) return view.part(part);
  }
  if (credential.validation) {
    for (const model::Fact& fact : credential.validation->facts) {
      if (fact.name == name && is_plain_word(view.name(fact.values.front()))) return view.name(fact.values.front());
    }
  }
  return "<" + std::string(name) + ">";
}

}  // namespace

std::string revocation(const View& view, const model::Credential& credential) {
  std::string out;
  std::string_view left = credential.pattern->revoke;
  while (!left.empty()) {
    const std::size_t open = left.find('{');
    out += left.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = left.find('}', open);
    const std::string_view name = close == std::string_view::npos ? "" : left.substr(open + 1, close - open - 1);
    const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; });
    out += is_name ? value_of(view, credential, name) : "{";
    left.remove_prefix(is_name ? close + 1 : open + 1);
  }
  return out;
}

}  // namespace keywake::report
