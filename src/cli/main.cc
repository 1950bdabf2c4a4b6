#include <sys/resource.h>

#include "cli/app.h"

int main(int argc, char** argv) {
  // A crash must not leave the secrets that were found in a core file.
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  return keywake::cli::run(argc, argv);
}
