#include "cli/app.h"

int main(int argc, char** argv) {
  return keywake::cli::run(argc, argv);
}
