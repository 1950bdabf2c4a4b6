// The progress of a scan on standard error: one line that is redrawn ten times a second and erased
// at the end, on a terminal; a plain line every ten seconds elsewhere, and only with --progress
// always. Drawn by a thread of its own, so the scan pays for nothing but the counters. A scan
// shorter than the first interval draws nothing. Ownership: refers to the Progress, which must
// outlive it. Thread safety: used by one thread; reads the Progress from its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "cli/arguments.h"
#include "scan/pipeline.h"

namespace keywake::cli {

class ProgressLine {
 public:
  ProgressLine(const scan::Progress& progress, When when);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  void run(const std::stop_token& stop, bool terminal);
  void draw(bool terminal);

  const scan::Progress& progress_;
  std::chrono::steady_clock::time_point started_;
  bool drawn_ = false;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

struct Snapshot {
  std::string_view stage;
  std::string_view unit = "objects";
  std::uint64_t objects = 0;
  std::uint64_t objects_total = 0;  // 0: not known
  std::uint64_t bytes = 0;
  double seconds = 0;  // since the start
};

/// "scanning  12,345 / 419,000 objects  1.2 GiB  820 MiB/s  4 s left", at most `width` columns;
/// what does not fit is left out.
std::string progress_text(const Snapshot& snapshot, unsigned width);

}  // namespace keywake::cli
