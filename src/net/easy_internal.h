// What every transfer and stream of libcurl has in common: its handle, the settings that keep it safe, and what its failures mean.
// Thread safety: none, one thread at a time.
#pragma once

#include <memory>
#include <string>

#include "net/client.h"
#include "net/curl_internal.h"
#include "net/guard.h"

namespace keywake::net {

struct EasyCloser {
  void operator()(CURL* handle) const { curl().easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, EasyCloser>;

struct ListFreer {
  void operator()(curl_slist* list) const { curl().slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListFreer>;

void append(List& list, const std::string& text);

/// A connection's guard, and the address that it refused.
struct Guarded {
  const Guard* guard = nullptr;
  std::string refused;
  List connect_to;
  char error[CURL_ERROR_SIZE] = "";
};

/// Certificates verified, addresses held against the guard, no proxy but the user's. `of` must outlive what the handle does.
void protect(CURL* easy, Guarded& of);

/// What came of it: an answer with nothing but failure and problem.
Answer outcome(CURLcode code, const Guarded& of);

}  // namespace keywake::net
