#include <fmt/format.h>

#include "net/address.h"
#include "net/easy_internal.h"

namespace keywake::net {
namespace {

curl_socket_t open_socket(void* of, curlsocktype, curl_sockaddr* address) {
  Guarded& guarded = *static_cast<Guarded*>(of);
  if (!guarded.guard->permits(address->addr)) {
    guarded.refused = text_of(address->addr);
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

Failure failure_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return Failure::kNone;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Failure::kResolve;
    case CURLE_COULDNT_CONNECT:
      return Failure::kConnect;
    case CURLE_OPERATION_TIMEDOUT:
      return Failure::kTimeout;
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return Failure::kTls;
    case CURLE_URL_MALFORMAT:
      return Failure::kRefused;
    default:
      return Failure::kBroken;
  }
}

}  // namespace

void append(List& list, const std::string& text) { list.reset(curl().slist_append(list.release(), text.c_str())); }

void protect(CURL* easy, Guarded& of) {
  const ClientOptions& options = of.guard->options();
  auto set = [easy](CURLoption option, auto value) { curl().easy_setopt(easy, option, value); };
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROXY, options.proxy.c_str());  // empty: none, and the environment is not asked
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  of.connect_to.reset();
  for (const std::string& entry : options.connect_to) append(of.connect_to, entry);
  set(CURLOPT_CONNECT_TO, of.connect_to.get());
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, &of);
  set(CURLOPT_ERRORBUFFER, of.error);
}

Answer outcome(CURLcode code, const Guarded& of) {
  Answer out;
  out.failure = failure_of(code);
  if (!of.refused.empty() && code != CURLE_OK) {
    out.failure = Failure::kRefused;
    out.problem = fmt::format("its name leads to {}, an address that is not public", of.refused);
  } else if (code != CURLE_OK) {
    out.problem = of.error[0] != '\0' ? of.error : curl().easy_strerror(code);
  }
  return out;
}

}  // namespace keywake::net
