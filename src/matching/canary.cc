#include "matching/canary.h"

#include <vector>

#include "base/ascii.h"
#include "matching/embedded_text.h"

namespace keywake::matching {
namespace {

struct Trap {
  bool host = false;
  std::string_view value;
  std::string_view whose;
};

const std::vector<Trap>& traps() {
  static const std::vector<Trap> rows = [] {
    std::vector<Trap> made;
    each_row<4>(canaries_text(), [&](const auto& fields) {
      made.push_back({fields[0] == "host", fields[1], fields[2]});
    });
    return made;
  }();
  return rows;
}

bool in_host(char c) {
  return is_alnum(c) || c == '-';
}

bool names_host(std::string_view text, std::string_view host) {
  for (std::size_t at = text.find(host); at != std::string_view::npos;
       at = text.find(host, at + 1)) {
    const std::size_t end = at + host.size();
    const bool begins = at == 0 || !in_host(text[at - 1]);
    const bool ends = end == text.size() ||
                      !(in_host(text[end]) ||
                        (text[end] == '.' && end + 1 < text.size() && in_host(text[end + 1])));
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string_view> canary_account(std::string_view account) {
  for (const Trap& trap : traps()) {
    if (!trap.host && trap.value == account) return trap.whose;
  }
  return std::nullopt;
}

std::optional<std::string_view> canary_host(std::string_view text) {
  if (text.find("canary") == std::string_view::npos)
    return std::nullopt;  // which all of them have in their names; a test holds that
  for (const Trap& trap : traps()) {
    if (trap.host && names_host(text, trap.value)) return trap.whose;
  }
  return std::nullopt;
}

}  // namespace keywake::matching
