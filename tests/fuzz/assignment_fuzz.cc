// Any text through the lexer of assignments: what it reads lies inside the text, and in a window of the promised size around the hit it
// reads the same as in the whole, which (and that the glance lets through all that is read) is what lets findings be inherited from one version of a file by the next.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "matching/assigned_value.h"
#include "matching/assignment.h"

namespace {

using namespace keywake::matching;

bool inside(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

using Read = std::optional<Assignment> (*)(std::string_view, std::size_t, std::size_t, bool);

void check(Read read, std::string_view text, std::size_t begin, std::size_t end) {
  const bool possible = may_be_assigned(text, begin, end);
  auto found = read(text, begin, end, true);
  if (found && !possible) std::abort();  // the glance must not turn away what would be read
  if (found && (!inside(found->name, text) || !inside(found->value, text) || found->value.empty())) std::abort();

  const std::size_t from = begin > kNameReach ? begin - kNameReach : 0;
  const std::size_t to = std::min(text.size(), end + kValueReach);
  std::string_view window = text.substr(from, to - from);
  if (may_be_assigned(window, begin - from, end - from) != possible) std::abort();
  auto again = read(window, begin - from, end - from, to == text.size());
  if (found.has_value() != again.has_value()) std::abort();
  if (!found) return;
  if (found->value.data() != again->value.data() || found->value.size() != again->value.size() || found->name != again->name) std::abort();
  judge_assignment(*found);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (std::string_view hit : {"token", "password", "key=", "key:", "key \"", "secret"}) {
    for (std::size_t at = text.find(hit); at != std::string_view::npos; at = text.find(hit, at + 1)) {
      check(read_assignment, text, at, at + hit.size());
      check(read_mention, text, at, at + hit.size());
    }
  }
  return 0;
}
