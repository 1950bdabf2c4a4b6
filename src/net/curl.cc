#include <fmt/format.h>

#include <optional>

#include "base/library.h"
#include "net/curl_internal.h"

namespace keywake::net {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";

std::optional<Curl> loaded() {
  Library library(kLibrary);
  Curl out{};
  library.take(out.global_init, "curl_global_init");
  library.take(out.easy_init, "curl_easy_init");
  library.take(out.easy_cleanup, "curl_easy_cleanup");
  library.take(out.easy_reset, "curl_easy_reset");
  library.take(out.easy_setopt, "curl_easy_setopt");
  library.take(out.easy_getinfo, "curl_easy_getinfo");
  library.take(out.easy_perform, "curl_easy_perform");
  library.take(out.easy_pause, "curl_easy_pause");
  library.take(out.easy_send, "curl_easy_send");
  library.take(out.easy_recv, "curl_easy_recv");
  library.take(out.easy_strerror, "curl_easy_strerror");
  library.take(out.multi_init, "curl_multi_init");
  library.take(out.multi_cleanup, "curl_multi_cleanup");
  library.take(out.multi_setopt, "curl_multi_setopt");
  library.take(out.multi_add_handle, "curl_multi_add_handle");
  library.take(out.multi_remove_handle, "curl_multi_remove_handle");
  library.take(out.multi_perform, "curl_multi_perform");
  library.take(out.multi_info_read, "curl_multi_info_read");
  library.take(out.multi_poll, "curl_multi_poll");
  library.take(out.multi_wakeup, "curl_multi_wakeup");
  library.take(out.slist_append, "curl_slist_append");
  library.take(out.slist_free_all, "curl_slist_free_all");
  library.take(out.url, "curl_url");
  library.take(out.url_cleanup, "curl_url_cleanup");
  library.take(out.url_get, "curl_url_get");
  library.take(out.url_set, "curl_url_set");
  library.take(out.free, "curl_free");
  library.take(out.getdate, "curl_getdate");
  if (!library.complete() || out.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return std::nullopt;
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
