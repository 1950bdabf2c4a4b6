#include <dlfcn.h>
#include <fmt/format.h>

#include <optional>

#include "net/curl_internal.h"

namespace keywake::net {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";

class Loader {
 public:
  Loader() : library_(::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL)) {}

  template <typename Function>
  void take(Function& function, const char* name) {
    function = library_ == nullptr ? nullptr : reinterpret_cast<Function>(::dlsym(library_, name));
    complete_ = complete_ && function != nullptr;
  }
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  void* library_;
  bool complete_ = true;
};

std::optional<Curl> loaded() {
  Loader loader;
  Curl out{};
  loader.take(out.global_init, "curl_global_init");
  loader.take(out.easy_init, "curl_easy_init");
  loader.take(out.easy_cleanup, "curl_easy_cleanup");
  loader.take(out.easy_reset, "curl_easy_reset");
  loader.take(out.easy_setopt, "curl_easy_setopt");
  loader.take(out.easy_getinfo, "curl_easy_getinfo");
  loader.take(out.easy_strerror, "curl_easy_strerror");
  loader.take(out.multi_init, "curl_multi_init");
  loader.take(out.multi_cleanup, "curl_multi_cleanup");
  loader.take(out.multi_setopt, "curl_multi_setopt");
  loader.take(out.multi_add_handle, "curl_multi_add_handle");
  loader.take(out.multi_remove_handle, "curl_multi_remove_handle");
  loader.take(out.multi_perform, "curl_multi_perform");
  loader.take(out.multi_info_read, "curl_multi_info_read");
  loader.take(out.multi_poll, "curl_multi_poll");
  loader.take(out.slist_append, "curl_slist_append");
  loader.take(out.slist_free_all, "curl_slist_free_all");
  loader.take(out.url, "curl_url");
  loader.take(out.url_cleanup, "curl_url_cleanup");
  loader.take(out.url_get, "curl_url_get");
  loader.take(out.url_set, "curl_url_set");
  loader.take(out.free, "curl_free");
  loader.take(out.getdate, "curl_getdate");
  if (!loader.complete() || out.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return std::nullopt;
  return out;
}

const std::optional<Curl>& once() {
  static const std::optional<Curl> curl = loaded();
  return curl;
}

}  // namespace

Result<const Curl*> load_curl() {
  if (once()) return &*once();
  return fail(fmt::format("{} (7.85 or later) cannot be loaded; install it (Debian: libcurl4)", kLibrary));
}

const Curl& curl() { return *once(); }

}  // namespace keywake::net
