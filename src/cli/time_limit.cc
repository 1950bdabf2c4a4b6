#include "cli/time_limit.h"

#include <unistd.h>

#include "cli/console.h"

namespace keywake::cli {

TimeLimit::TimeLimit(std::chrono::seconds limit, std::string message, ExitStatus status) {
  if (limit.count() == 0) return;
  thread_ = std::jthread([this, limit, status, message = std::move(message)](const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, limit, [] { return false; });
    if (stop.stop_requested()) return;
    complain(message);
    ::_exit(static_cast<int>(status));
  });
}

}  // namespace keywake::cli
