// Work for oneTBB's threads, in the two forms that keywake needs: a group of tasks that may add to itself, and a loop in batches. Both
// run in the calling thread's arena, with as many threads as it has.
//
// They stand between keywake and TBB for ThreadSanitizer's sake too: Debian's libtbb is not built with it, so it cannot see that a task
// runs after what was done before run(), and before what is done after wait(). parallel.cc tells it.
//
// Errors: the first exception of a task is thrown again by wait() or parallel_for(); tasks that had not begun by then are
// left out. Thread safety: run() from any thread or task.
#pragma once

#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>

namespace keywake {

class TaskGroup {
 public:
  void run(std::function<void()> task);
  /// Until all tasks are done, those that tasks have added too; the caller's thread helps.
  void wait();

 private:
  friend struct Ticket;
  void execute(std::function<void()>* task);

  tbb::task_group group_;
  std::atomic<bool> failed_{false};
  std::exception_ptr failure_;  // of whoever set failed_
};

/// body(begin, end) for all of [0, count), in batches of at most `batch`, each taken by whichever thread is free.
template <typename Body>
void parallel_for(std::size_t count, std::size_t batch, Body body) {
  std::atomic<std::size_t> next{0};
  auto work = [&] {
    for (std::size_t begin = next.fetch_add(batch); begin < count; begin = next.fetch_add(batch)) {
      body(begin, std::min(begin + batch, count));
    }
  };
  TaskGroup group;
  const auto threads = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
  for (std::size_t i = 0; i < std::min(threads, (count + batch - 1) / batch); ++i) group.run(work);
  group.wait();
}

}  // namespace keywake
