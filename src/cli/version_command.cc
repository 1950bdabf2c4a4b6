// keywake version
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/version.h"
#include "matching/database.h"
#include "rules/builtin.h"

namespace keywake::cli {

ExitStatus version_command(const Arguments&) {
  return print(fmt::format("keywake {}\npatterns  {}\nmatcher   {}\ncompiler  {}\n", kVersion,
                           rules::builtin().patterns.size(), matching::native_cpu(), __VERSION__));
}

}  // namespace keywake::cli
