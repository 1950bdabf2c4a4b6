// Library: a shared library that is loaded when it is first needed and not before, for those that only some runs need: a pre-commit hook
// that asks nobody should not pay for the start of libcurl, and who has no PostgreSQL need not install its client. Its functions are
// taken into a struct of pointers, declared as decltype(&::name) from the library's own header.
// Ownership: stays loaded for good. Thread safety: as any value; several may load the same library.
#pragma once

#include <dlfcn.h>

namespace keywake {

class Library {
 public:
  explicit Library(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)), complete_(handle_ != nullptr) {}

  template <typename Function>
  void take(Function& function, const char* name) {
    function = handle_ == nullptr ? nullptr : reinterpret_cast<Function>(::dlsym(handle_, name));
    complete_ = complete_ && function != nullptr;
  }
  /// It was there, and so was all that was taken from it.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  void* handle_;
  bool complete_;
};

}  // namespace keywake
