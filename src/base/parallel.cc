#include "base/parallel.h"

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>

// What TBB's own headers do with its own tasks is ordered by code in libtbb that ThreadSanitizer does not see.
extern "C" const char* __tsan_default_suppressions() {
  return "race_top:oneapi/tbb/\n";
}
#endif

namespace keywake {

#ifdef __SANITIZE_THREAD__
void tell_before(void* at) {
  __tsan_release(at);
}
void tell_after(void* at) {
  __tsan_acquire(at);
}
#else
void tell_before(void*) {}
void tell_after(void*) {}
#endif

}  // namespace keywake
