#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace keywake::cli {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::optional<unsigned> terminal_width(int descriptor) {
  static constexpr unsigned kUnknown = 80;  // a terminal that does not tell, such as a serial line
  if (isatty(descriptor) == 0) return std::nullopt;
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUnknown;
  return size.ws_col;
}

bool use_colour(When when) {
  if (when != When::kAuto) return when == When::kAlways;
  // https://no-color.org: set and not empty, whatever the value.
  return environment("NO_COLOR").empty() && environment("TERM") != "dumb" &&
         isatty(STDOUT_FILENO) != 0;
}

}  // namespace keywake::cli
