// libcurl, loaded when somebody is asked and not before: its eighteen libraries take three milliseconds to load, which a pre-commit hook
// that asks nobody would pay with every commit. The functions have their own names here without `curl_`.
// Thread safety: immutable once loaded.
#pragma once

#include <curl/curl.h>

#include "base/library.h"
#include "base/result.h"

namespace keywake::net {

struct Curl : Library {
  Curl();
  decltype(&::curl_global_init) global_init = take("curl_global_init");
  decltype(&::curl_easy_init) easy_init = take("curl_easy_init");
  decltype(&::curl_easy_cleanup) easy_cleanup = take("curl_easy_cleanup");
  decltype(&::curl_easy_reset) easy_reset = take("curl_easy_reset");
  decltype(&::curl_easy_setopt) easy_setopt = take("curl_easy_setopt");
  decltype(&::curl_easy_getinfo) easy_getinfo = take("curl_easy_getinfo");
  decltype(&::curl_easy_perform) easy_perform = take("curl_easy_perform");
  decltype(&::curl_easy_pause) easy_pause = take("curl_easy_pause");
  decltype(&::curl_easy_send) easy_send = take("curl_easy_send");
  decltype(&::curl_easy_recv) easy_recv = take("curl_easy_recv");
  decltype(&::curl_easy_strerror) easy_strerror = take("curl_easy_strerror");
  decltype(&::curl_multi_init) multi_init = take("curl_multi_init");
  decltype(&::curl_multi_cleanup) multi_cleanup = take("curl_multi_cleanup");
  decltype(&::curl_multi_setopt) multi_setopt = take("curl_multi_setopt");
  decltype(&::curl_multi_add_handle) multi_add_handle = take("curl_multi_add_handle");
  decltype(&::curl_multi_remove_handle) multi_remove_handle = take("curl_multi_remove_handle");
  decltype(&::curl_multi_perform) multi_perform = take("curl_multi_perform");
  decltype(&::curl_multi_info_read) multi_info_read = take("curl_multi_info_read");
  decltype(&::curl_multi_poll) multi_poll = take("curl_multi_poll");
  decltype(&::curl_multi_wakeup) multi_wakeup = take("curl_multi_wakeup");
  decltype(&::curl_slist_append) slist_append = take("curl_slist_append");
  decltype(&::curl_slist_free_all) slist_free_all = take("curl_slist_free_all");
  decltype(&::curl_url) url = take("curl_url");
  decltype(&::curl_url_cleanup) url_cleanup = take("curl_url_cleanup");
  decltype(&::curl_url_get) url_get = take("curl_url_get");
  decltype(&::curl_url_set) url_set = take("curl_url_set");
  decltype(&::curl_free) free = take("curl_free");
  decltype(&::curl_getdate) getdate = take("curl_getdate");
};

/// Loaded and started at the first call. Fails, at each, if it is not installed.
Result<const Curl*> load_curl();
/// After load_curl() has succeeded.
const Curl& curl();

}  // namespace keywake::net
