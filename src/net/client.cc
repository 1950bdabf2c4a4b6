#include "net/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <unordered_map>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/url_scheme.h"
#include "net/easy_internal.h"
#include "net/guard.h"

namespace keywake::net {
namespace {

constexpr std::size_t kMaxHeaders = 256;

}  // namespace

struct Client::State {
  struct Transfer {
    State* owner = nullptr;
    Easy easy;
    List headers;
    Request request;
    Answer answer;
    std::function<void(Answer)> done;
    Guarded guarded;
    bool too_large = false;
  };

  Guard guard;
  CURLM* multi = nullptr;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> transfers;
  std::vector<Easy> idle;

  ~State() {
    for (auto& [easy, transfer] : transfers) curl().multi_remove_handle(multi, easy);
    transfers.clear();
    idle.clear();
    if (multi != nullptr) curl().multi_cleanup(multi);
  }

  explicit State(Guard of) : guard(std::move(of)) {}
  void prepare(Transfer& transfer);
  void finish(CURL* easy, CURLcode code);

  static std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* of);
  static std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* of);
};

std::size_t Client::State::take_body(char* bytes, std::size_t, std::size_t count, void* of) {
  Transfer& transfer = *static_cast<Transfer*>(of);
  transfer.too_large = transfer.answer.body.size() + count > transfer.owner->guard.options().max_body;
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
  auto set_blob = [easy](CURLoption option, const std::string& pem) {
    curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
    if (!pem.empty()) curl().easy_setopt(easy, option, &blob);
  };
  transfer.guarded.guard = &guard;
  protect(easy, transfer.guarded);
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PIPEWAIT, 1L);  // rather share a connection than open one more
  set(CURLOPT_WRITEFUNCTION, &State::take_body);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_HEADERFUNCTION, &State::take_header);
  set(CURLOPT_HEADERDATA, &transfer);
  set_blob(CURLOPT_CAINFO_BLOB, request.ca);
  set_blob(CURLOPT_SSLCERT_BLOB, request.certificate);
  set_blob(CURLOPT_SSLKEY_BLOB, request.private_key);
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_USERAGENT, "keywake");
  set(CURLOPT_ACCEPT_ENCODING, "");
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
  const Answer outcome = net::outcome(code, transfer->guarded);
  answer.failure = outcome.failure;
  answer.problem = outcome.problem;
  if (transfer->too_large) {
    answer.failure = Failure::kTooLarge;
    answer.problem = fmt::format("the answer is larger than {} KiB", guard.options().max_body / 1024);
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
  auto guard = Guard::make(std::move(options));
  if (!guard) return std::unexpected(guard.error());
  auto state = std::make_unique<State>(*std::move(guard));
  state->multi = curl().multi_init();
  if (state->multi == nullptr) return fail("libcurl could not be started");
  curl().multi_setopt(state->multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  curl().multi_setopt(state->multi, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(state->guard.options().connections_per_host));
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

void Client::wake() { curl().multi_wakeup(state_->multi); }

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
    if (curl().url_get(parsed.get(), which, &text, 0) == CURLUE_OK) out = text;
    curl().free(text);
    return out;
  };
  if (curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return fail("its address is none");
  const std::string scheme = part(CURLUPART_SCHEME);
  HostPort out;
  out.port = standard_port(scheme);
  if (out.port == 0) return fail(scheme.starts_with("http") ? "it is no https:// address" : fmt::format("nobody can be asked at {}:// addresses", scheme));
  if (!part(CURLUPART_USER).empty() || !part(CURLUPART_PASSWORD).empty()) return fail("its address holds a user or a password");
  if (const std::string port = part(CURLUPART_PORT); !port.empty()) out.port = static_cast<std::uint16_t>(std::strtoul(port.c_str(), nullptr, 10));
  out.host = lowered(part(CURLUPART_HOST));
  if (out.host.starts_with('[') && out.host.ends_with(']')) out.host = out.host.substr(1, out.host.size() - 2);
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

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[at + 2]);
    out += low < 0 ? text[at] : static_cast<char>(high * 16 + low);
    if (low >= 0) at += 2;
  }
  return out;
}

}  // namespace keywake::net
