// What a run of keywake ends with, for scripts and hooks. Part of the interface: never renumber.
#pragma once

namespace keywake::cli {

enum class ExitStatus : int {
  kClean = 0,   // did what was asked, found nothing
  kFound = 1,   // credentials found
  kFailed = 2,  // could not do what was asked, or not all of it
};

}  // namespace keywake::cli
