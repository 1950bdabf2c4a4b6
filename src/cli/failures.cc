#include "cli/failures.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/console.h"

namespace keywake::cli {

void complain_of_failures(const model::Summary& summary) {
  std::size_t failures = 0;
  const model::Skip* first = nullptr;
  for (const model::Skip& skip : summary.skips) {
    if (!skip.failed) continue;
    if (failures++ == 0) first = &skip;
  }
  if (first == nullptr) return;
  std::string what =
      first->reason.starts_with(first->what) ? first->reason : first->what + ": " + first->reason;
  std::string more;
  if (failures > 1)
    more = fmt::format(", and {} more (the report names them)", human_count(failures - 1));
  complain(fmt::format("not everything could be read: {}{}", printable(what), more));
}

}  // namespace keywake::cli
