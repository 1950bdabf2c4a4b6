#include <fmt/format.h>

#include "net/curl_internal.h"

namespace keywake::net {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";

}  // namespace

Curl::Curl() : Library(kLibrary) {
  if (complete() && global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) give_up();
}

Result<const Curl*> load_curl() {
  if (const Curl* curl = Library::loaded<Curl>()) return curl;
  return fail(fmt::format("{} (7.85 or later) cannot be loaded; install it (Debian: libcurl4)", kLibrary));
}

const Curl& curl() { return *Library::loaded<Curl>(); }

}  // namespace keywake::net
