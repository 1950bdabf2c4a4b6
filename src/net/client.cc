#include "net/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <unistd.h>
#include <unordered_map>

#include "base/ascii.h"
#include "net/address.h"
#include "net/curl_internal.h"

namespace keywake::net {
namespace {

constexpr std::size_t kMaxHeaders = 256;

struct EasyCloser {
  void operator()(CURL* handle) const { curl().easy_cleanup(handle); }
};
struct ListFreer {
  void operator()(curl_slist* list) const { curl().slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyCloser>;
using List = std::unique_ptr<curl_slist, ListFreer>;

void append(List& list, const std::string& text) { list.reset(curl().slist_append(list.release(), text.c_str())); }

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

struct Client::State {
  struct Transfer {
    State* owner = nullptr;
    Easy easy;
    List headers;
    Request request;
    Answer answer;
    std::function<void(Answer)> done;
    std::string refused;  // address that was
    bool too_large = false;
    char error[CURL_ERROR_SIZE] = "";
  };

  ClientOptions options;
  CURLM* multi = nullptr;
  List connect_to;
  std::vector<std::string> named_addresses;  // "127.0.0.1:8443", of connect_to
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> transfers;
  std::vector<Easy> idle;

  ~State() {
    for (auto& [easy, transfer] : transfers) curl().multi_remove_handle(multi, easy);
    transfers.clear();
    idle.clear();
    if (multi != nullptr) curl().multi_cleanup(multi);
  }

  [[nodiscard]] bool permits(const sockaddr& address) const {
    if (!options.proxy.empty()) return true;  // it is the proxy's, which the user named
    const Reach reach = reach_of(address);
    if (reach == Reach::kPublic || (reach == Reach::kPrivate && options.allow_private)) return true;
    return std::find(named_addresses.begin(), named_addresses.end(), text_of(address)) != named_addresses.end();
  }

  void prepare(Transfer& transfer);
  void finish(CURL* easy, CURLcode code);

  static curl_socket_t open_socket(void* of, curlsocktype, curl_sockaddr* address);
  static std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* of);
  static std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* of);
};

curl_socket_t Client::State::open_socket(void* of, curlsocktype, curl_sockaddr* address) {
  Transfer& transfer = *static_cast<Transfer*>(of);
  if (!transfer.owner->permits(address->addr)) {
    transfer.refused = text_of(address->addr);
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t Client::State::take_body(char* bytes, std::size_t, std::size_t count, void* of) {
  Transfer& transfer = *static_cast<Transfer*>(of);
  transfer.too_large = transfer.answer.body.size() + count > transfer.owner->options.max_body;
  if (transfer.too_large) return 0;
  transfer.answer.body.append(bytes, count);
  return count;
}

std::size_t Client::State::take_header(char* bytes, std::size_t, std::size_t count, void* of) {
  Transfer& transfer = *static_cast<Transfer*>(of);
  std::string_view line(bytes, count);
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  auto& headers = transfer.answer.headers;
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) headers.clear();  // of an interim answer, 1xx
  if (colon == std::string_view::npos || headers.size() == kMaxHeaders) return count;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
  headers.emplace_back(lowered(line.substr(0, colon)), value);
  return count;
}

void Client::State::prepare(Transfer& transfer) {
  CURL* const easy = transfer.easy.get();
  const Request& request = transfer.request;
  curl().easy_reset(easy);
  auto set = [easy](CURLoption option, auto value) { curl().easy_setopt(easy, option, value); };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_PIPEWAIT, 1L);  // rather share a connection than open one more
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROXY, options.proxy.c_str());  // empty: none, and the environment is not asked
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  set(CURLOPT_USERAGENT, "keywake");
  set(CURLOPT_ACCEPT_ENCODING, "");
  set(CURLOPT_ERRORBUFFER, transfer.error);
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (connect_to != nullptr) set(CURLOPT_CONNECT_TO, connect_to.get());
  set(CURLOPT_OPENSOCKETFUNCTION, &State::open_socket);
  set(CURLOPT_OPENSOCKETDATA, &transfer);
  set(CURLOPT_WRITEFUNCTION, &State::take_body);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_HEADERFUNCTION, &State::take_header);
  set(CURLOPT_HEADERDATA, &transfer);
  const bool sends = !request.body.empty() || request.method == "POST" || request.method == "PUT";
  if (sends) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else {
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  if (!request.sigv4.empty()) {
    set(CURLOPT_AWS_SIGV4, request.sigv4.c_str());
    set(CURLOPT_USERNAME, request.user.c_str());
    set(CURLOPT_PASSWORD, request.password.c_str());
  }
  for (const auto& [name, value] : request.headers) append(transfer.headers, fmt::format("{}: {}", name, value));
  set(CURLOPT_HTTPHEADER, transfer.headers.get());
}

void Client::State::finish(CURL* easy, CURLcode code) {
  auto found = transfers.find(easy);
  std::unique_ptr<Transfer> transfer = std::move(found->second);
  transfers.erase(found);
  curl().multi_remove_handle(multi, easy);
  Answer& answer = transfer->answer;
  answer.failure = failure_of(code);
  if (!transfer->refused.empty() && code != CURLE_OK) {
    answer.failure = Failure::kRefused;
    answer.problem = fmt::format("its name leads to {}, an address that is not public", transfer->refused);
  } else if (transfer->too_large) {
    answer.failure = Failure::kTooLarge;
    answer.problem = fmt::format("the answer is larger than {} KiB", options.max_body / 1024);
  } else if (code != CURLE_OK) {
    answer.problem = transfer->error[0] != '\0' ? transfer->error : curl().easy_strerror(code);
  }
  if (code == CURLE_OK) {
    long status = 0;
    curl().easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
  }
  idle.push_back(std::move(transfer->easy));
  transfer->done(std::move(answer));
}

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::make(ClientOptions options) {
  if (auto loaded = load_curl(); !loaded) return std::unexpected(loaded.error());
  auto state = std::make_unique<State>();
  state->multi = curl().multi_init();
  if (state->multi == nullptr) return fail("libcurl could not be started");
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0) return fail(fmt::format("{}: cannot be read", options.ca_file));
  curl().multi_setopt(state->multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  curl().multi_setopt(state->multi, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options.connections_per_host));
  for (const std::string& entry : options.connect_to) {
    append(state->connect_to, entry);
    // host:port:address:port, where the address may be an IPv6 one in brackets.
    const std::size_t host = entry.find(':');
    const std::size_t port = host == std::string::npos ? host : entry.find(':', host + 1);
    if (port == std::string::npos) return fail(fmt::format("'{}' is not HOST:PORT:ADDRESS:PORT", entry));
    state->named_addresses.push_back(entry.substr(port + 1));
  }
  state->options = std::move(options);
  return std::unique_ptr<Client>(new Client(std::move(state)));
}

