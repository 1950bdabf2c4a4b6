// Problems: what could not be read in a repository, collected from all threads for the summary. A problem never ends a scan.
// Thread safety: add() may be called at once; take() when all are done.
#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace keywake::git {

struct Problem {
  std::string what;    // "object 1234…", "pack-ab12.pack"
  std::string reason;  // "damaged", "missing", …: few distinct ones, so that a summary can group by them
  bool failed = true;  // it should have been readable
  auto operator<=>(const Problem&) const = default;
};

class Problems {
 public:
  void add(std::string what, std::string reason, bool failed = true) {
    std::lock_guard lock(mutex_);
    list_.push_back({std::move(what), std::move(reason), failed});
  }
  /// In an order that does not depend on threads; duplicates once.
  std::vector<Problem> take() {
    std::lock_guard lock(mutex_);
    std::sort(list_.begin(), list_.end());
    list_.erase(std::unique(list_.begin(), list_.end()), list_.end());
    return std::exchange(list_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Problem> list_;
};

}  // namespace keywake::git
