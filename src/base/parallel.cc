#include "base/parallel.h"

#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

#ifdef __SANITIZE_THREAD__
// https://github.com/llvm/llvm-project/blob/main/compiler-rt/include/sanitizer/tsan_interface.h
extern "C" void __tsan_release(void* at);
extern "C" void __tsan_acquire(void* at);
// What TBB's own headers do with its own tasks is ordered by code in libtbb that ThreadSanitizer does not see.
extern "C" const char* __tsan_default_suppressions() {
  return "race_top:oneapi/tbb/\n";
}
#define KEYWAKE_UNSEEN __attribute__((no_sanitize("thread"), noinline))
#else
#define KEYWAKE_UNSEEN
#endif

namespace keywake {
namespace {

// For ThreadSanitizer only: what precedes the one call is seen by what follows the other.
void tell_before([[maybe_unused]] void* at) {
#ifdef __SANITIZE_THREAD__
  __tsan_release(at);
#endif
}
void tell_after([[maybe_unused]] void* at) {
#ifdef __SANITIZE_THREAD__
  __tsan_acquire(at);
#endif
}

}  // namespace

struct TaskGroup::State {
  tbb::task_group group;
  std::atomic<bool> failed{false};
  std::exception_ptr failure;  // of whoever set `failed`

  // What TBB itself carries from thread to thread.
  struct Ticket {
    State* state;
    std::function<void()>* task;
    KEYWAKE_UNSEEN Ticket(State* of, std::function<void()>* what) : state(of), task(what) {}
    KEYWAKE_UNSEEN Ticket(const Ticket& other) : state(other.state), task(other.task) {}
    KEYWAKE_UNSEEN void operator()() const { state->execute(task); }
  };

  void execute(std::function<void()>* task) {
    tell_after(this);
    {
      std::unique_ptr<std::function<void()>> owned(task);
      try {
        if (!failed) (*owned)();
      } catch (...) {
        if (!failed.exchange(true)) failure = std::current_exception();
      }
    }
    tell_before(this);
  }
};

TaskGroup::TaskGroup() : state_(std::make_unique<State>()) {}
TaskGroup::~TaskGroup() = default;

void TaskGroup::run(std::function<void()> task) {
  auto owned = std::make_unique<std::function<void()>>(std::move(task));
  tell_before(state_.get());
  state_->group.run(State::Ticket(state_.get(), owned.release()));
}

void TaskGroup::wait() {
  state_->group.wait();
  tell_after(state_.get());
  if (state_->failed.exchange(false)) std::rethrow_exception(std::exchange(state_->failure, nullptr));
}

void parallel_for(std::size_t count, std::size_t batch, const std::function<void(std::size_t, std::size_t)>& body) {
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
