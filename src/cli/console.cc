#include "cli/console.h"

#include <iostream>

namespace keywake::cli {

void complain(std::string_view message) {
  std::cerr << "keywake: " << message << '\n';
}

ExitStatus failed(std::string_view message) {
  complain(message);
  return ExitStatus::kFailed;
}

ExitStatus print(std::string_view text) {
  std::cout << text << std::flush;
  if (!std::cout) return failed("cannot write to standard output");
  return ExitStatus::kClean;
}

}  // namespace keywake::cli