void Client::send(Request request, std::function<void(Answer)> done) {
  auto transfer = std::make_unique<State::Transfer>();
  transfer->owner = state_.get();
  transfer->request = std::move(request);
  transfer->done = std::move(done);
  if (state_->idle.empty()) {
    transfer->easy.reset(curl().easy_init());
  } else {
    transfer->easy = std::move(state_->idle.back());
    state_->idle.pop_back();
  }
  state_->prepare(*transfer);
  CURL* const easy = transfer->easy.get();
  state_->transfers.emplace(easy, std::move(transfer));
  curl().multi_add_handle(state_->multi, easy);
}

void Client::step(std::chrono::milliseconds longest) {
  int running = 0;
  curl().multi_perform(state_->multi, &running);
  bool finished = false;
  auto collect = [&] {
    int left = 0;
    while (CURLMsg* message = curl().multi_info_read(state_->multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      finished = true;
      state_->finish(message->easy_handle, message->data.result);
    }
  };
  collect();
  if (finished) return;
  curl().multi_poll(state_->multi, nullptr, 0, static_cast<int>(longest.count()), nullptr);
  curl().multi_perform(state_->multi, &running);
  collect();
}

std::size_t Client::in_flight() const { return state_->transfers.size(); }

std::string_view Answer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

Result<HostPort> host_of(const std::string& url) {
  if (auto loaded = load_curl(); !loaded) return std::unexpected(loaded.error());
  struct Closer {
    void operator()(CURLU* handle) const { curl().url_cleanup(handle); }
  };
  const std::unique_ptr<CURLU, Closer> parsed(curl().url());
  auto part = [&](CURLUPart which) {
    char* text = nullptr;
    std::string out;
    if (curl().url_get(parsed.get(), which, &text, CURLU_DEFAULT_PORT) == CURLUE_OK) out = text;
    curl().free(text);
    return out;
  };
  if (curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK || part(CURLUPART_SCHEME) != "https") return fail("it is no https:// address");
  if (!part(CURLUPART_USER).empty() || !part(CURLUPART_PASSWORD).empty()) return fail("its address holds a user or a password");
  HostPort out;
  out.host = lowered(part(CURLUPART_HOST));
  out.port = static_cast<std::uint16_t>(std::strtoul(part(CURLUPART_PORT).c_str(), nullptr, 10));
  if (out.host.empty()) return fail("its address has no host");
  return out;
}

std::chrono::seconds retry_after(const Answer& answer) {
  constexpr std::int64_t kLongest = 1'000'000;
  const std::string text(answer.header("retry-after"));
  if (text.empty()) return std::chrono::seconds(0);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc::result_out_of_range) seconds = kLongest;
  if (error == std::errc::invalid_argument) {
    const std::time_t date = curl().getdate(text.c_str(), nullptr);
    seconds = date < 0 ? 0 : date - std::time(nullptr);
  }
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kLongest));
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace keywake::net
