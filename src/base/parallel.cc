#include "base/parallel.h"

#include <memory>
#include <utility>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>

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

// What TBB itself carries from thread to thread.
struct Ticket {
  TaskGroup* group;
  std::function<void()>* task;
  KEYWAKE_UNSEEN Ticket(TaskGroup* to, std::function<void()>* what) : group(to), task(what) {}
  KEYWAKE_UNSEEN Ticket(const Ticket& other) : group(other.group), task(other.task) {}
  KEYWAKE_UNSEEN void operator()() const { group->execute(task); }
};

void TaskGroup::run(std::function<void()> task) {
  auto owned = std::make_unique<std::function<void()>>(std::move(task));
  tell_before(this);
  group_.run(Ticket(this, owned.release()));
}

void TaskGroup::execute(std::function<void()>* task) {
  tell_after(this);
  {
    std::unique_ptr<std::function<void()>> owned(task);
    try {
      if (!failed_) (*owned)();
    } catch (...) {
      if (!failed_.exchange(true)) failure_ = std::current_exception();
    }
  }
  tell_before(this);
}

void TaskGroup::wait() {
  group_.wait();
  tell_after(this);
  if (failed_.exchange(false)) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace keywake
