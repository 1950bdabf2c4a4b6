#include "rules/check_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "rules/check_names.h"
#include "rules/messages.h"

namespace keywake::rules {
namespace {

constexpr auto kNames = [] {
  std::array<std::string_view, kCheckNames.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kCheckNames[i].name;
  return names;
}();

bool is_number(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0 && value < 1e6;
}
bool is_count(std::string_view text) {
  return is_number(text) && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What is wrong with the argument; empty if nothing is.
std::string refuse_argument(const CheckName& check, std::string_view argument) {
  switch (check.argument) {
    case CheckArgument::kNone:
      if (argument.empty()) return "";
      return fmt::format("the check \"{}\" takes no argument", check.name);
    case CheckArgument::kWeak:
      if (argument.empty() || argument == "weak") return "";
      return fmt::format("write \"{0}\" or \"{0}:weak\"", check.name);
    case CheckArgument::kCount:
      if (is_count(argument)) return "";
      return fmt::format("write \"{}:N\", N being a whole number above 0", check.name);
    case CheckArgument::kNumber:
      if (is_number(argument)) return "";
      return fmt::format("write \"{}:N\", N being a number above 0", check.name);
    case CheckArgument::kText:
    case CheckArgument::kRegex:
      if (!argument.empty()) return "";
      return fmt::format("the check \"{}\" needs an argument: \"{}:…\"", check.name, check.name);
  }
  return "";
}

}  // namespace

std::expected<ParsedCheck, RegexError> parse_check(std::string_view text) {
  std::string_view name = text.substr(0, text.find(':'));
  std::string_view argument = text.substr(std::min(name.size() + 1, text.size()));
  auto known = std::find(kNames.begin(), kNames.end(), name);
  if (known == kNames.end()) {
    return std::unexpected(RegexError{0, unknown("check", name, kNames)});
  }
  const CheckName& check = kCheckNames[static_cast<std::size_t>(known - kNames.begin())];
  std::string refusal = refuse_argument(check, argument);
  if (!refusal.empty()) return std::unexpected(RegexError{0, std::move(refusal)});
  if (check.argument != CheckArgument::kRegex)
    return ParsedCheck{check.name, std::string(argument)};

  auto canonical = canonical_regex(argument);
  if (!canonical) {
    canonical.error().offset += name.size() + 1;
    return std::unexpected(std::move(canonical.error()));
  }
  return ParsedCheck{check.name, std::move(canonical->text)};
}

}  // namespace keywake::rules
