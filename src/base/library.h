// Library: a shared library that is loaded when it is first needed and not before, for those that only some runs need: a pre-commit hook
// that asks nobody should not pay for the start of libcurl, and who has no PostgreSQL need not install its client. Each is a struct of its
// functions, declared by the library's own header:
//
//     struct Zlib : Library {
//       Zlib() : Library("libz.so.1") {}
//       decltype(&::crc32) crc32 = take("crc32");
//     };
//
// Ownership: stays loaded for good. Thread safety: immutable once loaded().
#pragma once

#include <dlfcn.h>

namespace keywake {

class Library {
 public:
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  /// The one of its kind, loaded at the first call. Null, at each, if it or one of its functions is not there.
  template <typename Kind>
  static const Kind* loaded() {
    static const Kind one;
    return one.complete_ ? &one : nullptr;
  }

 protected:
  explicit Library(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)), complete_(handle_ != nullptr) {}
  ~Library() = default;

  struct Symbol {
    void* address;
    template <typename Function>
    operator Function*() const {
      return reinterpret_cast<Function*>(address);
    }
  };
  Symbol take(const char* name) {
    void* const address = handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
    complete_ = complete_ && address != nullptr;
    return {address};
  }
  [[nodiscard]] bool complete() const { return complete_; }
  /// It is there, and does not start.
  void give_up() { complete_ = false; }

 private:
  void* handle_;
  bool complete_;
};

}  // namespace keywake
