// Work for oneTBB's threads, in the two forms that keywake needs: a group of tasks that may add to itself, and a loop in batches. Both
// run in the calling thread's arena, with as many threads as it has.
//
// They stand between keywake and TBB for ThreadSanitizer's sake too: Debian's libtbb is not built with it, so it cannot see that a task
// runs after what was done before run(), and before what is done after wait(). parallel.cc tells it.
//
// Errors: the first exception of a task is thrown again by wait() or parallel_for(); tasks that had not begun by then are
// left out. Thread safety: run() from any thread or task.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace keywake {

class TaskGroup {
 public:
  TaskGroup();
  ~TaskGroup();
  void run(std::function<void()> task);
  /// Until all tasks are done, those that tasks have added too; the caller's thread helps.
  void wait();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// body(begin, end) for all of [0, count), in batches of at most `batch`, each taken by whichever thread is free.
void parallel_for(std::size_t count, std::size_t batch, const std::function<void(std::size_t, std::size_t)>& body);

}  // namespace keywake
