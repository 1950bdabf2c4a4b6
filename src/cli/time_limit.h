// TimeLimit: ends the process when it takes too long. For hooks of a server: whoever pushes waits, and a front end that loses patience
// first would leave no reason behind. What runs is only read from, so it may end anywhere.
// Thread safety: made and dropped by one thread; watches from its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "cli/exit_status.h"

namespace keywake::cli {

class TimeLimit {
 public:
  /// After that time `message` goes to standard error and the process ends with `status`. No limit at all for 0.
  TimeLimit(std::chrono::seconds limit, std::string message, ExitStatus status);
  /// In time: nothing happens any more.
  ~TimeLimit() = default;
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace keywake::cli
